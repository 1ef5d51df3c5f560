"""How the code uses the notebook's functions: only by calling them, or as values as well."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from nb2prod.notebook.scope import names_in_scope

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Uses:
    """Whether a name is only ever called on the spot, and the names that are something else where
    it is read: those of the functions and comprehensions around.
    """

    only_called: bool = True
    hidden: set[str] = field(default_factory=set)


def uses_of(trees: Iterable[ast.AST]) -> dict[str, Uses]:
    """The uses of every name that is read."""
    found: dict[str, Uses] = {}
    for tree in trees:
        _walk(tree, frozenset(), found)
    return found


def _walk(root: ast.AST, outside: frozenset[str], found: dict[str, Uses]) -> None:
    waiting: list[tuple[ast.AST, frozenset[str], bool]] = [(root, outside, False)]
    while waiting:
        node, hidden, called = waiting.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                uses = found.setdefault(node.id, Uses())
                uses.only_called &= called
                uses.hidden |= hidden
        elif isinstance(node, ast.Call):
            waiting.append((node.func, hidden, True))
            waiting += [(part, hidden, False) for part in (*node.args, *node.keywords)]
        elif isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            body = node.body if isinstance(node.body, list) else [node.body]
            own = {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
            inner = hidden | own | frozenset(names_in_scope(body))
            waiting += [(part, inner, False) for part in body]
            rest = (part for part in ast.iter_child_nodes(node) if part not in body)
            waiting += [(part, hidden, False) for part in rest]
        elif isinstance(node, ast.ClassDef):
            inner = hidden | frozenset(names_in_scope(node.body))
            waiting += [(part, inner, False) for part in ast.iter_child_nodes(node)]
        elif isinstance(node, _COMPREHENSIONS):
            own = {
                part.id
                for generator in node.generators
                for part in ast.walk(generator.target)
                if isinstance(part, ast.Name)
            }
            waiting += [(part, hidden | own, False) for part in ast.iter_child_nodes(node)]
        else:
            waiting += [(part, hidden, False) for part in ast.iter_child_nodes(node)]
