"""Verdicts as text, as JUnit's XML, and as what is kept in a project."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nb2prod.verification.model import Comparison, Equivalence, Fate, Finding, Kind, Run, Tolerance
from nb2prod.verification.reports import as_junit, as_text, keep, place_of
from nb2prod.verification.verdict import judged as verdict_on
from tests.hygiene import test_reporting
from tests.verification.build import judged, picture, run, showing

SCHEMA = test_reporting.JUNIT


def finding(
    fate: Fate = "different",
    kind: Kind = "stdout",
    cell: int | None = 3,
    line: int | None = 2,
    name: str = "",
    sides: Sequence[str | None] = ("a", "b"),
    reason: str = "",
) -> Finding:
    return Finding(fate, kind, cell, line, name, sides[0], sides[1], reason)


def equivalence(*findings: Finding) -> Equivalence:
    """The verdict on these findings."""
    comparison = Comparison(findings, {"stdout": 4, "variable": 1}, {"times": 2})
    return verdict_on(comparison, "notebook", "current", "3.11.7", Tolerance(), ("a note",))


ALL = (
    finding(),
    finding("except", "stderr", 4, 1),
    finding("not deterministic", "value", 4, 1, "display 1", ("1", None), "another run has 2"),
    finding("expected", "stdout", 5, 7, "", ("gpu", None), "dropped"),
    finding("not compared", "variable", None, None, "x", (None, None), "has no value"),
    finding("different", "variable", None, None, "y[2]", ("1", "2")),
)


@pytest.mark.parametrize(
    ("findings", "verdict", "reason", "code"),
    [
        ((), "equivalent", "5 results compared, none differs", 0),
        (ALL[2:5], "equivalent", "5 results compared, none differs", 0),
        (ALL[1:5], "equivalent except", "except for 1 place, the first in cell 4", 1),
        (ALL[5:], "different", "1 difference, the first in variable, y[2]", 1),
        (ALL, "different", "2 differences, the first in cell 3", 1),
    ],
)
def test_the_verdict(findings: tuple[Finding, ...], verdict: str, reason: str, code: int) -> None:
    found = equivalence(*findings)
    assert (found.verdict, found.reason, found.exit_code) == (verdict, reason, code)


def test_the_first_difference() -> None:
    assert equivalence().first is None
    assert equivalence(*ALL[2:5]).first is None
    assert equivalence(*ALL[1:5]).first == ALL[1]
    assert equivalence(*ALL[1:]).first == ALL[5]


@pytest.mark.parametrize(
    ("found", "place"),
    [
        (finding(), "cell 3, line 2 of stdout"),
        (finding(kind="stderr"), "cell 3, line 2 of stderr"),
        (finding("expected"), "cell 3 line 2"),
        (finding(kind="value", name="display 1"), "cell 3, display 1, line 2"),
        (finding(kind="value", line=None, name="display 1"), "cell 3, display 1"),
        (finding(kind="figure", line=None, name="display 2"), "cell 3, display 2"),
        (finding(kind="order", line=None, name="display 2"), "cell 3, display 2"),
        (finding(kind="file", line=None, name="<data>/a"), "cell 3, file <data>/a"),
        (finding(kind="variable", cell=None, line=None, name="x.y"), "variable x.y"),
        (finding(kind="error", line=None, name="ValueError"), "cell 3, error ValueError"),
        (finding(kind="error", cell=None, line=None), "error"),
    ],
)
def test_places_in_words(found: Finding, place: str) -> None:
    assert place_of(found) == place


TEXT = """\
different: 2 differences, the first in cell 3
  against:     the notebook, run now
  environment: current, Python 3.11.7
  compared:    4 printed texts, 1 variable
  tolerance:   1e-06 of a number or 1e-09; 0.005% of the pixels
  evened out:  times (2)
  note:        a note
different:
  cell 3, line 2 of stdout
    notebook  a
    package   b
  variable y[2]
    notebook  1
    package   2
differs, and says little of the result:
  cell 4, line 1 of stderr
    notebook  a
    package   b
not deterministic: it differs between two runs of the notebook:
  cell 4, display 1, line 1: another run has 2
expected: shown by a line that the package leaves out, or does in silence:
  cell 5 line 7: dropped
