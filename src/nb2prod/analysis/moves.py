"""Where a notebook changes its directory: relative paths mean other files from there on."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from nb2prod.analysis.names import dotted_text
from nb2prod.location import Location
from nb2prod.notebook.statements import LineMagic, ParsedCell
from nb2prod.notebook.trees import shared_tree, walk

_MAGICS = frozenset({"cd", "chdir", "pushd", "popd"})


def moves(cells: Iterable[ParsedCell]) -> Iterator[Location]:
    """The places of the magics and calls that do so, cell by cell."""
    for parsed in cells:
        for found in parsed.statements:
            if isinstance(found, LineMagic) and found.magic in _MAGICS:
                yield found.location
        for node in walk(shared_tree(parsed.python)):
            if isinstance(node, ast.Call) and dotted_text(node.func) in ("os.chdir", "chdir"):
                yield Location(parsed.cell.number, node.lineno, node.col_offset + 1)
