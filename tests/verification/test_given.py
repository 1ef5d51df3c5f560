"""What a person gives to a verification: variables, files, uploads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

from nb2prod.verification.given import (
    Given,
    files_beside,
    lay_out,
    upload_arguments,
)
from nb2prod.verification.places import Places
from tests.verification.build import migration

ROOT = PurePosixPath("/nb2prod")


# -- uploads --------------------------------------------------------------------------------------

SHARED_OUT = {
    "one for one": (["a"], 1, [["a"]]),
    "all for one": (["a", "b", "c"], 1, [["a", "b", "c"]]),
    "one for each": (["a", "b"], 2, [["a"], ["b"]]),
    "the last takes what is left": (["a", "b", "c", "d"], 2, [["a"], ["b", "c", "d"]]),
    "too few": (["a"], 3, [["a"]]),
    "none": ([], 2, []),
    "nothing asks for them": (["a"], 0, []),
}


@pytest.mark.parametrize(("names", "uploads", "parts"), SHARED_OUT.values(), ids=SHARED_OUT)
def test_inputs_are_shared_out_alike_on_both_sides(
    tmp_path: Path, names: Sequence[str], uploads: int, parts: list[list[str]]
) -> None:
    inputs = [tmp_path / "in" / name for name in names]
    for path in inputs:
        path.parent.mkdir(exist_ok=True)
        path.write_text(path.name, "utf-8")
    places = Places(tmp_path / "run", ROOT, None)
    given = Given(inputs=inputs)
    lay_out(places, given, [], uploads)
    laid = sorted((tmp_path / "run" / "uploads").glob("*")) if parts else []
    assert [sorted(path.name for path in one.iterdir()) for one in laid] == parts
    assert [one.name for one in laid] == [str(number) for number in range(1, len(parts) + 1)]
    flags = [f"--upload-{number}" for number in range(1, uploads + 1)]
    expected: list[str] = []
    for number, part in enumerate(parts, start=1):
        expected += [f"--upload-{number}", *(f"{ROOT}/uploads/{number}/{name}" for name in part)]
    assert upload_arguments(places, given, flags) == expected


# -- what is laid out -----------------------------------------------------------------------------


def test_all_is_copied(tmp_path: Path) -> None:
    data, single, folder = (tmp_path / name for name in ("data", "a.csv", "folder"))
    for path in (data / "in" / "x.csv", single, folder / "y.csv"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name, "utf-8")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    places = Places(tmp_path / "run", ROOT, "kaggle")
    lay_out(places, Given(data, [single, folder]), [(single, "in/b.csv")], 0)
    outside = tmp_path / "run"
    assert (outside / "data" / "in" / "x.csv").read_text("utf-8") == "x.csv"
    working = outside / "kaggle" / "working"
    assert sorted(str(path.relative_to(working)) for path in working.rglob("*.csv")) == [
        "a.csv",
        "folder/y.csv",
        "in/b.csv",
    ]
    (working / "a.csv").write_text("changed", "utf-8")
    (outside / "data" / "in" / "x.csv").unlink()
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_installers_are_stood_in_for(tmp_path: Path) -> None:
    places = Places(tmp_path / "run", ROOT, None)
    lay_out(places, Given(), [], 0)
    commands = {path.name for path in (tmp_path / "run" / "commands").iterdir()}
    assert {"pip", "pip3", "uv", "conda", "apt", "apt-get", "sudo"} <= commands
    assert all(os.access(path, os.X_OK) for path in (tmp_path / "run" / "commands").iterdir())
    assert (tmp_path / "run" / "installs.txt").read_text("utf-8") == ""
    assert (tmp_path / "run" / "progress.txt").is_file()


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("open('in/a.csv')", ["in/a.csv"]),
        ("open('in/a.csv'); open('in/a.csv')", ["in/a.csv"]),
        ("import pandas as pd\npd.read_csv('in/a.csv')", ["in/a.csv"]),
        ("open('missing.csv')", []),
        ("open('../outside.csv')", []),
        ("x = 1", []),
    ],
)
def test_what_lies_beside_a_notebook(tmp_path: Path, cell: str, names: list[str]) -> None:
    notebook = tmp_path / "job" / "job.ipynb"
    for path in (notebook, tmp_path / "job" / "in" / "a.csv", tmp_path / "outside.csv"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = files_beside(notebook, migration(cell))
    assert [name for _, name in found] == names
    assert all(path.is_file() for path, _ in found)
