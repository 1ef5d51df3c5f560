"""What the benchmarks of verifying mutate, join and count; nothing is run."""

from __future__ import annotations

import ast

import pytest

from benchmarks import equivalence
from benchmarks.equivalence import Outcome, as_markdown, joined_run, outcome_of
from benchmarks.mutants import Mutant, mutants_of, mutants_of_configuration, support_of
from benchmarks.mutate_equivalence import chosen
from nb2prod.verification.model import CellRun, Comparison, Finding, Run, Shown

SUPPORT = frozenset({"display"})


def mutants(source: str, *cells: str) -> list[Mutant]:
    return list(mutants_of(source, cells, SUPPORT))


@pytest.mark.parametrize(
    ("source", "kind", "after"),
    [
        ("x = f(1)\ny = 2", "delete a statement", "pass\ny = 2"),
        ("x = f(1)\ny = x", "swap neighbours", "y = x\nx = f(1)"),
        ("x = 1", "change a number", "x = 2"),
        ("x = 'a'", "change a text", "x = 'a!'"),
        ("x = True", "change a truth", "x = False"),
        ("x = a < b", "negate a comparison", "x = a >= b"),
        ("x = a in b", "negate a comparison", "x = a not in b"),
        ("display(x)", "drop display()", "pass"),
        ("display(x)", "replace an argument", "display('mutant')"),
        ("def f():\n    return 1", "change a number", "def f():\n    return 2"),
        (
            "try:\n    f()\nfinally:\n    g()",
            "delete a statement",
            "try:\n    f()\nfinally:\n    pass",
        ),
    ],
)
def test_what_is_changed(source: str, kind: str, after: str) -> None:
    assert (kind, after) in {(mutant.kind, mutant.after) for mutant in mutants(source)}


@pytest.mark.parametrize("source", ["import os", "'''A text.'''", "pass", "x: int", "x"])
def test_what_computes_nothing_is_left(source: str) -> None:
    assert mutants(source) == []


@pytest.mark.parametrize(
    ("source", "swapped"),
    [
        ("def f():\n    return 1\ndef g():\n    return 2", False),
        ("def f():\n    return 1\ndef f():\n    return 2", True),
        ("def f():\n    return 1\nx = f()", True),
        ("def f():\n    return 1\nx = y", False),
        ("x = y\ndef f(z=x):\n    return z", True),
        ("x = f(y)\nz = f(y)", True),
        ("x = y\nz = x", True),
        ("x = y\nf(z)", False),
        ("x[0] = y\nf(z)", True),
    ],
)
def test_neighbours_are_swapped_where_the_order_may_matter(source: str, swapped: bool) -> None:
    assert ("swap neighbours" in {mutant.kind for mutant in mutants(source)}) == swapped


def test_a_definition_that_nobody_calls_is_never_reached() -> None:
    found = [one for one in mutants("def f():\n    return x") if one.kind == "delete a statement"]
    assert found[0].after == "pass"
    assert str(found[0].stopped).startswith("def f():\n    __import__")


def test_a_mutant_can_be_stopped_before_its_change() -> None:
    for mutant in mutants("a = 1\nif a:\n    b = 2"):
        assert mutant.stopped is not None
        assert mutant.stopped.count("_exit") == 1
        ast.parse(mutant.stopped)


def test_what_the_notebook_says_itself_is_not_written_anew() -> None:
    found = mutants("display(1)\nx = 2", "%time\n1\nx = 2")
    anew = {mutant.anew for mutant in found if mutant.kind in ("change a number",)}
    assert anew == {True, False}
    assert [mutant.anew for mutant in found if mutant.after == "display(1)\nx = 3"] == [False]
    # Half of those that are taken are of what the conversion wrote, if there are as many.
    assert [mutant.anew for mutant in chosen(found, 4, seed=1)] == [True, True, False, False]


def test_the_defaults_of_a_configuration_are_changed() -> None:
    source = "class Config:\n    limit: int = 3\n    name: str = 'a'\n    place: Path = Path('x')\n"
    assert [mutant.after for mutant in mutants_of_configuration(source)] == [
        source.replace("3", "4").strip(),
        source.replace("'a'", "'a!'").strip(),
    ]


def test_the_names_that_come_from_the_package() -> None:
    source = "from shop.config import Config\nfrom shop.outputs import display as show\nimport os"
    assert support_of(source, "shop") == {"show"}


def test_a_run_as_one_cell() -> None:
    run = Run(
        {
            3: CellRun("two\n", "", (Shown("b", after=4),)),
            1: CellRun("one\n", "e", (Shown("a", after=0),), ((1, "dropped\n"),)),
        }
    )
    joined = joined_run(run).cells[1]
    assert (joined.stdout, joined.stderr) == ("one\ndropped\ntwo\n", "e")
    assert [(one.text, one.after) for one in joined.shown] == [("a", 0), ("b", 16)]


def finding(kind: str, notebook: str | None = "1", package: str | None = "2") -> Finding:
    return Finding("different", kind, 1, 1, "", notebook, package)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("findings", "held"),
    [
        ([], (True, True, True, True)),
        ([finding("stderr")], (True, True, True, True)),
        ([finding("figure")], (True, True, True, False)),
        ([finding("variable")], (True, True, False, False)),
        ([finding("stdout")], (True, False, False, False)),
        ([finding("error", None)], (False, False, False, False)),
    ],
)
def test_what_holds_of_a_comparison(findings: list[Finding], held: tuple[bool, ...]) -> None:
    comparison = Comparison(tuple(findings), {}, {})
    assert outcome_of(comparison, "different").held == held


def test_what_stands_in_the_table() -> None:
    outcomes = [Outcome((True, True, True, False), "different"), Outcome((False,) * 4, "fails")]
    lines = as_markdown({"ours": outcomes})
    assert lines[2] == "| ours | 1 | 1 | 1 | 0 | 0 | 0 | 1 | 1 |"
    assert lines[0].count("|") == lines[1].count("|") == lines[2].count("|")


@pytest.mark.parametrize(
    ("script", "first"),
    [
        ("x = 1", 0),
        ("'A text.'\nx = 1", 1),
        ("'A text.'\nfrom __future__ import annotations\nx = 1", 2),
        ("", 0),
    ],
)
def test_what_has_to_come_first_in_a_script(script: str, first: int) -> None:
    assert equivalence._first_of(ast.parse(script)) == first
