"""What an expression of a notebook stands for, where its text shows it.

Nothing is run: an expression has values here when it is put together from literals and from names
whose values are known. Everything else has none.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from itertools import product

from nb2prod.analysis.names import dotted_text

Value = str | int | float | bool | None | tuple["Value", ...] | dict["Value", "Value"]
Known = Mapping[str, tuple[Value, ...]]

_MOST = 200  # values of one expression
_LONGEST = 10_000  # characters of one text
_DEEPEST = 50  # an expression that is nested deeper holds data, not addresses
_JOINED = frozenset(
    {"os.path.join", "path.join", "osp.join", "join", "Path", "pathlib.Path", "PurePath", "str"}
)


def possible(node: ast.expr, known: Known, depth: int = 0) -> tuple[Value, ...]:
    """The values that an expression can have; none where that is not known."""
    if depth > _DEEPEST:
        return ()
    if isinstance(node, ast.Constant):
        value = node.value
        return (value,) if value is None or isinstance(value, str | int | float) else ()
    if isinstance(node, ast.Name):
        return known.get(node.id, ())
    if isinstance(node, ast.JoinedStr):
        return _combined([_part(part, known, depth) for part in node.values], "".join)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Div):
        put_together: Callable[[Sequence[str]], str] = (
            "".join if isinstance(node.op, ast.Add) else _joined_path
        )
        sides = [possible(side, known, depth + 1) for side in (node.left, node.right)]
        return _combined(sides, put_together)
    if isinstance(node, ast.Call):
        if dotted_text(node.func) in _JOINED and node.args and not node.keywords:
            return _combined([possible(one, known, depth + 1) for one in node.args], _joined_path)
        return ()
    if isinstance(node, ast.IfExp):
        branches = [possible(side, known, depth + 1) for side in (node.body, node.orelse)]
        return tuple(value for values in branches for value in values)
    if isinstance(node, ast.Subscript):
        return _items(node, known, depth)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        # What is not known leaves a place of its own, so that the others stay where they are.
        return (tuple(_single(item, known, depth) for item in node.elts),)
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return (
            {
                found[0]: _single(value, known, depth)
                for key, value in pairs
                if key is not None and (found := possible(key, known, depth + 1))
                if isinstance(found[0], str | int)
            },
        )
    return ()


def texts(node: ast.expr | None, known: Known) -> tuple[str, ...]:
    """The texts that an expression can be, those of a list one by one."""
    found: list[str] = []
    for value in possible(node, known) if node is not None else ():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str):
                found.append(one)
    return tuple(dict.fromkeys(found))


def _single(node: ast.expr, known: Known, depth: int) -> Value:
    found = possible(node, known, depth + 1)
    value = found[0] if len(found) == 1 else None
    # Only what is written there: a list of a list of a name's lists could grow without end.
    written = isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict)
    return value if written or not isinstance(value, tuple | dict) else None


def _part(node: ast.expr, known: Known, depth: int) -> tuple[Value, ...]:
    if isinstance(node, ast.FormattedValue):
        plain = node.conversion == -1 and node.format_spec is None
        return possible(node.value, known, depth + 1) if plain else ()
    return possible(node, known, depth + 1)


def _combined(
    parts: Sequence[tuple[Value, ...]], put_together: Callable[[Sequence[str]], str]
) -> tuple[Value, ...]:
    size = 1
    for part in parts:
        size *= len(part)
    if not 0 < size <= _MOST:
        return ()
    written = [tuple(str(one) for one in part if isinstance(one, str | int)) for part in parts]
    return tuple(
        put_together(choice) for choice in product(*written) if sum(map(len, choice)) <= _LONGEST
    )


def _joined_path(parts: Sequence[str]) -> str:
    path = ""
    for part in parts:
        path = part if part.startswith("/") or not path else f"{path.rstrip('/')}/{part}"
    return path


def _items(node: ast.Subscript, known: Known, depth: int) -> tuple[Value, ...]:
    holders = possible(node.value, known, depth + 1)
    if len(holders) != 1:
        return ()
    holder, found = holders[0], []
    for key in possible(node.slice, known, depth + 1):
        if isinstance(holder, dict):
            found += [holder[key]] if isinstance(key, str | int) and key in holder else []
        elif isinstance(holder, tuple) and isinstance(key, int) and 0 <= key < len(holder):
            found.append(holder[key])
    return tuple(found)
