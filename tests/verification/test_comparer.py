"""The comparer: each fate arises as it is documented, at the place where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.verification.comparer import Sides, compare
from nb2prod.verification.model import CellRun, Description, Failure, Run, Shown, Tolerance, Written
from tests.verification.build import described, judged, picture, run, showing, told

FIGURE = Shown("<Figure>", picture=picture())
TRACEBACK = "Traceback (most recent call last):\n  File a\n    b\n{}\n"


def wrote(**cells: int) -> Run:
    """A run that wrote these files in these cells."""
    files = {name: Written(cell, Path(name)) for name, cell in cells.items()}
    return Run({}, files=files)


def file_content(*lines: str) -> Description:
    return described(list(lines))


# -- different ------------------------------------------------------------------------------------

DIFFERENT = {
    "a printed line": (run("a\nb"), run("a\nc"), ("stdout", 1, 2, "")),
    "a printed number": (run("", "1"), run("", "2"), ("stdout", 2, 1, "")),
    "a printed line less": (run("a\nb"), run("b"), ("stdout", 1, 1, "")),
    "a printed line more": (run("a"), run("a\nb"), ("stdout", 1, 2, "")),
    "a cell that prints nothing": (run("a"), run(""), ("stdout", 1, 1, "")),
    "a cell that is not there": (run("a", "b"), run("a"), ("stdout", 2, 1, "")),
    "a cell of the package's alone": (run("a"), run("a", "b"), ("stdout", 2, 1, "")),
    "a value that is shown": (run(showing("1")), run(showing("2")), ("value", 1, 1, "display 1")),
    "a line of the second value": (
        run(showing("1", "a\nb")),
        run(showing("1", "a\nc")),
        ("value", 1, 2, "display 2"),
    ),
    "a value that is not shown": (run(showing("1")), run(""), ("value", 1, None, "display 1")),
    "a value of the package's alone": (run(""), run(showing("1")), ("value", 1, None, "display 1")),
    "a figure that is not shown": (
        run(showing(FIGURE)),
        run(showing()),
        ("figure", 1, None, "display 1"),
    ),
    "a document": (
        run(showing(Shown(document=("text/html", "<b>a</b>")))),
        run(showing(Shown(document=("text/html", "<b>b</b>")))),
        ("value", 1, 1, "display 1"),
    ),
    "a value shown elsewhere": (
        run(CellRun("a\nb", shown=(Shown("1", after=2),))),
        run(CellRun("a\nb", shown=(Shown("1", after=0),))),
        ("order", 1, None, "display 1"),
    ),
    "an error that is not raised": (
        run(CellRun(error=("ValueError", "a"))),
        run(""),
        ("error", 1, None, "ValueError"),
    ),
    "another error": (
        run(CellRun(error=("ValueError", "a"))),
        run(CellRun(stderr=TRACEBACK.format("ValueError: b"))),
        ("error", 1, None, "ValueError"),
    ),
    "an error of another kind": (
        run(CellRun(error=("ValueError", "a"))),
        run(CellRun(stderr=TRACEBACK.format("TypeError: a"))),
        ("error", 1, None, "ValueError"),
    ),
    "a variable": (run(x=1), run(x=2), ("variable", None, None, "x")),
    "a part of a variable": (
        run(x={"a": [1, 2]}),
        run(x={"a": [1, 3]}),
        ("variable", None, None, "x['a'][1]"),
    ),
    "a variable's last line end": (run(x="a\n"), run(x="a"), ("variable", None, None, "x")),
    "a variable's text like a magic's": (
        run(x="Writing a"),
        run(x="Writing b"),
        ("variable", None, None, "x"),
    ),
    "a file that is not written": (wrote(a=2), wrote(), ("file", 2, None, "a")),
    "a file of the package's alone": (wrote(b=1), wrote(a=2, b=1), ("file", 2, None, "a")),
}


@pytest.mark.parametrize(("notebook", "package", "place"), DIFFERENT.values(), ids=DIFFERENT)
def test_different(
    notebook: Run, package: Run, place: tuple[str, int | None, int | None, str]
) -> None:
    same = Sides(notebook, notebook, same_files=frozenset("ab"))
    assert compare(same).of("different", "except", "not deterministic") == ()
    found = compare(Sides(notebook, package, same_files=frozenset("b")))
    assert told(found.of("different"))[:1] == [("different", *place)]


def test_the_second_runs_own_chance_explains_its_place_alone() -> None:
    """What two runs of one side differ in is no failure; all else stays one."""
    notebook, package = run("0.5\na\nb", x=1, y=1), run("0.7\na\nc", x=3, y=3)
    found = judged(notebook, package, [(notebook, run("0.6\na\nb", x=2, y=1))])
    assert told(found.findings) == [
        ("not deterministic", "stdout", 1, 1, ""),
        ("different", "stdout", 1, 3, ""),
        ("not deterministic", "variable", None, None, "x"),
        ("different", "variable", None, None, "y"),
    ]


@pytest.mark.parametrize(
    ("notebook", "package", "again"),
    [
        (run("a 0.5"), run("a 0.7"), run("a 0.6")),
        (run(showing("a 0.5")), run(showing("a 0.7")), run(showing("a 0.6"))),
        (
            run(showing(FIGURE)),
            run(showing(Shown("<Figure>", picture=picture(2)))),
            run(showing(Shown("<Figure>", picture=picture(1)))),
        ),
        (run(showing("1")), run(showing("1", "2")), run(showing("1", "2"))),
        (run("a\nb"), run("a\nb\nc\nd"), run("a\nb\nc")),
        (run(x=[1, 2]), run(x=[1, 4]), run(x=[1, 3])),
        (run(x=[1, 2]), run(x=[1, 2, 3, 4]), run(x=[1, 2, 3])),
        (run(x={"a": [1]}), run(x={"a": [3]}), run(x={"a": [2]})),
        (run(CellRun(stderr="a 1")), run(CellRun(stderr="a 3")), run(CellRun(stderr="a 2"))),
        (wrote(), wrote(a=1), wrote(a=1)),
        (wrote(a=1), wrote(), wrote()),
        (
            run(CellRun("a\nb", shown=(Shown("1", after=2),))),
            run(CellRun("a\nb", shown=(Shown("1", after=0),))),
            run(CellRun("a\nb", shown=(Shown("1", after=0),))),
        ),
        (
            run(CellRun(error=("ValueError", "id 1"))),
            run(CellRun(stderr=TRACEBACK.format("ValueError: id 3"))),
            run(CellRun(error=("ValueError", "id 2"))),
        ),
    ],
    ids=[
        "stdout",
        "value",
        "figure",
        "a value more",
        "lines more",
        "variable",
        "length",
        "leaf",
        "stderr",
        "a file more",
        "a file less",
        "order",
        "error",
    ],
)
def test_not_deterministic(notebook: Run, package: Run, again: Run) -> None:
    assert judged(notebook, package).of("different", "except")
    found = judged(notebook, package, [(notebook, again)])
    assert found.findings
    assert found.of("not deterministic") == found.findings


@pytest.mark.parametrize(
    ("notebook", "package", "again"),
    [
        # Only the numbers of the line change from run to run: another word is a difference.
        (run("loss 0.5"), run("error 0.7"), run("loss 0.6")),
        (run(showing("loss 0.5")), run(showing("error 0.7")), run(showing("loss 0.6"))),
        (run("loss 0.5"), run(""), run("loss 0.6")),
        # Another cell, line, display, variable or part.
        (run("0.5", "0.5"), run("0.5", "0.7"), run("0.6", "0.5")),
        (run("0.5\n0.5"), run("0.5\n0.7"), run("0.6\n0.5")),
        (run(showing("1", "1")), run(showing("1", "3")), run(showing("2", "1"))),
        (run(x=1, y=1), run(x=1, y=3), run(x=2, y=1)),
        (run(x={"a": 1, "b": 1}), run(x={"a": 1, "b": 3}), run(x={"a": 2, "b": 1})),
        (run(x=1, x2=1), run(x=1, x2=3), run(x=2, x2=1)),
        # Another kind of thing in the same cell.
        (
            run(showing("1", stdout="a")),
            run(showing("2", stdout="a")),
            run(showing("1", stdout="b")),
        ),
    ],
)
def test_chance_at_another_place_is_no_excuse(notebook: Run, package: Run, again: Run) -> None:
    assert judged(notebook, package, [(notebook, again)]).of("different")


def test_what_agrees_by_chance_is_told() -> None:
    notebook = run("a 1", x=1)
    found = judged(notebook, notebook, [(notebook, run("a 2", x=2))])
    assert told(found.findings) == [
        ("not deterministic", "stdout", 1, 1, ""),
        ("not deterministic", "variable", None, None, "x"),
    ]
    assert found.findings[0].reason == "here the package agrees; another run has a 2"


def test_what_only_two_runs_of_the_package_show() -> None:
    """By chance two runs of the notebook agree; the package's own second run tells."""
    notebook, package = run("0.5"), run("0.7")
    pairs = [(notebook, notebook), (package, run("0.6"))]
    assert judged(notebook, package, pairs[:1]).of("different")
    assert told(judged(notebook, package, pairs).findings) == [
        ("not deterministic", "stdout", 1, 1, "")
    ]


