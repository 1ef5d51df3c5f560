"""The texts of a cell's code that may be paths: not what is said to people, not what is put behind
something else at run time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2prod.analysis.names import called_name
from nb2prod.notebook.trees import walk

# Calls whose texts are for people to read.
_SAYING = frozenset(
    "print display Markdown HTML info warning warn error debug exception critical log".split()
)


def path_texts(tree: ast.Module) -> Iterator[tuple[ast.Constant, str, ast.expr]]:
    """Each literal with its text, and the expression at whose place it is.

    That is the whole text of a part of an f-string: where its parts are, Python tells from 3.12 on
    only.
    """
    skipped: set[int] = set()
    whole: dict[int, ast.JoinedStr] = {}
    for node in walk(tree):
        if isinstance(node, ast.Call) and called_name(node) in _SAYING:
            skipped.update(id(part) for argument in node.args for part in ast.walk(argument))
        elif isinstance(node, ast.Raise | ast.Assert) or _is_text_alone(node):
            skipped.update(id(part) for part in ast.walk(node))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            skipped.add(id(node.right))
        elif isinstance(node, ast.JoinedStr) and node.values:
            whole.update((id(part), node) for part in node.values)
            skipped.update(id(part) for part in node.values[1:])
            if id(node) in skipped:
                skipped.add(id(node.values[0]))
    for node in walk(tree):
        if id(node) in skipped or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str):
            yield node, node.value, whole.get(id(node), node)


def _is_text_alone(node: ast.AST) -> bool:
    """Whether a statement is nothing but a text, as documentation is."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr)
