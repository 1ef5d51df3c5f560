"""Who reads the names of a notebook: its top level, functions that are only ever called, or what
has to find them where it was defined (classes, lambdas, decorators, defaults, callbacks).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nb2prod.notebook.scope import parts_of

# The functions around a place, the outermost first; None where a name must stay where it is.
_Around = tuple[str, ...] | None
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_HOLDING = (ast.Lambda, ast.ClassDef)


class Readers(NamedTuple):
    """The names that are read at all, and those of them that must be found where they are."""

    read: frozenset[str]
    held: frozenset[str]


class _Read(NamedTuple):
    name: str
    around: _Around
    called: bool


def readers_of(trees: Iterable[ast.Module], values: Iterable[str] = ()) -> Readers:
    """Who reads the names in the trees of a notebook. `values` are names of functions that are
    used as values elsewhere, as a magic does, and of those that are defined more than once.

    A function is only ever called where nothing decorates it or passes it on, and where all that
    calls it is the top level or another such function.
    """
    reads = [read for tree in trees for read in _reads(tree)]
    held = {*values, *(read.name for read in reads if not read.called)}
    before = -1
    while before != len(held):
        before = len(held)
        held.update(read.name for read in reads if read.called and _is_held(read.around, held))
    return Readers(
        frozenset(read.name for read in reads),
        frozenset(read.name for read in reads if _is_held(read.around, held)),
    )


def _is_held(around: _Around, held: set[str]) -> bool:
    return around is None or any(function in held for function in around)


def _reads(tree: ast.Module) -> Iterator[_Read]:
    waiting: list[tuple[ast.AST, _Around]] = [(tree, ())]
    while waiting:
        node, around = waiting.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                yield _Read(node.id, around, called=False)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield _Read(node.func.id, around, called=True)
            waiting += [(part, around) for part in (*node.args, *node.keywords)]
        elif isinstance(node, _FUNCTIONS):
            plain = around is not None and not node.decorator_list
            inside = (*around, node.name) if plain and around is not None else None
            waiting += [(part, inside) for part in node.body]
            outside = [*node.decorator_list, node.args, *([node.returns] if node.returns else [])]
            waiting += [(part, None) for part in outside]
        else:
            inside = None if isinstance(node, _HOLDING) else around
            waiting += [(part, inside) for part in parts_of(node)]
