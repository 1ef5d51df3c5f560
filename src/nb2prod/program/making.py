"""What making a function or a class does at once, before anything calls it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence, Set

from nb2prod.analysis.names import dotted_text
from nb2prod.program.pieces import TopStatement

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


# Calls of these give another answer at another time.
_TIMELY = frozenset(
    "cwd date datetime getcontext getcwd getenv now os perf_counter rand randint randn random"
    " secrets seed time today uuid".split()
)
# So do looks into these.
_STATE = frozenset({"environ", "options", "rcParams"})
_DOING = frozenset("display input iter next open print stderr stdout".split())
# What reads files: they may not be there yet.
_READING = re.compile(r"(?:read|load)(?:_\w+)?|from_pretrained|imread|listdir|glob")


def timely_names(flow: Sequence[TopStatement]) -> Iterator[str]:
    """The names that come out of modules whose answers depend on the moment."""
    for statement in flow:
        tree = statement.tree
        if isinstance(tree, ast.ImportFrom) and set((tree.module or "").split(".")) & _TIMELY:
            yield from (alias.asname or alias.name for alias in tree.names)


def run_at_once(tree: ast.stmt) -> Iterator[ast.Call | ast.NamedExpr | ast.Attribute]:
    """The calls, the bindings by `:=` and the looks into modules that making a function or class
    does.
    """
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call | ast.NamedExpr | ast.Attribute):
            yield node
        if isinstance(node, ast.Lambda):
            waiting += [one for one in (*node.args.defaults, *node.args.kw_defaults) if one]
        elif isinstance(node, _FUNCTIONS):
            waiting += [*node.decorator_list, node.args, *([node.returns] if node.returns else [])]
        else:
            waiting += ast.iter_child_nodes(node)


def only_wraps(tree: ast.FunctionDef) -> bool:
    """Whether a decorator makes a function and returns it, and does nothing else by then."""
    return not tree.decorator_list and all(
        isinstance(node, ast.FunctionDef)
        or (isinstance(node, ast.Return) and isinstance(node.value, ast.Name))
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in tree.body
    )


def is_generator(tree: ast.FunctionDef) -> bool:
    """Whether a function runs on when its caller has what it returns."""
    return any(isinstance(node, ast.Yield | ast.YieldFrom | ast.Await) for node in ast.walk(tree))


def read_later(tree: ast.FunctionDef) -> frozenset[str]:
    """The names that functions and generators in a function read, perhaps when it has returned."""
    inner = (*_FUNCTIONS, ast.Lambda, ast.GeneratorExp, ast.ClassDef)
    return frozenset(
        part.id
        for node in ast.walk(tree)
        if node is not tree and isinstance(node, inner)
        for part in ast.walk(node)
        if isinstance(part, ast.Name)
    )


def depends_on_the_moment(node: ast.Call | ast.NamedExpr | ast.Attribute, made: Set[str]) -> bool:
    """Whether what runs when a function or class is made does something, or gives another answer at
    another time. `made` are names that come out of the notebook, or of modules of that kind.
    """
    if isinstance(node, ast.NamedExpr):
        return True
    if isinstance(node, ast.Attribute):
        return bool(set(dotted_text(node).split(".")) & _STATE)
    words = dotted_text(node.func).split(".")
    if words == [""] or words[0] in made:
        return True
    return bool(set(words) & (_TIMELY | _DOING)) or _READING.fullmatch(words[-1]) is not None
