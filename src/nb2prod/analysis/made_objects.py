"""What made the objects that a notebook's names stand for: `app` of `app = Flask(__name__)`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nb2prod.analysis.dotted_imports import DottedImports
from nb2prod.analysis.names import dotted_text
from nb2prod.notebook.trees import walk

_DEEPEST = 10  # a builder that calls a builder, and so on


# Cell, line and column.
_Place = tuple[int, int, int]


class _Bound(NamedTuple):
    """A name's value at a place; of a parameter, the class that its annotation names."""

    place: _Place
    value: ast.expr
    annotated: bool = False


class MadeObjects:
    """Answers for one program which of these packages' callables made an object."""

    def __init__(
        self,
        trees: Iterable[tuple[int, ast.Module]],
        imports: DottedImports,
        packages: Iterable[str],
    ) -> None:
        self._imports = imports
        self._packages = tuple(f"{package}." for package in packages)
        self._bound: dict[str, list[_Bound]] = {}
        self._returned: dict[str, list[ast.expr]] = {}
        for cell, tree in trees:
            for node in walk(tree):
                for name, value, annotated in _bindings(node):
                    bound = _Bound(_place(value, cell), value, annotated)
                    self._bound.setdefault(name, []).append(bound)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    self._returned[node.name] = [
                        inner.value
                        for inner in ast.walk(node)
                        if isinstance(inner, ast.Return) and inner.value is not None
                    ]

    def maker(self, node: ast.expr, cell: int) -> str:
        """The full name of what made the object that an expression in a cell stands for
        ("flask.Flask"); "" where that is not known or of none of the packages.

        A method's result counts as made by what made its object: `demo.queue()` is a demo.
        """
        return self._maker(node, _place(node, cell), 0)

    def _maker(self, node: ast.expr, place: _Place, depth: int) -> str:
        if depth > _DEEPEST:
            return ""
        if isinstance(node, ast.Call):
            known = self.named(node.func)
            if known:
                return known
            if isinstance(node.func, ast.Attribute):
                return self._maker(node.func.value, place, depth + 1)
            returned = self._returned.get(dotted_text(node.func), ())
            found = (self._maker(value, place, depth + 1) for value in returned)
            return next(filter(None, found), "")
        if isinstance(node, ast.NamedExpr | ast.Await):
            return self._maker(node.value, place, depth + 1)
        bound = self._bound.get(dotted_text(node), [])
        before = [one for one in bound if one.place < place]
        last = next(iter([*reversed(before), *bound]), None)
        if last is None or last.value is node:
            return ""
        if last.annotated:
            return self.named(last.value)
        return self._maker(last.value, last.place, depth + 1)

    def named(self, node: ast.expr) -> str:
        """The full name that an expression is of one of the packages; "" for any other."""
        found = self._imports.meanings(node)
        return next((name for name in found if name.startswith(self._packages)), "")


def _place(node: ast.expr, cell: int) -> _Place:
    return cell, node.lineno, node.col_offset


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr, bool]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if name := dotted_text(target):
                yield name, node.value, False
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        if name := dotted_text(node.target):
            yield name, node.value, False
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        if name := dotted_text(node.optional_vars):
            yield name, node.context_expr, False
    elif isinstance(node, ast.arg) and node.annotation is not None:
        yield node.arg, node.annotation, True