# -- except, expected, not compared ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("notebook", "package", "place"),
    [
        (run(CellRun(stderr="a\nb")), run(CellRun(stderr="a\nc")), ("stderr", 1, 2, "")),
        (run(CellRun(stderr="a")), run(""), ("stderr", 1, 1, "")),
        (run(x=1, y=2), run(x=1), ("variable", None, None, "y")),
    ],
)
def test_except(
    notebook: Run, package: Run, place: tuple[str, int | None, int | None, str]
) -> None:
    assert told(judged(notebook, package).findings) == [("except", *place)]


def test_except_where_only_bytes_can_be_compared() -> None:
    sides = Sides(wrote(a=3), wrote(a=3), contents={"a": (None, None)})
    assert told(compare(sides).findings) == [("except", "file", 3, None, "a")]
    found = compare(sides, repeated=[sides])
    assert told(found.findings) == [("not compared", "file", 3, None, "a")]


@pytest.mark.parametrize(
    ("notebook", "package"),
    [
        (run(f=len), run(x=1)),
        (run(f=(one for one in "a"), x=1), run(x=1)),
        (run(x=1), run(x=1, more=2)),
        (run(x=1), run()),
        (run(), run(x=1)),
        (run(), run("", "")),
    ],
    ids=["code", "machinery", "the package's own", "not known", "not known there", "empty cells"],
)
def test_nothing_worth_telling(notebook: Run, package: Run) -> None:
    assert judged(notebook, package).findings == ()


