"""What the benchmark of sections says of a small directory, and what its measures let through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import sections
from benchmarks.measures import Reason
from benchmarks.package_imports import broken_imports, modules_of
from benchmarks.sectioned import COMPILES, Split, sections_with_headings, split_of
from benchmarks.sections import grouped, report
from benchmarks.stubbed_imports import import_failures
from nb2prod.program.model import Rung, Section

MODULE = "an import of a module that is not there"
NAME = "an import of a name that is not there"
EARLY = "a module reads a name above the line that binds it"
CIRCLE = "modules import each other"


def broken(**sources: str) -> set[str]:
    return {reason.words for reason in broken_imports({"__init__": "", **sources}, "job")}


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"a": "import os, numpy"}, set()),
        ({"a": "from job import b", "b": ""}, set()),
        ({"a": "from job.b import x", "b": "x = 1"}, set()),
        ({"a": "from job.b import x", "b": "from numpy import *"}, set()),
        ({"a": "from job.b import x", "b": "if 1:\n    def x(): ..."}, set()),
        ({"a": "from .b import x", "b": "class x: ..."}, set()),
        ({"a": "import job.b", "b": ""}, set()),
        ({"a": "from job import c"}, {NAME}),
        ({"a": "from job.c import x"}, {MODULE}),
        ({"a": "import job.c"}, {MODULE}),
        ({"a": "def f():\n    from job.c import x"}, {MODULE}),
        ({"a": "from job.b import x", "b": "def f():\n    x = 1"}, {NAME}),
        ({"a": "from . import c"}, {NAME}),
        # Modules that need each other.
        ({"a": "import job.b", "b": "import job.a"}, {CIRCLE}),
        ({"a": "import job.b", "b": "import job.c", "c": "from job.a import f"}, {CIRCLE, NAME}),
        ({"a": "import job.b", "b": "def f():\n    import job.a"}, set()),
        # What stands above what it reads.
        ({"a": "x = 1\ndef f(k=x): ..."}, set()),
        ({"a": "def f(k=x): ...\nx = 1"}, {EARLY}),
        ({"a": "def f():\n    return x\nx = 1"}, set()),
        ({"a": "class A(B): ...\nclass B: ..."}, {EARLY}),
        ({"a": "class A:\n    def f(self): return B\nclass B: ..."}, set()),
        ({"a": "class A:\n    x = 1\n    y = x\nx = 1"}, set()),
        ({"a": "@wrap\ndef f(): ...\ndef wrap(g): ..."}, {EARLY}),
        ({"a": "def f(k: A) -> A: ...\nclass A: ..."}, {EARLY}),
        (
            {"a": "from __future__ import annotations\ndef f(k: A) -> A: ...\nclass A: ..."},
            set(),
        ),
        ({"a": "print(missing)"}, set()),  # the measure of undefined names has it
    ],
)
def test_modules_that_can_be_imported(sources: dict[str, str], expected: set[str]) -> None:
    assert broken(**sources) == expected


def test_the_statements_of_a_script_may_stand_as_they_are() -> None:
    source = "def f(k=x): ...\nx = 1\nimport job.gone"
    assert broken(pipeline=source) == {EARLY, MODULE}
    found = broken_imports({"pipeline": source}, "job", {"pipeline"})
    assert [reason.words for reason in found] == [MODULE]


def test_the_modules_of_a_project() -> None:
    files = {"src/job/a.py": "1", "src/other/b.py": "2", "tests/c.py": "3", "src/job/d.txt": ""}
    assert modules_of(files, "job") == {"a": "1"}


STUBBED = """
import numpy as np
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset
from keras.layers import *

SIZE = np.pi * 2


class Rows(Dataset, DataLoader):
    def __init__(self, rows: "list[np.ndarray]" = ()) -> None:
        self.rows = rows


class Net(nn.Module):
    rows: nn.Module | None = nn.Linear(1, 2)


class Deep(Net):
    pass


@np.vectorize
def f(x, y=F.relu, *, z: np.ndarray | None = None): ...


@nn.compile(mode="fast")
def g(): ...


