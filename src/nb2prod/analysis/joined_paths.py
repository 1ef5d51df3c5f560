"""Paths that a notebook puts together from literals: `os.path.join("/content", "drive")`,
`Path("/content") / "drive"`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2prod.analysis.names import dotted_text
from nb2prod.notebook.trees import walk

JOINING_CALLS = frozenset(
    {"os.path.join", "path.join", "osp.join", "posixpath.join", "join"}
    | {"Path", "pathlib.Path", "PosixPath", "pathlib.PosixPath"}
    | {"PurePath", "pathlib.PurePath", "PurePosixPath", "pathlib.PurePosixPath"}
)


class Joined(NamedTuple):
    """The literals that a path begins with, in order, two at least; `node` is the whole path."""

    node: ast.Call | ast.BinOp
    parts: tuple[ast.Constant, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The literals' values."""
        return tuple(str(part.value) for part in self.parts)


def joined_paths(tree: ast.AST) -> Iterator[Joined]:
    """The paths in `tree` that begin with two literals or more, each once, as a whole."""
    inner: set[int] = set()
    for node in walk(tree):  # what is outside comes first
        if id(node) in inner or not isinstance(node, ast.Call | ast.BinOp):
            continue
        below, parts = _parts(node)
        inner.update(below)
        if len(parts) > 1:
            yield Joined(node, parts)


def _parts(node: ast.Call | ast.BinOp) -> tuple[list[int], tuple[ast.Constant, ...]]:
    """The ids of the nodes that are part of the same path, and the literals that it begins with."""
    operands: list[ast.expr] = []
    below: list[int] = []
    current: ast.expr = node
    while isinstance(current, ast.BinOp) and isinstance(current.op, ast.Div):
        operands.insert(0, current.right)
        current = current.left
        below.append(id(current))
    if not isinstance(current, ast.Call) or dotted_text(current.func) not in JOINING_CALLS:
        return below, ()
    parts: list[ast.Constant] = []
    for operand in [*current.args, *operands]:
        if not isinstance(operand, ast.Constant) or not isinstance(operand.value, str):
            break
        parts.append(operand)
    return below, tuple(parts)
