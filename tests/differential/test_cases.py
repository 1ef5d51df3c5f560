"""Each notebook of the table: the program does what the notebook does, or what the table says."""

from __future__ import annotations

import pytest

from tests.differential.cases import TABLES, Case
from tests.differential.harness import Run, Sides

_ASPECTS = ("commands", "stdout", "error")
_ALL = [(f"{table}: {case.name}", case) for table, cases in TABLES.items() for case in cases]


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=name) for name, case in _ALL],
)
def test_the_program_does_what_the_notebook_does(sides: Sides, case: Case) -> None:
    notebook = sides.notebook(case.cells, case.files)
    program = sides.program(case.cells, case.files)
    if not case.differs:
        assert_same(notebook, program)
        return
    expected = {**_told(notebook), **case.differs}
    assert {name: _told(program).get(name) for name in expected} == expected
    for name, value in case.differs.items():
        assert _told(notebook).get(name) != value, f"{name} does not differ any more"


def test_every_difference_has_its_reason() -> None:
    assert all(bool(case.differs) == bool(case.why) for _, case in _ALL)


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(_ALL) >= 120
    assert len({name for name, _ in _ALL}) == len(_ALL)


def assert_same(notebook: Run, program: Run) -> None:
    told = _told(notebook)
    assert {name: _told(program).get(name) for name in told} == told


def _told(run: Run) -> dict[str, object]:
    return {**{name: getattr(run, name) for name in _ASPECTS}, **run.values}
