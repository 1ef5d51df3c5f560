"""Which cell each statement of a package comes from, when a person has edited it as well."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nb2prod.program.model import Program
from nb2prod.verification.tracing import imports_of, traced_modules
from tests.verification.build import migration

CELLS = ("import math", "a = 1\nb = math.sqrt(a)", "print(a)", 'print(b)\nprint("end")')


def written(program: Program, directory: Path, edit: Callable[[str], str] = str) -> Path:
    """The program's modules in a directory, each edited."""
    for module in program.modules:
        (directory / f"{module.name}.py").write_text(edit(module.source), "utf-8")
    return directory


def flow(program: Program, directory: Path) -> dict[str, Any]:
    """What is traced of the one module with the notebook's flow."""
    (found,) = traced_modules(program, directory).values()
    assert isinstance(found, dict)
    return found


def last_statements(program: Program, directory: Path, number: int) -> list[str]:
    """The source of the block's last statements."""
    tree = ast.parse((directory / "pipeline.py").read_text("utf-8"))
    function = flow(program, directory)["function"]
    body = next(
        (node.body for node in tree.body if getattr(node, "name", "") == function and function),  # type: ignore[attr-defined]
        tree.body,
    )
    return [ast.unparse(statement) for statement in body[-number:]]


def test_each_statement_has_its_cell(tmp_path: Path) -> None:
    program = migration(*CELLS).program
    written(program, tmp_path)
    assert flow(program, tmp_path)["cells"] == [2, 2, 3, 4, 4]
    assert last_statements(program, tmp_path, 5) == [
        "a = 1",
        "b = math.sqrt(a)",
        "print(a)",
        "print(b)",
        "print('end')",
    ]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("import math", {":math:"}),
        ("import math as m", {":math:m"}),
        ("from json import loads, dumps as d", {"json:loads:", "json:dumps:d"}),
        ("x = 1", set()),
    ],
)
def test_the_cell_of_each_import(cell: str, names: set[str]) -> None:
    found = imports_of(migration("import os", f"{cell}\nprint(1)").program)
    assert found == {":os:": 1, **dict.fromkeys(names, 2)}


EDITS: dict[str, tuple[str, str, list[int]]] = {
    "nothing": ("", "", [2, 2, 3, 4, 4]),
    "a comment": ("print(a)", "print(a)  # the first", [2, 2, 3, 4, 4]),
    "a line more": ("print(a)", "print(a)\n{indent}print('more')", [2, 2, 3, 3, 4, 4]),
    "lines more at the end": ('print("end")', 'print("end")\n{indent}c = 1', [2, 2, 3, 4, 4, 4]),
    "a line less": ("print(b)\n", "\n", [2, 2, 3, 4]),
    "another line": ("print(a)", "print(a, a)", [2, 2, 3, 4, 4]),
    "another last line": ('print("end")', 'print("END")', [2, 2, 3, 4, 4]),
}


@pytest.mark.parametrize(("old", "new", "cells"), EDITS.values(), ids=EDITS)
def test_an_edited_package_is_aligned(tmp_path: Path, old: str, new: str, cells: list[int]) -> None:
    program = migration(*CELLS).program
    source = next(module.source for module in program.modules if module.name == "pipeline")
    line = next(line for line in source.splitlines() if "print(a)" in line)
    indent = line[: len(line) - len(line.lstrip())]

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new.format(indent=indent), 1)

    written(program, tmp_path, edit)
    found = flow(program, tmp_path)["cells"]
    assert found == cells
    # There is a statement for each, and the first is the notebook's.
    assert last_statements(program, tmp_path, len(found))[0] == "a = 1"


def test_a_script_is_traced_as_a_whole(tmp_path: Path) -> None:
    program = migration("x = 1", "def f():\n    global x\n    x = 2", "f()\nprint(x)").program
    written(program, tmp_path, lambda text: text.replace("f()\nprint", "f()\ny = 1\nprint"))
    found = flow(program, tmp_path)
    if program.layout.rung == "script":
        assert found == {"function": None, "cells": [1, 2, 3, 3, 3]}
    else:
        assert found["function"] == program.entry_point


def test_a_package_of_which_nothing_is_left(tmp_path: Path) -> None:
    program = migration(*CELLS).program
    written(program, tmp_path, lambda _: f"def {program.entry_point}(values):\n    return 1\n")
    assert flow(program, tmp_path)["cells"] == []


@pytest.mark.parametrize("text", ["def (", "def another():\n    pass\n"])
def test_a_module_without_the_notebooks_flow(tmp_path: Path, text: str) -> None:
    program = migration(*CELLS).program
    written(program, tmp_path, lambda _: text)
    assert traced_modules(program, tmp_path) == {}


def test_a_package_that_is_not_there(tmp_path: Path) -> None:
    assert traced_modules(migration(*CELLS).program, tmp_path / "none") == {}
