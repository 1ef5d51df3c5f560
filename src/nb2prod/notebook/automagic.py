"""Magics that people leave the sign off: `pip install pandas`, `ls -l`, `cd data` as a whole cell.

IPython takes a cell of a single line so (`IPython.core.prefilter`) when its first word is the name
of a magic and nothing in the notebook's namespace has that name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from nb2prod.location import Location
from nb2prod.notebook.statements import LineMagic, ParsedCell, Python
from nb2prod.notebook.syntax import syntax_tree

# The magics that occur without their sign, IPython's aliases of shell commands among them.
_NAMES = frozenset(
    "pip conda mamba cd pwd ls ll lf lk lx ldir mkdir rm rmdir cp mv cat man more less clear"
    " matplotlib env time timeit run who whos load_ext reload_ext history hist reset store".split()
)
_LINE = re.compile(r"(?P<name>[A-Za-z_]\w*)(?P<rest>.*)")


def is_automagic(parsed: ParsedCell) -> bool:
    """Whether the cell is a single line that begins with a magic's name, whatever else has it."""
    return _match(parsed) is not None


def automagic(parsed: ParsedCell, bound: frozenset[str]) -> ParsedCell | None:
    """The cell with its line read as a magic, or None when it is something else.

    `bound` are the names that the notebook binds itself: they go before magics.
    """
    match = _match(parsed)
    if match is None or match["name"] in bound:
        return None
    lines = parsed.cell.lines
    index = next(index for index, line in enumerate(lines) if line.strip())
    place = Location(
        parsed.cell.number, index + 1, len(lines[index]) - len(lines[index].lstrip()) + 1
    )
    name = f"__ipython_{parsed.cell.number}_0__"
    statement = LineMagic(place, len(lines), match["name"], match["rest"].strip(), None, name)
    python = "\n" * index + name + "\n" * (len(lines) - index - 1)
    return ParsedCell(parsed.cell, python, (statement,))


def bound_in(cells: Iterable[ParsedCell]) -> frozenset[str]:
    """Every name that one of the cells assigns, imports or defines at any depth."""
    names: set[str] = set()
    for parsed in cells:
        for node in ast.walk(syntax_tree(parsed.python)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).partition(".")[0])
    return frozenset(names)


def _match(parsed: ParsedCell) -> re.Match[str] | None:
    if any(not isinstance(found, Python) for found in parsed.statements) and not parsed.unparsed:
        return None
    lines = [line for line in parsed.cell.lines if line.strip()]
    if len(lines) != 1:
        return None
    match = _LINE.fullmatch(lines[0].strip())
    if match is None or match["name"] not in _NAMES or match["rest"].lstrip()[:1] in ("=", ","):
        return None
    return match
