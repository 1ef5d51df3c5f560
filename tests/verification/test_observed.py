"""From outputs to runs: a notebook's, and those of a package with marks between them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from nb2prod.verification.model import CellRun, Failure, Run, Shown, Written
from nb2prod.verification.observed import FilesOf, joined, notebook_run, outputs_run, package_run
from tests.verification.build import picture

WORD = "w0rd"
PICTURE = picture()
ENCODED = base64.b64encode(PICTURE).decode()


def mark(kind: str, **details: object) -> str:
    """What the launcher writes between the outputs."""
    return "\0" + WORD + json.dumps({"mark": kind, **details}) + "\0"


def stream(text: str | list[str], name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(**data: object) -> dict[str, Any]:
    names = {"text": "text/plain", "html": "text/html", "png": "image/png", "svg": "image/svg+xml"}
    return {
        "output_type": "display_data",
        "data": {names.get(name, name): value for name, value in data.items()},
    }


OUTPUTS: dict[str, tuple[list[dict[str, Any]], CellRun]] = {
    "nothing": ([], CellRun()),
    "printed": ([stream("a\n"), stream(["b\n", "c\n"])], CellRun("a\nb\nc\n")),
    "both streams": (
        [stream("a\n"), stream("w\n", "stderr"), stream("b\n")],
        CellRun("a\nb\n", "w\n"),
    ),
    "another stream": ([stream("a\n", "other")], CellRun("a\n")),
    "what Colab leaves out": (
        [stream("Streaming output truncated to the last 5000 lines.\na\n")],
        CellRun("a\n"),
    ),
    "a value behind a print": (
        [stream("a\n"), display(text="1"), stream("b\n")],
        CellRun("a\nb\n", shown=(Shown("1", after=2),)),
    ),
    "the last value": (
        [{"output_type": "execute_result", "data": {"text/plain": ["a\n", "b"]}}],
        CellRun(shown=(Shown("a\nb"),)),
    ),
    "a table": (
        [display(text="a", html=["<table>", "</table>"])],
        CellRun(shown=(Shown("a", "<table></table>", None, ("text/html", "<table></table>")),)),
    ),
    "a figure": (
        [display(text="<Figure>", png=ENCODED + "\n")],
        CellRun(shown=(Shown("<Figure>", picture=PICTURE),)),
    ),
    "a drawing": (
        [display(svg="<svg/>", html="<b>a</b>")],
        CellRun(shown=(Shown(None, "<b>a</b>", None, ("image/svg+xml", "<svg/>")),)),
    ),
    "a widget": (
        [display(text="Bar()", **{"application/vnd.jupyter.widget-view+json": {}})],
        CellRun(widgets=("Bar",)),
    ),
    "a script of the page": (
        [display(text="<Script>", **{"application/javascript": "x"})],
        CellRun(),
    ),
    "an error": (
        [stream("a\n"), {"output_type": "error", "ename": "E", "evalue": "v", "traceback": []}],
        CellRun("a\n", error=("E", "v")),
    ),
    "an unknown kind": ([{"output_type": "else"}], CellRun()),
}


@pytest.mark.parametrize(("outputs", "cell"), OUTPUTS.values(), ids=OUTPUTS)
def test_outputs_as_a_notebook_has_them(outputs: list[dict[str, Any]], cell: CellRun) -> None:
    assert outputs_run(outputs) == cell
    assert outputs_run(outputs, WORD) == cell or "truncated" in str(outputs)


@pytest.mark.parametrize(
    ("outputs", "cell"),
    [
        (
            [stream(f"a\n{mark('dropped', line=2)}gpu\n{mark('dropped', line=0)}b\n")],
            CellRun("a\nb\n", dropped=((2, "gpu\n"),)),
        ),
        (
            [
                stream(f"{mark('dropped', line=1)}x"),
                stream(mark("dropped", line=1) + "w", "stderr"),
                stream(f"y{mark('dropped', line=0)}"),
                stream(mark("dropped", line=0) + "v", "stderr"),
            ],
            CellRun("", "v", dropped=((1, "xwy"),)),
        ),
        (
            [
                stream(mark("dropped", line=3)),
                display(text="gpu"),
                stream(mark("dropped", line=0)),
                display(text="b"),
            ],
            CellRun(shown=(Shown("b"),), dropped=((3, "gpu"),)),
        ),
    ],
)
def test_what_dropped_lines_show(outputs: list[dict[str, Any]], cell: CellRun) -> None:
    assert outputs_run(outputs, WORD) == cell


@pytest.mark.parametrize(
    ("text", "whole"), [("a", "a"), (["a\n", "b"], "a\nb"), ([], ""), (1, "1")]
)
def test_texts_of_the_format(text: object, whole: str) -> None:
    assert joined(text) == whole


def test_the_run_of_a_notebook(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    kept: dict[str, Any] = {
        "variables": {"x": {"is": "plain"}},
        "files": {"/run/data/a": 3},
        "error": None,
    }
    record.write_text(json.dumps(kept), "utf-8")
    executed = {
        "notebook": {"cells": [{"outputs": [stream("a")]}, {}, {"outputs": [stream("b")]}]},
        "error": {"name": "ValueError", "text": "no", "cell": 5},
    }
    files = FilesOf([("/run/data", "<data>", tmp_path)])
    assert notebook_run(executed, [2, 4, 5], record, WORD, files) == Run(
        {2: CellRun("a"), 4: CellRun(), 5: CellRun("b")},
        kept["variables"],
        {"<data>/a": Written(3, tmp_path / "a")},
        Failure("ValueError", "no", 5),
    )
    assert notebook_run(executed, [2, 4, 5], tmp_path / "none", WORD, files).variables is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/run/data/a.csv", "<data>/a.csv"),
        ("/run/data/in/a.csv", "<data>/in/a.csv"),
        ("/run/work/a", "<work>/a"),
        ("/run/work/data/a", "<data>/a"),  # the directory that is nearest
        ("/run/outputs/a.png", "<output>/a.png"),
        ("/run/outputs/shown/001.png", None),
        ("/run/database/a", None),
        ("/elsewhere/a", None),
    ],
)
def test_the_names_of_files(tmp_path: Path, path: str, name: str | None) -> None:
    roots = [
        ("/run/work", "<work>", tmp_path / "w"),
        ("/run/data", "<data>", tmp_path / "d"),
        ("/run/work/data", "<data>", tmp_path / "d"),
        ("/run/outputs", "<output>", tmp_path / "o"),
    ]
    assert list(FilesOf(roots, ["/run/outputs/shown"])({path: 1})) == ([name] if name else [])


# -- packages -------------------------------------------------------------------------------------


def package(
    directory: Path, stdout: str, stderr: str = "", record: dict[str, Any] | None = None
) -> Run:
    """The run of a package that wrote this."""
    (directory / "out").write_text(stdout, "utf-8")
    (directory / "err").write_text(stderr, "utf-8")
    kept: dict[str, Any] = (
        {"variables": {}, "files": {}, "error": None} if record is None else record
    )
    if kept:
        (directory / "record.json").write_text(json.dumps(kept), "utf-8")
    (directory / "shown").mkdir(exist_ok=True)
    record_path, shown = directory / "record.json", directory / "shown"
    out, err = directory / "out", directory / "err"
    return package_run(out, err, record_path, "job", WORD, shown, FilesOf([]))


@pytest.mark.parametrize(
    ("stdout", "cells"),
    [
        ("", {}),
        (
            f"{mark('cell', cell=1)}a\n{mark('cell', cell=3)}b\n",
            {1: CellRun("a\n"), 3: CellRun("b\n")},
        ),
        (
            f"{mark('cell', cell=1)}a{mark('cell', cell=2)}b{mark('cell', cell=1)}c",
            {1: CellRun("ac"), 2: CellRun("b")},
        ),
        ("before", {0: CellRun("before")}),
        (
            f"{mark('cell', cell=1)}a\n{mark('value', table=None)}1\n{mark('shown')}b\n",
            {1: CellRun("a\nb\n", shown=(Shown("1", after=2),))},
        ),
        (
            f"{mark('cell', cell=1)}{mark('value', table='<table>')}a  b\n{mark('shown')}",
            {1: CellRun(shown=(Shown("a  b", "<table>"),))},
        ),
        (
            f"{mark('cell', cell=1)}{mark('value', table=None)}1\n2\n\n{mark('shown')}",
            {1: CellRun(shown=(Shown("1\n2\n"),))},
        ),
    ],
)
def test_outputs_of_a_package(tmp_path: Path, stdout: str, cells: dict[int, CellRun]) -> None:
    assert package(tmp_path, stdout).cells == cells


@pytest.mark.parametrize(
    ("name", "same", "shown"),
    [
        ("001.png", True, Shown("<Figure>", picture=PICTURE)),
        ("001.md", True, Shown("<Figure>", document=("text/markdown", "# a"))),
        ("001.html", True, Shown("<Figure>", document=("text/html", "# a"))),
        ("002.png", True, Shown("<Figure>")),
    ],
)
def test_pictures_that_a_package_saves(
    tmp_path: Path, name: str, *, same: bool, shown: Shown
) -> None:
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / name).write_bytes(PICTURE if name.endswith("png") else b"# a")
    value = f"{mark('value', table=None)}<Figure>\n{mark('shown')}"
    saved = mark("picture", number=1, same=same)
    found = package(tmp_path, f"{mark('cell', cell=1)}{value}{saved}")
    assert found.cells[1].shown == (shown,)


def test_a_picture_that_is_shown_alone(tmp_path: Path) -> None:
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / "001.png").write_bytes(PICTURE)
    value = f"{mark('value', table=None)}1\n{mark('shown')}"
    saved = mark("picture", number=1, same=False)
    found = package(tmp_path, f"{mark('cell', cell=1)}{value}a\n{saved}")
    assert found.cells[1].shown == (Shown("1"), Shown(picture=PICTURE, after=2))


LOG = "2026-10-05 02:00:00,123 job: started\n2026-10-05 02:00:01,123 job.config: read\n"


def test_what_a_package_says_of_itself_is_no_output(tmp_path: Path) -> None:
    other = "2026-10-05 02:00:01,123 jobs: a\n"
    found = package(tmp_path, "", f"{LOG}{mark('cell', cell=2)}{LOG}w\n{other}")
    assert found.cells == {2: CellRun("", f"w\n{other}")}


def test_the_record_of_a_package(tmp_path: Path) -> None:
    record = {"variables": {"x": {"is": "plain"}}, "files": {"/x": 1}, "error": None}
    found = package(tmp_path, "", record=record)
    assert (found.variables, found.files, found.failure) == (record["variables"], {}, None)


def test_a_package_that_fails(tmp_path: Path) -> None:
    error = {"name": "ValueError", "text": "no", "cell": 2, "line": 20}
    found = package(
        tmp_path,
        f"{mark('cell', cell=2)}a\n",
        f"{mark('cell', cell=2)}w\nTraceback (most recent call last):\n  x\nValueError: no\n",
        {"error": error},
    )
    assert found.failure == Failure("ValueError", "no", 2, 20)
    assert found.cells == {2: CellRun("a\n", "w\n")}


def test_a_package_that_fails_before_its_first_cell(tmp_path: Path) -> None:
    error = {"name": "SystemExit", "text": "2", "cell": 0, "line": None}
    assert package(tmp_path, "", record={"error": error}).failure == Failure("SystemExit", "2")


def test_a_package_that_was_killed(tmp_path: Path) -> None:
    failure = package(tmp_path, "", record={}).failure
    assert str(failure) == "the package: was killed, or ended without a word"


def test_marks_of_another_run_are_text(tmp_path: Path) -> None:
    other = mark("cell", cell=1).replace(WORD, "another")
    assert package(tmp_path, f"{other}a").cells == {0: CellRun(f"{other}a")}
