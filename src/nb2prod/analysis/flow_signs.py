"""What code tells of how it runs: loops that run, calls that are done with what they are given."""

from __future__ import annotations

import ast
import re
from collections.abc import Set

# What takes everything out of a generator before it returns.
_CONSUMERS = frozenset(
    "all any dict frozenset join list max min set sorted sum tuple update extend Counter".split()
)
# What calls a function that it is given before it returns, and keeps it no longer: methods of
# tables and data sets (which trace it), and what sorts by a key.
_CALLERS = frozenset(
    "agg aggregate apply applymap assign filter map max min pipe sort sort_index sort_values sorted"
    " transform".split()
)
_IN_QUERY = re.compile(r"@([^\W\d]\w*)")
# Words of calls that swallow what is raised in their `with` block.
_SWALLOWING = ("suppress", "raises")
# A run of a loop at least once is certain for these, written out.
_LITERALS = (ast.List, ast.Tuple, ast.Set)


def names_deleted(node: ast.AST) -> set[str]:
    """The names that are deleted somewhere in it."""
    return {
        found.id
        for found in ast.walk(node)
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Del)
    }


def runs_once(iterable: ast.expr) -> bool:
    """Whether a loop over this certainly runs at least once."""
    if isinstance(iterable, _LITERALS):
        return any(not isinstance(item, ast.Starred) for item in iterable.elts)
    if isinstance(iterable, ast.Constant):
        return bool(iterable.value)
    if not isinstance(iterable, ast.Call) or ast.unparse(iterable.func) != "range":
        return False
    numbers = [one.value for one in iterable.args if isinstance(one, ast.Constant)]
    if len(numbers) != len(iterable.args) or not all(type(one) is int for one in numbers):
        return False
    try:
        return bool(range(*numbers))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def takes_all(pattern: ast.pattern) -> bool:
    """Whether a pattern takes whatever comes."""
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def consumes(call: ast.Call) -> bool:
    """Whether a generator that is the call's argument is run to its end by it."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _CONSUMERS


def is_done_with_functions(call: ast.Call) -> bool:
    """Whether a function that is the call's argument is done with when it returns."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr in _CALLERS
    return isinstance(function, ast.Name) and function.id in ("max", "min", "sorted")


def names_in_texts(call: ast.Call) -> frozenset[str]:
    """The variables that the text of a query names: `@limit` in `table.query("a > @limit")`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("query", "eval"):
        return frozenset()
    texts = [one.value for one in ast.walk(call) if isinstance(one, ast.Constant)]
    return frozenset(
        name for text in texts if isinstance(text, str) for name in _IN_QUERY.findall(text)
    )


def may_swallow(context: ast.expr, swallowing: Set[str]) -> bool:
    """Whether a context manager may swallow what is raised in its block; what is made of the names
    in `swallowing` may.
    """
    return any(word in ast.unparse(context) for word in _SWALLOWING) or any(
        isinstance(node, ast.Name) and node.id in swallowing for node in ast.walk(context)
    )
