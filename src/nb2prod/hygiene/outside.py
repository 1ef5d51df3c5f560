"""Names whose values come from outside of a notebook: what somebody types, what a network answers.

What such a value holds nobody knows when the notebook is written. A name counts only when all that
the notebook ever gives it is from outside, and passing through `int` or `shlex.quote` ends it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from nb2prod.analysis.forms import find_parameters
from nb2prod.analysis.names import bound_names, called_name, dotted_text
from nb2prod.hygiene.cells import CheckedCell

# What answers, by its dotted name → in words.
_ANSWERS = {
    "input": "`input()`",
    **dict.fromkeys(
        [f"{module}.{verb}" for module in ("requests", "httpx") for verb in ("get", "post", "put")]
        + ["urllib.request.urlopen", "request.urlopen", "urlopen"],
        "a network's answer",
    ),
}
# Calls that give their argument back, changed or not; methods of a value from outside do as well.
_PASSING = frozenset({"str", "list", "tuple", "sorted", "os.path.join", "os.path.expanduser"})
_ENDING = frozenset({"count", "endswith", "find", "index", "isdigit", "startswith"})
_GIVING = frozenset((ast.Assign, ast.AnnAssign, ast.For, ast.AsyncFor, ast.withitem))
_MOST_STEPS = 10


def names_from_outside(cells: Iterable[CheckedCell]) -> dict[str, str]:
    """The names with where their values come from, in words."""
    cells = tuple(cells)
    fields = {
        parameter.name
        for cell in cells
        for parameter in find_parameters(cell.parsed)
        if parameter.type == "string" and parameter.choices is None
    }
    found = dict.fromkeys(fields, "a field of a form")
    given = [
        pair
        for cell in cells
        for node in cell.nodes
        if type(node) in _GIVING
        for pair in _given(node)
    ]
    if not fields and not any(_begins(value) for _, value in given):
        return {}
    times = Counter(name for cell in cells for name in bound_names(cell.tree))
    found = {name: words for name, words in found.items() if times[name] == 1}
    if times["input"]:  # a notebook's own, which asks nobody
        given = [(name, value) for name, value in given if not _asks(value)]
    for _ in range(_MOST_STEPS):
        sources: dict[str, list[str]] = {}
        for name, value in given:
            if (words := source_of(value, found)) is not None:
                sources.setdefault(name, []).append(words)
        new = {
            name: words[0]
            for name, words in sources.items()
            if name not in found and len(words) == times[name]
        }
        if not new:
            break
        found |= new
    return found


def source_of(node: ast.expr, names: dict[str, str]) -> str | None:
    """Where the value of an expression comes from, in words; None for the notebook itself."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Call):
        return _of_call(node, names)
    if isinstance(node, ast.JoinedStr):
        return next(unquoted(node, names), None)
    if isinstance(node, ast.Subscript) and dotted_text(node.value) == "sys.argv":
        return "`sys.argv`"
    parts: list[ast.expr] = []
    if isinstance(node, ast.Attribute | ast.Subscript | ast.Await | ast.Starred):
        parts = [node.value]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod | ast.Div):
        parts = [node.left, node.right]
    elif isinstance(node, ast.BoolOp):
        parts = node.values
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.List | ast.Tuple):
        parts = node.elts
    return next((words for part in parts if (words := source_of(part, names))), None)


def unquoted(node: ast.JoinedStr, names: dict[str, str]) -> Iterator[str]:
    """The sources of the values from outside that an f-string has outside of quotes."""
    quote = ""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            words = source_of(part.value, names)
            if words is not None and not quote and part.conversion != ord("r"):
                yield words
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            quote = open_quote(part.value, quote)


def open_quote(text: str, quote: str = "") -> str:
    """The quote that is open behind a text, "" for none, when `quote` was before it."""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
    return quote


def _of_call(node: ast.Call, names: dict[str, str]) -> str | None:
    name = dotted_text(node.func)
    if name in _ANSWERS:
        return _ANSWERS[name]
    is_method = isinstance(node.func, ast.Attribute)
    passing = name in _PASSING or (is_method and called_name(node) in ("format", "join"))
    parts = list(node.args) if passing else []
    parts += [keyword.value for keyword in node.keywords] if passing else []
    if isinstance(node.func, ast.Attribute) and node.func.attr not in _ENDING:
        parts.append(node.func.value)
    return next((words for part in parts if (words := source_of(part, names))), None)


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        pairs = [(target, node.value) for target in node.targets]
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        pairs = [(node.target, node.value)]
    elif isinstance(node, ast.For | ast.AsyncFor):
        pairs = [(node.target, node.iter)]
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        pairs = [(node.optional_vars, node.context_expr)]
    else:
        return
    for target, value in pairs:
        if isinstance(target, ast.Name):
            yield target.id, value


def _begins(value: ast.expr) -> bool:
    return source_of(value, {}) is not None


def _asks(value: ast.expr) -> bool:
    return source_of(value, {}) == _ANSWERS["input"]
