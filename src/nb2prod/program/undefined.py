"""Names that a notebook reads and never binds: run from top to bottom, it stops there.

Such a notebook worked because of cells that are gone, or were run in another order; only a person
knows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nb2prod.analysis.ipython_names import binds_unknown, keeps_names, names_bound_by_ipython
from nb2prod.analysis.names import bound_names
from nb2prod.location import Location
from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import shared_tree, walk
from nb2prod.program.scopes import BUILTINS

# What a notebook has beyond Python's own names and what the package provides in its place.
_PROVIDED = frozenset({"display", "get_ipython", "exit", "quit"})
_UNSEEN_CALLS = frozenset({"exec", "globals", "locals", "vars"})


def undefined_names(cells: Sequence[ParsedCell]) -> Iterator[tuple[Location, str]]:
    """Each name that nothing in the notebook binds, with the first place that reads it.

    Nothing is said of a notebook that gets names from where they cannot be seen (`import *`,
    `exec`, `%run`), nor of a name that the code is ready not to find.
    """
    if any(_unseen(cell, cells) for cell in cells):
        return
    trees = [(cell, shared_tree(cell.python)) for cell in cells]
    bound = {name for cell, tree in trees if keeps_names(cell) for name in bound_names(tree)}
    bound |= BUILTINS | _PROVIDED
    bound.update(name for cell in cells for name in names_bound_by_ipython(cell, cells))
    for cell, tree in trees:
        expected = set(_prepared_for(tree))
        # What `%%timeit` binds is there for its own cell alone.
        own = set() if keeps_names(cell) else set(bound_names(tree))
        reads = [node for node in walk(tree) if isinstance(node, ast.Name)]
        for node in sorted(reads, key=lambda node: (node.lineno, node.col_offset)):
            name = node.id
            private = name.startswith("__")
            if name in bound or name in own or private or id(node) in expected:
                continue
            bound.add(name)
            yield Location(cell.cell.number, node.lineno, node.col_offset + 1), name


def _unseen(cell: ParsedCell, cells: Sequence[ParsedCell]) -> bool:
    if cell.unparsed is not None or any(True for _ in binds_unknown(cell, cells)):
        return True
    return any(
        isinstance(node, ast.Name) and node.id in _UNSEEN_CALLS
        for node in walk(shared_tree(cell.python))
    )


def _prepared_for(tree: ast.Module) -> Iterator[int]:
    """Nodes below a `try` that catches the error that a missing name raises."""
    for node in walk(tree):
        if isinstance(node, ast.Try) and any(_catches(handler) for handler in node.handlers):
            for statement in node.body:
                yield from (id(child) for child in ast.walk(statement))


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(name in ast.unparse(handler.type) for name in ("NameError", "Exception"))
