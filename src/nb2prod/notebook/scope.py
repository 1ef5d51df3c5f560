"""Which names statements bind in the scope that they stand in, functions' own names aside."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

# What is in every text with `from module import *`, and perhaps in others.
STAR = re.compile(r"import\s*\(?\s*\*")
# Tuples and a set of types: every node of a notebook is asked, and a union takes thrice the time.
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# The nodes that bind names themselves, arguments aside.
BINDING = frozenset(
    {
        *(ast.Name, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler),
        *(ast.MatchStar, ast.MatchAs, ast.MatchMapping, ast.Import, ast.ImportFrom),
    }
)


def names_in_scope(body: Iterable[ast.AST]) -> Iterator[str]:
    """The names that these statements bind where they stand.

    What is bound within a function, a class or a comprehension is not among them, and what
    `from module import *` binds is not known.
    """
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, _COMPREHENSIONS):
            waiting += [found for found in ast.walk(node) if isinstance(found, ast.NamedExpr)]
            continue
        if type(node) in BINDING:
            yield from names_bound_by(node)
        if not isinstance(node, _SCOPES):
            waiting += parts_of(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            # What a default binds by `:=` is bound here.
            waiting += node.args.defaults


def names_bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a node binds itself, whatever it consists of. Arguments are no such nodes."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store):
            yield node.id
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.ExceptHandler | ast.MatchStar | ast.MatchAs):
        if node.name:
            yield node.name
    elif isinstance(node, ast.MatchMapping):
        if node.rest:
            yield node.rest
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            if alias.name != "*":
                yield alias.asname or alias.name.partition(".")[0]


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """What a node consists of, in a fraction of the time that `ast.iter_child_nodes` takes."""
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            yield from (item for item in value if isinstance(item, ast.AST))
        elif isinstance(value, ast.AST) and value._fields:  # without any: `Load` and the like
            yield value


def imports_everything(body: Iterable[ast.AST]) -> bool:
    """Whether `from module import *` is among the statements; no function may hold one."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            return True
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) and not isinstance(
            node, _SCOPES
        ):
            waiting += ast.iter_child_nodes(node)
    return False