assert len(Deep.__mro__) > 2
"""


def test_modules_are_imported_with_all_else_stubbed() -> None:
    sources = {"__init__": "", "a": STUBBED, "b": "from job.a import Net, SIZE"}
    assert import_failures(sources, "job") == {}


def test_what_fails_in_an_import_is_told() -> None:
    sources = {
        "__init__": "",
        "name": "print('before')\nfrom job.end import x",
        "own": "import job.gone",
        "end": "raise SystemExit(3)",
        "fine": "import json, pandas",
    }
    assert import_failures(sources, "job") == {
        "name": "SystemExit: 3",
        "own": "ModuleNotFoundError: No module named 'job.gone'",
        "end": "SystemExit: 3",
    }
    killed = import_failures({"__init__": "", "a": "import os\nos._exit(1)"}, "job")
    assert killed == dict.fromkeys(("__init__", "a"), "it says nothing")


@pytest.mark.parametrize(
    ("cells", "headings", "count"),
    [
        ([(2,), (4,)], [1, 3], 2),
        ([(1,), (3,)], [2], 1),
        ([(2, 4), (6,)], [1, 3, 5], 2),
        ([(2,), (3,)], [1], 1),
        ([(2,), (4,)], [1, 3, 5, 7], 2),
        ([], [1, 2], 0),
    ],
)
def test_sections_that_stand_under_a_heading(
    cells: list[tuple[int, ...]], headings: list[int], count: int
) -> None:
    parts = [Section("A", "a", own, (), ()) for own in cells]
    assert sections_with_headings(parts, headings) == count


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("x may not have a value", "a variable may not have a value"),
        (
            "a function reads x, which is bound again later",
            "a function reads a variable, which is bound again later",
        ),
        (
            "pi may come from `from math import *`, and is bound as well",
            "a variable may come from `import *`, and is bound as well",
        ),
        (
            "pickle finds class A by its module, and it reads variables",
            "a library finds a class by its module, and it reads variables",
        ),
        ("asked for", "asked for"),
    ],
)
def test_reasons_of_a_kind_are_one(reason: str, words: str) -> None:
    assert grouped(reason) == words


def notebook(*cells: str) -> dict[str, Any]:
    """A notebook; a cell that begins with `# ` is a heading."""
    made: list[dict[str, Any]] = []
    for source in cells:
        kind = "markdown" if source.startswith("# ") else "code"
        extra: dict[str, Any] = (
            {} if kind == "markdown" else {"outputs": [], "execution_count": None}
        )
        made.append({"cell_type": kind, "metadata": {}, "source": source, **extra})
    metadata = {"language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": made}


NOTEBOOKS = {
    "split": notebook("# A", "import pandas\nx = len('a')", "# B", "print(x)", "# C", "print(x)"),
    "merged": notebook("# A", "def f():\n    global x\n    x = 1\nx = 2", "# B", "f()\nprint(x)"),
    "script": notebook("# A", "exec('x = 1')", "# B", "y = 1\nprint(y)"),
    "one heading": notebook("# A", "x = 1", "print(x)"),
    "not valid": notebook("# A", "x = (", "# B", "print(1)"),
}


def test_the_sections_of_a_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, document in NOTEBOOKS.items():
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(document), encoding="utf-8")
    assert sections.main([str(tmp_path), "--no-peer", "--import", "--names"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "| of the 3 notebooks with two headings and valid Python | |",
        "|---|---|",
        "| sections, two modules or more | 1 (33.3%) |",
        "| main | 1 (33.3%) |",
        "| script | 1 (33.3%) |",
        "| headings with a section of their own, median | 0.0% |",
        "| section modules where there are two or more, median | 3 |",
        "",
        "| of those for which the rung is safe | sections | main | script |",
        "|---|---|---|---|",
        "| notebooks | 1 | 2 | 3 |",
        "| compiles | 1 | 2 | 3 |",
        "| no new undefined name | 1 | 2 | 3 |",
        "| its imports find each other | 1 | 2 | 3 |",
        "| imported, with what it depends on stubbed | 1 | 2 | 3 |",
        "",
        "| rung | why not a higher one | notebooks | which |",
        "|---|---|---|---|",
        "| main | a function assigns a variable (`global`) | 1 | merged.ipynb |",
        "| script | exec() works on the notebook's own namespace | 1 | script.ipynb |",
    ]


def test_a_directory_without_notebooks_is_refused(tmp_path: Path) -> None:
    assert sections.main([str(tmp_path), "--no-peer"]) == 2


def test_a_crash_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    path = tmp_path / "split.ipynb"
    path.write_text(json.dumps(NOTEBOOKS["split"]), encoding="utf-8")
    monkeypatch.setattr("benchmarks.sectioned.render", fail)
    found = split_of(path)
    assert found is not None
    assert getattr(found, "reason", "") == "KeyError: 'a bug'"


def test_the_peer_s_column_counts_what_it_made() -> None:
    rungs: dict[Rung, dict[str, tuple[Reason, ...]]] = {"sections": {COMPILES: ()}}
    worse = (Reason("a new undefined name", "a.py:1: x"),)
    splits = [
        Split("a.ipynb", "sections", "", 2, 2, 2, rungs, (2, ())),
        Split("b.ipynb", "sections", "", 2, 2, 2, rungs, (2, worse)),
        Split("c.ipynb", "sections", "", 2, 2, 2, {"sections": {COMPILES: worse}}, (1, ())),
        Split("d.ipynb", "main", "asked for", 2, 0, 0, {"main": {}}, None),
    ]
    *before, converted, split, sound = report(splits, 1, peer=True, names=True)
    flaw = "\nsections: a new undefined name (1)\n- c.ipynb: a.py:1: x"
    assert flaw in before
    assert converted == "| converted | 4 (80.0%) | 3 (60.0%) |"
    assert split == "| two modules or more | 3 (60.0%) | 2 (40.0%) |"
    assert sound.endswith(" | 2 (40.0%) | 1 (20.0%) |")
    assert "| could not be converted | 1 (20.0%) |" in before