not compared:
  variable x: has no value"""


def test_text() -> None:
    assert as_text(equivalence(*ALL)) == TEXT
    assert as_text(equivalence(*ALL), brief=True) == TEXT.partition("\n")[0]


def test_text_of_many() -> None:
    lines = as_text(equivalence(*(finding(line=n) for n in range(1, 14)))).split("\n")
    assert lines[-1] == "  and 3 more"
    assert sum(line.startswith("  cell 3") for line in lines) == 10
    assert sum(line == "    notebook  a" for line in lines) == 10


def test_text_of_long_and_missing_sides() -> None:
    long = finding(sides=("x" * 200, None))
    lines = as_text(equivalence(long)).split("\n")
    assert lines[-2:] == [f"    notebook  {'x' * 76}…", "    package   (nothing)"]
    many = as_text(equivalence(finding(sides=("\n".join("abcdefg"), "")))).split("\n")
    assert many[-6:] == [
        "    notebook  a",
        *(f"              {c}" for c in "bcde"),
        "    package   ''",
    ]


def test_text_of_what_does_not_run() -> None:
    found = Equivalence("does not run here", "no kernel", "saved", "lock", notes=("a note",))
    assert found.exit_code == 2
    assert as_text(found).split("\n") == [
        "does not run here: no kernel",
        "  against:     the saved outputs",
        "  environment: lock",
        "  note:        a note",
    ]


# -- JUnit ----------------------------------------------------------------------------------------

NOT_RUN = Equivalence("does not run here", "no kernel", "notebook", "current")


@pytest.mark.parametrize(
    ("found", "counts"),
    [
        (equivalence(), (1, 0, 0)),
        (equivalence(*ALL[2:5]), (4, 0, 0)),
        (equivalence(*ALL[1:5]), (4, 2, 0)),
        (equivalence(*ALL), (6, 4, 0)),
        (equivalence(ALL[0], replace(ALL[0], line=3)), (2, 2, 0)),
        (NOT_RUN, (1, 0, 1)),
    ],
)
def test_junit_counts(found: Equivalence, counts: tuple[int, int, int]) -> None:
    document = as_junit(found, "a.ipynb")
    (suite,) = ElementTree.fromstring(document)
    said = tuple(int(suite.attrib[name]) for name in ("tests", "failures", "skipped"))
    held = tuple(len(suite.findall(f".//{name}")) for name in ("testcase", "failure", "skipped"))
    assert said == held == counts
    names = [case.attrib["name"] for case in suite]
    assert len(set(names)) == len(names)
    assert SCHEMA.problems(document.decode()) == []


def test_junit_of_everything() -> None:
    (suite,) = ElementTree.fromstring(as_junit(equivalence(*ALL), "a.ipynb"))
    assert suite.attrib["name"] == "nb2prod verify a.ipynb"
    assert {case.attrib["classname"] for case in suite} == {"a.ipynb"}
    failures = {
        case.attrib["name"]: [one.attrib["message"] for one in case]
        for case in suite
        if case.find("failure") is not None and case.find("system-out") is None
    }
    assert failures == {
        "verdict": ["different: 2 differences, the first in cell 3"],
        "cell 3": ["different: cell 3, line 2 of stdout"],
        "variable y[2]": ["different: variable y[2]"],
    }
    cell = next(case for case in suite if case.attrib["name"] == "cell 4")
    texts = {one.tag: str(one.text) for one in cell}
    assert texts["failure"] == "except: cell 4, line 1 of stderr\n  notebook: a\n  package: b"
    assert texts["system-out"].startswith("not deterministic: cell 4, display 1, line 1 (another")


def test_junit_of_what_xml_has_no_place_for() -> None:
    wild = finding(name="\x1b", sides=("a\0\x1b[0m<&>\ud800", "\uffff]]>"), reason="\x08")
    document = as_junit(replace(equivalence(wild), reason="\0"), "a\x07<.ipynb")
    assert SCHEMA.problems(document.decode()) == []
    assert "<&>" in "".join(ElementTree.fromstring(document).itertext())


# -- what is kept ---------------------------------------------------------------------------------


def found_with_figures() -> Equivalence:
    notebook, package = run("a\n", showing("1"), x=1), run("b\n", showing("2"), x=2)
    comparison = judged(notebook, package)
    figures = {"cell-001-1-notebook.png": picture(), "cell-001-1-package.png": picture(2)}
    return verdict_on(comparison, "notebook", "current", "3.11.7", Tolerance(), ("é",), figures)


def test_what_is_kept_is_the_same_each_time(tmp_path: Path) -> None:
    kept = []
    for name in ("one", "two", "one"):
        project = tmp_path / name
        project.mkdir(exist_ok=True)
        keep(found_with_figures(), project)
        kept.append(
            {
                path.relative_to(project): path.read_bytes()
                for path in project.rglob("*")
                if path.is_file()
            }
        )
    assert kept[0] == kept[1] == kept[2]
    assert sorted(map(str, kept[0])) == [
        "verification.json",
        "verification/cell-001-1-notebook.png",
        "verification/cell-001-1-package.png",
    ]
    text = kept[0][Path("verification.json")].decode()
    assert json.loads(text) == found_with_figures().as_json()
    assert text.endswith("}\n")
    assert "é" in text
    assert str(tmp_path) not in text


def test_figures_of_an_earlier_run_are_gone(tmp_path: Path) -> None:
    keep(found_with_figures(), tmp_path)
    keep(replace(found_with_figures(), figures={}), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["verification.json"]


def test_what_is_kept_says_all() -> None:
    kept = equivalence(*ALL).as_json()
    assert kept["verdict"] == "different"
    assert kept["environment"] == {"name": "current", "python": "3.11.7"}
    assert kept["counts"] == {
        "different": 2,
        "except": 1,
        "not deterministic": 1,
        "expected": 1,
        "not compared": 1,
    }
    findings = kept["findings"]
    assert isinstance(findings, list)
    assert findings[0] == {
        "fate": "different",
        "kind": "stdout",
        "cell": 3,
        "line": 2,
        "name": "",
        "notebook": "a",
        "package": "b",
        "reason": "",
    }
    assert [found["fate"] for found in findings] == [one.fate for one in ALL]


def test_a_lone_surrogate_is_kept(tmp_path: Path) -> None:
    comparison = judged(run("\ud800"), Run({}))
    keep(verdict_on(comparison, "notebook", "current", None, Tolerance()), tmp_path)
    assert json.loads((tmp_path / "verification.json").read_text("utf-8"))["verdict"] == "different"
