"""What a notebook holds that has to be in whatever is made of it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from nb2prod.analysis.ipython_names import names_bound_by_ipython
from nb2prod.notebook.ipython import parse_notebook
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.statements import CellMagic, LineMagic, ParsedCell, Shell, Unparsed
from nb2prod.notebook.syntax import syntax_tree

# An address up to where code could break it; the contract asks for no more than 60 characters.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^\s'\"`<>\\{]+")
_LONGEST = 60
_TRAILING = ".,;:!?)]}|&"
_PIP = re.compile(r"\bpip[\d.]*['\",\s]+(?:--?[\w=-]+\s+)*(?:install|uninstall|download|wheel)\b")
# What IPython itself defines in a notebook, for all cells.
_IPYTHON = frozenset({"display", "get_ipython"})


@dataclass(frozen=True, slots=True)
class Url:
    """An address on a live line of a code cell. `dropped`: the ledger says that its line is."""

    text: str
    cell: int
    line: int
    dropped: bool = False

    @property
    def place(self) -> str:
        """For people: the cell and the line."""
        return f"cell {self.cell}, line {self.line}"


@dataclass(frozen=True, slots=True)
class Promises:
    """A notebook's functions and classes, its live addresses and the names that it never defines.

    `unparsed` are the cells that are not Python, each as its kind and its place with the reason.
    A file that cannot be read as a notebook promises nothing.
    """

    definitions: Counter[str] = field(default_factory=Counter)
    urls: tuple[Url, ...] = ()
    undefined: frozenset[str] = frozenset()
    unparsed: tuple[tuple[str, str], ...] = ()


def promises_of(
    notebook: Notebook,
    undefined: Callable[[dict[str, str]], Iterable[tuple[str, str]]],
) -> Promises:
    """Read a notebook's promises; `undefined` judges a file of Python."""
    cells = parse_notebook(notebook)
    return Promises(
        definitions=Counter(name for cell in cells for name in _definitions(cell)),
        urls=tuple(url for cell in cells for url in live_urls(cell)),
        undefined=_undefined(cells, undefined),
        unparsed=tuple(_unparsed(cells)),
    )


def _definitions(parsed: ParsedCell) -> Iterator[str]:
    for node in ast.walk(syntax_tree(parsed.python)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def _undefined(
    cells: Sequence[ParsedCell],
    undefined: Callable[[dict[str, str]], Iterable[tuple[str, str]]],
) -> frozenset[str]:
    """The names that the cells' Python, in order, reads and neither it nor IPython binds."""
    bound = {name for cell in cells for name in names_bound_by_ipython(cell, cells)}
    bound.update(name for cell in cells for name in cell.placeholders)
    whole = "\n".join(cell.python for cell in cells)
    return frozenset(name for _, name in undefined({"notebook.py": whole})) - bound - _IPYTHON


def _unparsed(cells: Sequence[ParsedCell]) -> Iterator[tuple[str, str]]:
    for cell in cells:
        if isinstance(found := cell.unparsed, Unparsed):
            yield found.kind, f"cell {cell.cell.number}: {found.reason}"


def live_urls(parsed: ParsedCell) -> Iterator[Url]:
    """The addresses of a code cell but those on `#` lines, pip lines and in bodies that are no
    Python.
    """
    aside = set(_aside(parsed))
    for number, line in enumerate(parsed.cell.lines, start=1):
        if number in aside or line.lstrip().startswith("#") or _PIP.search(line):
            continue
        for match in _URL.finditer(line):
            text = match.group()[:_LONGEST].rstrip(_TRAILING)
            if not text.endswith(("/", ":")) or text.count("/") > 2:
                yield Url(text, parsed.cell.number, number)


def _aside(parsed: ParsedCell) -> Iterator[int]:
    """The lines of pip commands that go over several, and of bodies that are no Python."""
    for found in parsed.statements:
        if isinstance(found, CellMagic) and not found.python:
            yield from range(found.location.line + 1, len(parsed.cell.lines) + 1)
        elif isinstance(found, Shell | LineMagic):
            words = (
                found.command if isinstance(found, Shell) else f"{found.magic} {found.arguments}"
            )
            if _PIP.search(words):
                yield from range(found.location.line, found.end_line + 1)
