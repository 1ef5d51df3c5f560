"""Converting cells in memory, and looking at what became of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

import pytest

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.gather import gather
from nb2prod.analysis.paths import find_roots
from nb2prod.notebook.model import Cell, Notebook, Origin, Platform
from nb2prod.program import build as build_module
from nb2prod.program.build import build
from nb2prod.program.context import Context
from nb2prod.program.model import Ledger, Program


def _notebook(cells: tuple[str | Cell, ...], platform: Platform) -> Notebook:
    numbered = tuple(
        Cell(number, "code", cell)
        if isinstance(cell, str)
        else Cell(number, cell.kind, cell.source)
        for number, cell in enumerate(cells, start=1)
    )
    return Notebook("job", "0" * 64, "4.5", numbered, Origin(platform, ()), {}, {})


def _convert(*cells: str | Cell, platform: Platform = "jupyter") -> tuple[Program, Ledger]:
    notebook = _notebook(cells, platform)
    return build(notebook, gather(notebook), "job", "3.12")


def _module(*cells: str | Cell, platform: Platform = "jupyter") -> str:
    program, _ = _convert(*cells, platform=platform)
    source = program.modules[0].source
    compile(source, "pipeline.py", "exec", dont_inherit=True)
    return source


def _body(*cells: str | Cell, platform: Platform = "jupyter") -> str:
    """Functions that moved above `main`, then what is in `main` below its docstring."""
    source = _module(*cells, platform=platform)
    lines = source.splitlines(keepends=True)
    entry = ast.parse(source).body[-1]
    assert isinstance(entry, ast.FunctionDef | ast.AsyncFunctionDef), source
    imports = [
        node.end_lineno or 0
        for node in ast.parse(source).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    above = "".join(lines[max(imports) : entry.lineno - 1]).strip()
    docstring_end = entry.body[0].end_lineno or 0
    texts = {
        number
        for node in ast.walk(entry)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        for number in range(node.lineno + 1, (node.end_lineno or 0) + 1)
    }
    inside = "".join(
        line if number in texts else line.removeprefix("    ")
        for number, line in enumerate(lines[docstring_end:], start=docstring_end + 1)
    ).strip()
    return f"{above}\n\n{inside}".strip()


@pytest.fixture
def every_name_defined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes names that no cell binds for bound, so that a table's cells can be short."""
    monkeypatch.setattr(build_module, "undefined_names", lambda cells, beside: ())


@pytest.fixture(scope="session")
def convert() -> Callable[..., tuple[Program, Ledger]]:
    """Converts cells (code as text, others as `Cell`) for package `job` on Python 3.12."""
    return _convert


@pytest.fixture(scope="session")
def module_of() -> Callable[..., str]:
    """The whole of `pipeline.py`."""
    return _module


@pytest.fixture(scope="session")
def body_of() -> Callable[..., str]:
    """What stands in the program for the cells: moved functions and the body of `main`."""
    return _body


@pytest.fixture(scope="session")
def ledger_of() -> Callable[..., list[tuple[int, int, int, str, str]]]:
    """The ledger's entries as tuples of cell, line, lines, fate and reason."""

    def ledger(*cells: str, platform: Platform = "jupyter") -> list[tuple[int, int, int, str, str]]:
        _, found = _convert(*cells, platform=platform)
        return [
            (entry.cell, entry.line, entry.lines, entry.fate, entry.reason)
            for entry in found.entries
        ]

    return ledger


@pytest.fixture(scope="session")
def context_of() -> Callable[..., Context]:
    """The context of a notebook that binds some names and has nothing else in it."""

    def context(*names: str) -> Context:
        facts = Facts((), (), (), (), (), (), (), None, None, frozenset(names))
        return Context(facts, "colab", {}, find_roots("colab", [], []), (), frozenset(names))

    return context


@pytest.fixture(scope="session")
def flat() -> Callable[[str], str]:
    """Takes the line breaks out of the stops in a program's text."""

    def without_breaks(body: str) -> str:
        broken = re.compile(r"NotImplementedError\(\n\s*(\".*\")\n\s*\)")
        return broken.sub(r"NotImplementedError(\1)", body)

    return without_breaks
