"""Names that a notebook reads and never binds: run from top to bottom, it stops there.

Such a notebook worked because of cells that are gone, or were run in another order; only a person
knows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nb2prod.analysis.names import bound_names
from nb2prod.location import Location
from nb2prod.notebook.statements import CellMagic, LineMagic, ParsedCell
from nb2prod.notebook.trees import tree_of
from nb2prod.program.scopes import BUILTINS

# What a notebook has beyond Python's own names and what the package provides in its place.
_PROVIDED = frozenset({"display", "get_ipython", "exit", "quit"})
# They bring names into the notebook that cannot be seen in it.
_UNSEEN_MAGICS = frozenset({"run", "store", "load", "loadpy", "pylab", "bigquery", "sql"})
_UNSEEN_CALLS = frozenset({"exec", "globals", "locals", "vars"})


def undefined_names(cells: Sequence[ParsedCell]) -> Iterator[tuple[Location, str]]:
    """Each name that nothing in the notebook binds, with the first place that reads it.

    Nothing is said of a notebook that gets names from where they cannot be seen (`import *`,
    `exec`, `%run`), nor of a name that the code is ready not to find.
    """
    trees = [(cell.cell.number, tree_of(cell.python)) for cell in cells]
    if any(_unseen(cell) for cell in cells):
        return
    bound = {name for _, tree in trees for name in bound_names(tree)}
    bound |= BUILTINS | _PROVIDED | {word for cell in cells for word in _captured(cell)}
    for number, tree in trees:
        expected = set(_prepared_for(tree))
        reads = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        for node in sorted(reads, key=lambda node: (node.lineno, node.col_offset)):
            name = node.id
            private = name.startswith("__")
            if name in bound or private or id(node) in expected:
                continue
            bound.add(name)
            yield Location(number, node.lineno, node.col_offset + 1), name


def _unseen(cell: ParsedCell) -> bool:
    for statement in cell.statements:
        magic = statement.magic if isinstance(statement, LineMagic | CellMagic) else ""
        if magic in _UNSEEN_MAGICS:
            return True
    for node in ast.walk(tree_of(cell.python)):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return True
        if isinstance(node, ast.Name) and node.id in _UNSEEN_CALLS:
            return True
    return cell.unparsed is not None


def _captured(cell: ParsedCell) -> list[str]:
    """The names that `%%capture out` and the like bind."""
    magic = cell.cell_magic
    return magic.arguments.split() if magic is not None else []


def _prepared_for(tree: ast.AST) -> Iterator[int]:
    """Nodes below a `try` that catches the error that a missing name raises."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(_catches(handler) for handler in node.handlers):
            for statement in node.body:
                yield from (id(child) for child in ast.walk(statement))


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(name in ast.unparse(handler.type) for name in ("NameError", "Exception"))
