"""A notebook that fails, made smaller: statement by statement, for as long as it still fails.

Hypothesis would take minutes for what a few hundred runs of smaller notebooks show.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from nb2prod.notebook.model import Cell

Cells = list[str | Cell]


def reduced(cells: Cells, fails: Callable[[Cells], bool]) -> Cells:
    """The cells without anything that they fail without as well."""
    smaller: Cells | None = cells
    while smaller is not None:
        cells = smaller
        smaller = next((tried for tried in _smaller(cells) if fails(tried)), None)
    return cells


def _smaller(cells: Cells) -> Iterator[Cells]:
    """The cells without one of them, then without one of their statements; the last ones first,
    because nothing hangs on them.
    """
    for index in reversed(range(len(cells))):
        yield [*cells[:index], *cells[index + 1 :]]
    for index in reversed(range(len(cells))):
        cell = cells[index]
        if isinstance(cell, str):
            for text in _shorter(cell):
                yield [*cells[:index], text, *cells[index + 1 :]]


def _shorter(code: str) -> Iterator[str]:
    """The code without one of its statements, or with a block's statements in the block's place."""
    for number in reversed(range(len(_bodies(ast.parse(code))))):
        for keeps_inner in (False, True):
            tree = ast.parse(code)
            body, index = _bodies(tree)[number]
            statement = body[index]
            inner = getattr(statement, "body", []) if keeps_inner else []
            if keeps_inner and not inner:
                continue
            if isinstance(statement, ast.Pass) and len(body) == 1:
                continue  # a block cannot be emptier
            body[index : index + 1] = inner
            if not body and body is not tree.body:
                body.append(ast.Pass())
            if body or len(tree.body):
                yield ast.unparse(tree)


def _bodies(tree: ast.Module) -> list[tuple[list[ast.stmt], int]]:
    """Each statement, as the list that holds it and its place there; outer ones come later."""
    found = [
        (body, index)
        for node in ast.walk(tree)
        for name in ("body", "orelse", "finalbody")
        if isinstance(body := getattr(node, name, None), list)
        for index in range(len(body))
    ]
    return found[::-1]
