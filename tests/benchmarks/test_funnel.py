"""What the funnel says of a small directory, and what each of its measures lets through."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks import funnel
from benchmarks.funnel_tables import report
from benchmarks.measures import Reason, no_new_undefined, portable, undefined
from benchmarks.outcomes import (
    COMPILES,
    DEFINED,
    PORTABLE,
    READ,
    Outcome,
    dockerfile_reasons,
    ledger_reasons,
    own_outcome,
    peer_outcome,
    spec_reasons,
    subject,
)
from benchmarks.peers import Converted
from benchmarks.promises import Promises, Url, live_urls
from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell

URL = "https://example.invalid/a/file.csv"
HERE = Promises(urls=(Url(URL, 1, 1),))
DROPPED = Promises(urls=(Url(URL, 1, 1, dropped=True),))
TWO_OF_F = Promises(definitions=Counter({"f": 2, "C": 1}))
OWN_UNDEFINED = Promises(undefined=frozenset({"gone"}))

FORBIDDEN = "`{}` in a name, an import or a string"
GET_IPYTHON, COLAB, KAGGLE = map(
    FORBIDDEN.format, ("get_ipython", "google.colab", "kaggle_secrets")
)
PATH = "a string with a platform path"
DISPLAY = "`display(` without a definition or an import"
NEW, OLD = "a new undefined name", "an undefined name, as in the notebook"
LOST = "a function or a class is not there"
BROKEN, SILENT = "a URL is not there unbroken", "a dropped URL is in no comment"
SYNTAX = "a file does not compile"


def judged(source: str | dict[str, str], promises: Promises = Promises()) -> set[str]:  # noqa: B008
    files = {"src/job/pipeline.py": source} if isinstance(source, str) else source
    return {reason.words for reason in portable(files, promises)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1", set()),
        ("x = (", {SYNTAX}),
        ("return 1", {SYNTAX}),
        ("await f()", {SYNTAX}),
        # The platforms' modules.
        ("# get_ipython() is gone", set()),
        ('"""Made from google.colab."""', set()),
        ('def f():\n    """Was kaggle_secrets."""', set()),
        ('x = 1\n"""Not a docstring: google.colab."""', {COLAB}),
        ("import google.colab", {COLAB}),
        ("from google import colab", {COLAB}),
        ("from google.colab import drive", {COLAB}),
        ("import google\ngoogle.colab.drive.mount()", {COLAB}),
        ("import google.colabtools as c", {COLAB}),
        ("from google import cloud", set()),
        ("x = 'https://colab.research.google.com/github'", set()),
        ("import kaggle_secrets as s", {KAGGLE}),
        ("x = 'import kaggle_secrets'", {KAGGLE}),
        ("x = b'kaggle_secrets'", {KAGGLE}),
        ("def get_ipython(): ...", {GET_IPYTHON}),
        ("def f(get_ipython): ...", {GET_IPYTHON}),
        ("dict(get_ipython=1)", {GET_IPYTHON}),
        ("get_ipython().system('ls')", {GET_IPYTHON, NEW}),
        ("x = f'{1} get_ipython'", {GET_IPYTHON}),
        # The platforms' paths.
        ("x = '/content'", {PATH}),
        ("x = '/content/drive'", {PATH}),
        ("x = 'cd /content && ls'", {PATH}),
        ("x = '--out=/kaggle/working'", {PATH}),
        ("x = 'gcc -I/content/include'", {PATH}),
        ("x = 'file:///content/a'", {PATH}),
        ("x = f'ls /kaggle/{1}'", {PATH}),
        ("x = b'/kaggle/input'", {PATH}),
        ("x = '/contents'", set()),
        ("x = '/content-type'", set()),
        ("x = '/content.zip'", set()),
        ("x = 'data/content/a'", set()),
        ("x = '../content/a'", set()),
        ("x = 'https://example.invalid/content/a'", set()),
        ("x = 1\ny = f'{x}/content/a'", set()),
        ("# ls /content", set()),
        ('"""Was in /content."""', set()),
        ("raise NotImplementedError('reads /content/a')", set()),
        ("def f():\n    raise ValueError('a' + '/kaggle/input')", set()),
        ("print('/content')\nraise ValueError", {PATH}),
        ({"src/job/config.py": "x = '/content'"}, set()),
        ({"src/job/configuration.py": "x = '/content'"}, {PATH}),
        ({"tests/test_pipeline.py": "x = '/content'"}, {PATH}),
        # What IPython defines.
        ("display(1)", {DISPLAY, NEW}),
        ("from IPython.display import display\ndisplay(1)", set()),
        ("from IPython.display import *\ndisplay(1)", set()),
        ("from os import *\ndisplay(1)", {DISPLAY}),
        ("def display(x): ...\ndisplay(1)", set()),
        ("import pygame\npygame.display(1)", set()),
        ({"a.py": "def display(x): ...", "b.py": "display(1)"}, {DISPLAY, NEW}),
        # Names.
        ("print(missing)", {NEW}),
        ("print(missing)  # noqa: F821", {NEW}),
        ("print(gone)", {NEW}),
        ({"a.py": "x = 1", "b.py": "print(x)"}, {NEW}),
        ({"README.md": "import google.colab; x = '/content'"}, set()),
    ],
)
def test_files_are_portable_or_say_why(source: str | dict[str, str], expected: set[str]) -> None:
    assert judged(source) == expected


@pytest.mark.parametrize(
    ("source", "promises", "expected"),
    [
        ("print(gone)", OWN_UNDEFINED, {OLD}),
        ("print(gone, more)", OWN_UNDEFINED, {OLD, NEW}),
        ("def f(): ...\ndef f(x): ...\nclass C: ...", TWO_OF_F, set()),
        ("def main():\n    def f(): ...\n    class C:\n        def f(self): ...", TWO_OF_F, set()),
        ("def f(): ...\nclass C: ...", TWO_OF_F, {LOST}),
        ("async def f(): ...\nasync def f(): ...\nC = 1", TWO_OF_F, {LOST}),
        ({"a.py": "def f(): ...", "b.py": "def f(): ...\nclass C: ..."}, TWO_OF_F, set()),
        ({"shell.py": "def f(): ...\ndef f(): ...\nclass C: ..."}, TWO_OF_F, {LOST}),
        (f"x = '{URL}'", HERE, set()),
        (f"# {URL}", HERE, set()),
        ("x = 'https://example.invalid/a' '/file.csv'", HERE, {BROKEN}),
        ("x = f'{1}/a/file.csv'", HERE, {BROKEN}),
        ({"a.py": "", "README.md": URL}, HERE, {BROKEN}),
        ({"a.py": "", "nb2prod.json": URL}, HERE, {BROKEN}),
        ({"a.py": "", "notebooks/original.ipynb": URL}, HERE, {BROKEN}),
        (f"# Left out:\n# {URL}", DROPPED, set()),
        (f"x = '{URL}'", DROPPED, {SILENT}),
        ("x = 1", DROPPED, {BROKEN}),
    ],
)
def test_what_the_notebook_holds_is_there(
    source: str | dict[str, str], promises: Promises, expected: set[str]
) -> None:
    assert judged(source, promises) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"x = '{URL}'", [URL]),
        (f"# {URL}", []),
        (f"x = 1  # {URL}", [URL]),
        (f"!wget {URL} -O a", [URL]),
        (f"!pip install {URL}", []),
        (f"%pip install --quiet {URL}", []),
        (f"!pip install \\\n  {URL}", []),
        (f"!python -m pip install {URL}", []),
        (f"run(['pip', 'install', '{URL}'])", []),
        (f"%%bash\nwget {URL}", []),
        (f"%%time\nget('{URL}')", [URL]),
        (f"print '{URL}'", [URL]),
        ("x = f'https://example.invalid/{name}/b'", ["https://example.invalid/"]),
        ("x = f'https://{host}/b'", []),
        ("see(https://example.invalid/a).", ["https://example.invalid/a"]),
        (f"x = 'https://example.invalid/{'a' * 90}'", [f"https://example.invalid/{'a' * 36}"]),
        ("x = 'gs://bucket/a', 'b'", ["gs://bucket/a"]),
    ],
)
def test_addresses_on_live_lines(source: str, expected: list[str]) -> None:
    assert [url.text for url in live_urls(parse_cell(Cell(1, "code", source)))] == expected


def test_undefined_names_are_named_once_with_their_first_line() -> None:
    assert undefined({"a.py": "x\nx\ny", "b.py": "z = 1\nx", "c.md": "x"}) == [
        ("a.py:1", "x"),
        ("a.py:3", "y"),
        ("b.py:2", "x"),
    ]
    assert list(no_new_undefined({"a.py": "x = ("}, Promises()))
    assert not list(no_new_undefined({"a.py": "gone"}, OWN_UNDEFINED))


def entry(cell: int, line: int, lines: int, fate: str, reason: str = "") -> dict[str, Any]:
    return {"cell": cell, "line": line, "lines": lines, "fate": fate, "reason": reason}


def ledger(*entries: dict[str, Any], **totals: int) -> dict[str, Any]:
    found = dict.fromkeys("kept rewritten hoisted dropped attention".split(), 0)
    for one in entries:
        found[one["fate"]] += one["lines"]
    return {"lines": sum(found.values()), **found, **totals, "entries": list(entries)}


@pytest.mark.parametrize(
    ("found", "exact"),
    [
        (ledger(entry(1, 1, 2, "kept"), entry(3, 1, 1, "dropped", "why")), True),
        (ledger(entry(1, 1, 2, "kept"), entry(3, 1, 1, "dropped")), False),
        (ledger(entry(1, 1, 2, "kept")), False),
        (ledger(entry(1, 1, 1, "kept"), entry(3, 1, 2, "kept")), False),
        (ledger(entry(1, 1, 2, "kept"), entry(3, 1, 1, "kept"), entry(2, 1, 1, "kept")), False),
        (ledger(entry(1, 1, 2, "kept"), entry(3, 1, 1, "kept"), lines=4), False),
        (ledger(entry(1, 1, 2, "kept"), entry(3, 1, 1, "kept"), kept=2, hoisted=1), False),
    ],
)
def test_ledgers_add_up(found: dict[str, Any], exact: bool) -> None:
    assert (not list(ledger_reasons(found, Counter({1: 2, 3: 1})))) == exact


def test_dockerfiles_are_linted() -> None:
    assert not list(dockerfile_reasons("FROM debian:13\nWORKDIR /app\n"))
    [reason] = dockerfile_reasons("FROM debian:latest\n")
    assert reason.words == "hadolint DL3007"


def code(*cells: str, **metadata: object) -> dict[str, Any]:
    return {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {"language_info": {"name": "python"}, **metadata},
        "cells": [
            {
                "cell_type": "code",
                "source": source,
                "metadata": {},
                "outputs": [],
                "execution_count": None,
            }
            for source in cells
        ],
    }


NOTEBOOKS: dict[str, dict[str, Any] | str] = {
    "broken": "{",
    "colab": code(
        "from google.colab import drive\ndrive.mount('/content/drive')",
        f"!wget {URL}\nfiles = !ls /content\n\nprint(files)",
        "def f():\n    return open('/content/drive/MyDrive/a')\n\nf()",
    ),
    "other": code("x <- 1", language_info={"name": "R"}, kernelspec={"name": "ir"}),
    "plain": code("x = 1\nprint(x)"),
    "python2": code("print 'a'", "x = 1"),
    # Of what `exec` may bind nothing is known, so the name is left as it is.
    "undefined": code("exec('x = 1')", "print(never)"),
}
# Why each is where it is: how many of the eight stages it reaches.
REACHED = {"broken": 0, "colab": 8, "other": 0, "plain": 8, "python2": 1, "undefined": 2}


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("notebooks")
    for name, document in NOTEBOOKS.items():
        text = document if isinstance(document, str) else json.dumps(document)
        (directory / f"{name}.ipynb").write_text(text, encoding="utf-8")
    return directory


def test_the_funnel_of_a_directory(
    notebooks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "outcomes.json"
    assert funnel.main([str(notebooks), "--no-peers", "--names", "--json", str(written)]) == 0
    outcomes = json.loads(written.read_bytes())["outcomes"]
    found = {one["notebook"].removesuffix(".ipynb"): one for one in outcomes}
    assert {name: len(one["reached"]) for name, one in found.items()} == REACHED
    assert [name for name, one in found.items() if one["valid"]] == ["colab", "plain", "undefined"]
    printed = capsys.readouterr().out
    everything, valid = printed.split("### The 3 notebooks")
    for row in ("read | 4 / 4", "understood | 3 / 3", "portable | 2 / 3", "compiles | 2 / 4"):
        assert f"| {row} |\n" in everything
    for row in ("read | 3 / 3", "portable | 2 / 2", "specs valid | 2 / 3", "crashes | 0"):
        assert f"| {row} |\n" in valid
    assert f"| nb2prod | portable | {OLD} | 1 | undefined.ipynb |\n" in printed
    assert "| nb2prod | understood | a cell is not Python (python-2) | 1 | python2.ipynb |" in valid


def test_a_directory_without_notebooks_is_refused(tmp_path: Path) -> None:
    assert funnel.main([str(tmp_path), "--no-peers"]) == 2


@pytest.mark.parametrize(
    ("name", "converted", "passed"),
    [
        ("plain", Converted({"a.py": "x = 1\nprint(x)"}), {READ, PORTABLE, COMPILES, DEFINED}),
        ("undefined", Converted({"a.py": "print(never)"}), {READ, COMPILES, DEFINED}),
        ("colab", Converted({"a.py": "get_ipython()"}), {READ, COMPILES}),
        ("python2", Converted({"a.py": "print 'a'\nx = 1"}), {READ}),
        ("plain", Converted({}, "it refuses"), set()),
        ("other", Converted({"a.py": "x = 1"}), set()),
    ],
)
def test_what_a_peer_made_is_judged_alike(
    notebooks: Path, name: str, converted: Converted, passed: set[str]
) -> None:
    found = peer_outcome("peer", converted, subject(notebooks / f"{name}.ipynb"))
    assert {stage for stage, reasons in found.measures.items() if not reasons} == passed


def test_a_crash_is_reported_and_the_others_go_on(
    notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr("benchmarks.outcomes.render", fail)
    outcome = own_outcome(subject(notebooks / "plain.ipynb"))
    assert outcome.reached == (READ, "understood")
    assert "KeyError: 'a bug'" in outcome.crash
    assert "Crash of nb2prod on plain.ipynb: KeyError: 'a bug'" in "\n".join(report([outcome], {}))


def test_specs_are_checked() -> None:
    words = [
        reason.words
        for reason in spec_reasons(
            {"deploy/other/job.yaml": "a: 1", "nb2prod.json": '{"targets": ["gradient"]}'}
        )
    ]
    assert words == ["gradient does not take it", "a spec that nothing here can check"]


def test_tables_show_what_a_tool_cannot_be_judged_by() -> None:
    reason = (Reason("a | b"),)
    outcomes = [
        Outcome("a.ipynb", "one", {READ: (), PORTABLE: reason, COMPILES: ()}, valid=True),
        Outcome("a.ipynb", "two", {READ: reason, PORTABLE: (), COMPILES: ()}, valid=True),
    ]
    lines = list(report(outcomes, {"three": "it is not on the index"}))
    assert "| stage | one | two | three |" in lines
    assert "| read | 1 / 1 | 0 / 0 | not installed |" in lines
    assert "| understood | - | - | not installed |" in lines
    assert "| compiles | 0 / 1 | 0 / 1 | not installed |" in lines
    assert "| one | portable | a \\| b | 1 |" in lines
    assert "\nthree could not be installed: it is not on the index" in lines
