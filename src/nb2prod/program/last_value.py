"""`_`, the value that a notebook displayed last: the cells whose values later cells read by it."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Sequence

import libcst as cst

from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import shared_tree
from nb2prod.program.rewrites.display import shown

_OWN_NAMES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def values_read_as_last(
    cells: Sequence[ParsedCell], returns_nothing: Container[str]
) -> frozenset[int]:
    """The cells whose displayed value some later cell reads as `_`.

    Empty when a reader has no such cell before it, or reads it within a function, which may be
    called when another value was displayed last. Nothing in the notebook binds the name.
    """
    found: set[int] = set()
    last: int | None = None
    for cell in cells:
        tree = shared_tree(cell.python)
        if any(_reads(statement, inside=False) for statement in tree.body):
            if last is None:
                return frozenset()
            found.add(last)
        if any(_reads(statement, inside=True) for statement in tree.body):
            return frozenset()
        if _displays(cell, tree, returns_nothing):
            last = cell.cell.number
    return frozenset(found)


def _displays(cell: ParsedCell, tree: ast.Module, returns_nothing: Container[str]) -> bool:
    end = tree.body[-1] if tree.body else None
    if not isinstance(end, ast.Expr) or cell.cell.source.rstrip().endswith(";"):
        return False
    return shown(cst.parse_expression(ast.unparse(end.value)), returns_nothing)


def _reads(statement: ast.stmt, *, inside: bool) -> bool:
    """Whether a statement reads `_` itself, or functions `inside` it do."""
    return any(within == inside for within in _readers(statement, False))


def _readers(node: ast.AST, within: bool) -> Iterator[bool]:
    if isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Load):
        yield within
    within = within or isinstance(node, _OWN_NAMES)
    for child in ast.iter_child_nodes(node):
        yield from _readers(child, within)