def test_expected() -> None:
    cell = CellRun("a\n", dropped=((2, "Tesla T4\n"), (4, " \n")))
    found = judged(run(cell), run("a\n"))
    assert told(found.findings) == [("expected", "stdout", 1, 2, "")]
    assert (found.findings[0].notebook, found.findings[0].package) == ("Tesla T4\n", None)
    # What only another run of the notebook drops is nobody's chance.
    assert told(judged(run(cell), run("a\n"), [(run(cell), run(cell))]).findings) == [
        ("expected", "stdout", 1, 2, "")
    ]


def test_not_compared() -> None:
    notebook = Run({}, {"x": described(one for one in "a"), "y": described(list("a"))})
    found = judged(notebook, notebook)
    assert told(found.findings) == [("not compared", "variable", None, None, "x")]


# -- files ----------------------------------------------------------------------------------------


def test_files_by_what_they_hold() -> None:
    contents = {
        "a": (file_content("x", "1.0"), file_content("x", "1.0")),
        "b": (file_content("x", "y"), file_content("x", "z")),
    }
    sides = Sides(wrote(a=1, b=2, c=3), wrote(a=1, b=2, c=3), (), (), contents, frozenset("c"))
    found = compare(sides)
    assert told(found.findings) == [("different", "file", 2, None, "b[1]")]
    assert (found.findings[0].notebook, found.findings[0].package) == ("'y'", "'z'")
    assert found.compared == {"file": 3}


def test_a_file_that_is_another_one_in_each_run() -> None:
    contents = {"b": (file_content("x", "y"), file_content("x", "z"))}
    sides = Sides(wrote(b=2), wrote(b=2), contents=contents)
    assert told(compare(sides, repeated=[sides]).findings) == [
        ("not deterministic", "file", 2, None, "b[1]")
    ]


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        ("ValueError", "a"),
        ("ValueError", ""),
        ("ValueError", "a\nb"),
        ("KeyError", "'a: '"),
        ("TypeError", "no <a.B object at 0x7f3a1c0b2d90>"),
    ],
)
def test_an_error_that_the_notebook_goes_on_behind(error: tuple[str, str]) -> None:
    raised = f"{error[0]}: {error[1]}".removesuffix(": ") if not error[1] else ": ".join(error)
    raised = raised.replace("2d90", "2d98")
    notebook = run(CellRun("before\n", error=error), "behind\n")
    package = run(CellRun("before\n", TRACEBACK.format(raised)), "behind\n")
    found = judged(notebook, package)
    assert found.of("different", "except") == ()
    assert found.compared == {"stdout": 2, "error": 1}


def test_what_stands_around_a_traceback_is_compared() -> None:
    notebook = run(CellRun(stderr="w\n", error=("ValueError", "a")))
    package = run(CellRun(stderr="v\n" + TRACEBACK.format("ValueError: a")))
    assert told(judged(notebook, package).findings) == [("except", "stderr", 1, 1, "")]


