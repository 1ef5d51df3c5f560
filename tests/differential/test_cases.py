"""Each notebook of the table: the program does what the notebook does, or what the table says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.differential.cases import TABLES, Case
from tests.differential.harness import Run, Sides, differences

_ASPECTS = ("commands", "stdout", "error")
_ALL = [(f"{table}: {case.name}", case) for table, cases in TABLES.items() for case in cases]


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=name) for name, case in _ALL],
)
def test_the_program_does_what_the_notebook_does(sides: Sides, case: Case) -> None:
    notebook = sides.notebook(case.cells, case.files)
    program = sides.program(case.cells, case.files)
    assert_same(_with(notebook, case.differs), program)
    told = {"commands": notebook.commands, "stdout": notebook.said, "error": notebook.error}
    for name, value in case.differs.items():
        if value is None and name not in told:
            assert name not in program.values
        assert {**notebook.values, **told}.get(name) != value, f"{name} does not differ any more"


def test_every_difference_has_its_reason() -> None:
    assert all(bool(case.differs) == bool(case.why) for _, case in _ALL)


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(_ALL) >= 120
    assert len({name for name, _ in _ALL}) == len(_ALL)


@pytest.mark.parametrize(
    "change",
    [
        {"commands": (("run", "echo b"),)},
        {"commands": ()},
        {"stdout": "a\nc 1.5"},
        {"stdout": "b 1.5\na"},
        {"stdout": "a"},
        {"stdout": "a\nb 1.5\nc"},
        {"stdout": "a\nb 1.5000000001"},
        {"error": None},
        {"error": "TypeError"},
        {"x": "list [1, 'a\\n']"},
        {"x": "SList [1, 'a']"},
        {"x": "tuple (1, 'a')"},
        {"y": "float 0.30000000000000004"},
        {"y": None},
        {"z": "str 'Writing b'"},
    ],
    ids=str,
)
def test_a_difference_is_told(change: Mapping[str, object]) -> None:
    values = {"x": "list [1, 'a']", "y": "float 0.3", "z": "str 'Writing a'"}
    one = Run((("run", "echo a"),), "a\nb 1.5", values, "ValueError")
    assert differences(one, one) == []
    assert len(differences(one, _with(one, change))) >= 1


def assert_same(notebook: Run, program: Run) -> None:
    assert differences(notebook, program) == []


def _with(run: Run, changes: Mapping[str, object]) -> Run:
    """A run that does these things otherwise; None for a variable that it does not have."""
    aspects = {name: changes[name] for name in _ASPECTS if name in changes}
    values = {**run.values, **{k: v for k, v in changes.items() if k not in _ASPECTS}}
    known = {name: str(value) for name, value in values.items() if value is not None}
    return replace(run, values=known, **aspects)  # type: ignore[arg-type]
