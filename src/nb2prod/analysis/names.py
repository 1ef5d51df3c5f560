"""Which names a notebook binds, and how an expression writes a dotted name."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from nb2prod.notebook.scope import BINDING, names_bound_by, names_in_scope
from nb2prod.notebook.trees import walk

# Names that every supported Python has, so that the answer does not depend on the one that runs
# this.
BUILTINS = frozenset(dir(builtins)) - {"PythonFinalizationError", "_IncompleteInputError"}


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Every name that the code binds, in any scope: assignments, imports, definitions, arguments.

    What `from module import *` binds is not known; `ipython_names.binds_unknown` tells of it.
    """
    for node in walk(tree) if isinstance(tree, ast.Module) else ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif type(node) in BINDING:
            yield from names_bound_by(node)


def names_of_notebook(trees: Iterable[ast.Module]) -> frozenset[str]:
    """The names that the cells bind at their top level, or in functions with `global`."""
    names: set[str] = set()
    for tree in trees:
        names.update(names_in_scope(tree.body))
        for node in walk(tree):
            if isinstance(node, ast.Global):
                names.update(node.names)
    return frozenset(names)


def dotted_text(node: ast.expr) -> str:
    """`a.b.c` for an expression that is such a name; "" for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def called_name(call: ast.Call) -> str:
    """What a call names last: `read_csv` of `pd.read_csv(…)`, and of any other object's method."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else dotted_text(call.func)


def literal_text(node: ast.expr | None) -> str | None:
    """The value of a text that is written out; None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
