"""Which names a line of a notebook can read, for expansions such as `!echo $name`.

IPython evaluates such names in the variables of the notebook and of the function that the line
stands in, and in no other: a name that only another function binds is left to the shell.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def names_of_notebook(trees: Iterable[ast.Module]) -> frozenset[str]:
    """The names that the cells bind at their top level, or in functions with `global`."""
    names: set[str] = set()
    for tree in trees:
        names.update(_bound_in(tree.body))
        for node in ast.walk(tree):
            if isinstance(node, ast.Global):
                names.update(node.names)
    return frozenset(names)


def names_of_functions(tree: ast.Module) -> dict[int, frozenset[str]]:
    """The names of the innermost function around the statement that begins on a line, by line."""
    names: dict[int, frozenset[str]] = {}
    waiting: list[tuple[ast.AST, frozenset[str]]] = [(tree, frozenset())]
    while waiting:
        node, own = waiting.pop()
        if isinstance(node, ast.stmt):
            names[node.lineno] = own
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = {found.arg for found in ast.walk(node.args) if isinstance(found, ast.arg)}
            own = frozenset({*arguments, *_bound_in(node.body)})
        waiting += [(child, own) for child in ast.iter_child_nodes(node)]
    return names


def _bound_in(body: Iterable[ast.AST]) -> Iterator[str]:
    """The names that statements bind in the scope that they stand in."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, _Comprehension):
            waiting += [found for found in ast.walk(node) if isinstance(found, ast.NamedExpr)]
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.ExceptHandler | ast.MatchStar | ast.MatchAs):
            yield node.name or ""
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        if not isinstance(node, _Scope):
            waiting += ast.iter_child_nodes(node)