def test_an_error_of_the_packages_alone() -> None:
    package = run(CellRun("a", TRACEBACK.format("ValueError: a")))
    found = judged(run("a"), package)
    assert {one.kind for one in found.of("except")} == {"stderr"}


def test_a_failure_hides_what_is_behind_it() -> None:
    notebook = run("a", "b", "c", "d", x=1)
    package = run("b", "b", "x", "", x=2)
    stopped = Run(package.cells, package.variables, failure=Failure("ValueError", "no", 3, 20))
    found = judged(notebook, stopped)
    assert told(found.findings) == [
        ("different", "stdout", 1, 1, ""),
        ("different", "error", 3, None, "ValueError"),
    ]
    assert found.findings[1].package == "cell 3: ValueError: no"
    assert found.compared == {"stdout": 2}


def test_a_failure_before_the_first_cell() -> None:
    stopped = Run(run("x").cells, failure=Failure("SystemExit", "2"))
    assert told(judged(run("a"), stopped).findings) == [
        ("different", "error", None, None, "SystemExit")
    ]


# -- the whole ------------------------------------------------------------------------------------


def test_the_order_of_what_is_found() -> None:
    notebook = run(CellRun("a", "w", (Shown("1"), FIGURE), ((1, "gpu"),)), CellRun("b"), x=1, y=1)
    package = run(CellRun("x", "v", (Shown("2"),)), CellRun("y"), x=2, y=2)
    assert [(one.kind, one.cell) for one in judged(notebook, package).findings] == [
        ("stdout", 1),
        ("stdout", 1),
        ("value", 1),
        ("figure", 1),
        ("stderr", 1),
        ("stdout", 2),
        ("variable", None),
        ("variable", None),
    ]


def test_the_order_of_displays_is_told_once() -> None:
    """Where the lines differ, the places of what is shown between them differ anyhow."""
    notebook = run(CellRun("a\nb", shown=(Shown("1", after=2),)))
    package = run(CellRun("b", shown=(Shown("1", after=0),)))
    assert told(judged(notebook, package).findings) == [("different", "stdout", 1, 1, "")]


def test_what_was_compared_is_counted() -> None:
    one = run(CellRun("a", "b", (Shown("1"), FIGURE)), "", x=1, y=2)
    found = judged(one, one)
    assert found.compared == {"stdout": 1, "stderr": 1, "value": 1, "figure": 1, "variable": 2}


def test_what_was_evened_out_is_told() -> None:
    found = judged(run("Wall time: 1 s\n1.0 /a/x"), run("1.00000000001 /b/x"))
    assert found.normalised == {"times": 1}
    sides = Sides(run("/a/x"), run("/b/x"), [("/a", "<a>")], [("/b", "<a>")])
    assert compare(sides).normalised == {"directories": 1}
    assert compare(sides).findings == ()


def test_directories_in_variables_and_errors() -> None:
    notebook = run(CellRun(error=("OSError", "no /a/x")), x="/a/x", y=["in /a"])
    package = run(CellRun(stderr=TRACEBACK.format("OSError: no /b/x")), x="/b/x", y=["in /b"])
    sides = Sides(notebook, package, [("/a", "<a>")], [("/b", "<a>")])
    assert compare(sides).findings == ()
    assert len(judged(notebook, package).of("different")) == 3


@pytest.mark.parametrize(
    ("tolerance", "fates"),
    [(Tolerance(), 4), (Tolerance(relative=0.2), 0), (Tolerance(absolute=0.2), 0)],
)
def test_the_tolerance_is_that_of_all_kinds(tolerance: Tolerance, fates: int) -> None:
    notebook = run(showing("1.0", stdout="1.0"), CellRun(stderr="1.0"), x=1.0)
    package = run(showing("1.1", stdout="1.1"), CellRun(stderr="1.1"), x=1.1)
    assert len(compare(Sides(notebook, package), tolerance).findings) == fates


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "/a/b/c.py:12: UserWarning: old\n  warn()\n",
            "/x/pipeline.py:40: UserWarning: old\n  warn()\n",
        ),
        ("<cell>:1: UserWarning: old\n", "pipeline.py:9: UserWarning: old\n  f(x)\n"),
        ("/a/b.py:1: DeprecationWarning: gone\n  f()\n", ""),
        ("", "b.py:1: PendingDeprecationWarning: gone\n  f()\n"),
    ],
)
def test_where_a_warning_is_raised_says_nothing(one: str, other: str) -> None:
    assert judged(run(CellRun(stderr=one)), run(CellRun(stderr=other))).findings == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.py:1: UserWarning: old\n", "a.py:1: UserWarning: new\n"),
        ("a.py:1: UserWarning: old\n", "a.py:1: FutureWarning: old\n"),
        ("a.py:1: UserWarning: old\n", ""),
        ("a.py:1: UserWarning: old\nx\n", "a.py:1: UserWarning: old\ny\n"),
    ],
)
def test_what_a_warning_says_is_compared(one: str, other: str) -> None:
    assert judged(run(CellRun(stderr=one)), run(CellRun(stderr=other))).of("except")


# -- what nobody may read -------------------------------------------------------------------------

WORD = "-".join(("nobody", "may", "read", "this"))


@pytest.mark.parametrize(
    ("notebook", "package"),
    [
        (run(f"a {WORD}"), run("a")),
        (run("a"), run(f"a {WORD}")),
        (run(showing(WORD)), run()),
        (run(showing(WORD)), run(showing("a"))),
        (run(CellRun(stderr=WORD)), run()),
        (run(CellRun(error=("ValueError", WORD))), run()),
        (run(CellRun(dropped=((1, WORD),))), run()),
        (run(x=WORD), run(x="a")),
        (run(x={WORD: 1}), run(x={WORD: 2})),
        (run(x=WORD), run(y=1)),
        (run("a"), Run({}, failure=Failure("ValueError", WORD))),
        (wrote(**{WORD: 1}), wrote()),
    ],
)
def test_hide(notebook: Run, package: Run) -> None:
    found = judged(notebook, package, hide=lambda text: text.replace(WORD, "***"))
    assert found.findings
    assert "***" in str(found)
    assert WORD not in str(found)


@pytest.mark.parametrize(
    ("notebook", "again"),
    [
        (run(f"{WORD} 1"), run(f"{WORD} 2")),
        (run(showing(f"{WORD} 1")), run(showing(f"{WORD} 2"))),
        (run(x=f"{WORD} a"), run(x=f"{WORD} b")),
        (run(x={WORD: 1}), run(x={WORD: 2})),
        (run(f"{WORD}"), run("a")),
    ],
)
def test_hide_what_another_run_shows(notebook: Run, again: Run) -> None:
    """The pair of the same side says nothing of who may read it."""
    sides = Sides(notebook, notebook, hide=lambda text: text.replace(WORD, "***"))
    found = compare(sides, repeated=[Sides(notebook, again)])
    assert "***" in str(found.findings)
    assert WORD not in str(found.findings)


def test_long_texts_are_cut() -> None:
    finding = judged(run("a" * 5000), run("b")).findings[0]
    assert finding.notebook == "a" * 2000 + "…"


# -- properties -----------------------------------------------------------------------------------

_TEXTS = st.lists(st.sampled_from(["a", "b 1", "0.5", "{1, 2}", ""]), max_size=4).map("\n".join)
_CELLS = st.builds(
    CellRun,
    _TEXTS,
    _TEXTS,
    st.lists(st.builds(Shown, _TEXTS, after=st.integers(0, 4)), max_size=2).map(tuple),
)
_RUNS = st.builds(
    lambda cells, variables: run(*cells, **variables),
    st.lists(_CELLS, max_size=3),
    st.dictionaries(st.sampled_from(["x", "y"]), st.one_of(st.integers(), _TEXTS), max_size=2),
)


@given(_RUNS)
def test_a_run_is_equivalent_to_itself(one: Run) -> None:
    assert judged(one, one, [(one, one)]).findings == ()


@given(_RUNS, _RUNS)
def test_who_is_first_changes_no_verdict(one: Run, other: Run) -> None:
    found, turned = judged(one, other), judged(other, one)
    kinds = [
        {
            (finding.kind, finding.cell)
            for finding in each.of("different")
            if finding.kind != "order"
        }
        for each in (found, turned)
    ]
    assert kinds[0] == kinds[1]


@given(_RUNS, _RUNS)
def test_what_explains_all_leaves_no_failure(one: Run, other: Run) -> None:
    assert judged(one, other, [(one, other)]).of("different", "except") == ()


def test_what_is_evened_out_before_a_value_does_not_move_it() -> None:
    timed = CellRun("CPU times: user 1 s\nWall time: 1 s\n", shown=(Shown("1", after=36),))
    assert judged(run(timed), run(CellRun(shown=(Shown("1"),)))).findings == ()


def test_a_value_within_a_line_is_moved() -> None:
    before = CellRun("a line\n", shown=(Shown("1", after=0),))
    within = CellRun("a line\n", shown=(Shown("1", after=6),))
    behind = CellRun("a line\n", shown=(Shown("1", after=7),))
    assert judged(run(before), run(within)).findings
    assert [f.kind for f in judged(run(within), run(behind)).findings] == ["order"]
