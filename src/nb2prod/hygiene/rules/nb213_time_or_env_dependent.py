"""NB213: data that depend on the day of the run, or on the order in which a disk lists its files.

Sources: Python's documentation of `os.listdir` ("The list is in arbitrary order"), `os.scandir`,
`glob.glob` ("Whether or not the results are sorted depends on the file system") and `Path.iterdir`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from nb2prod.analysis.names import called_name, dotted_text
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.meanings import cells_with
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.owners import owners

RULE = rule("NB213")

_WORDS = frozenset(RULE.words.split())
_LISTINGS = frozenset({"os.listdir", "os.scandir", "glob.glob", "glob.iglob", "glob.glob1"})
# Methods that no other object has but a `pathlib.Path`; `glob` only where its module is not meant.
_METHODS = frozenset({"iterdir", "rglob"})
_CLOCKS = frozenset(
    f"{module}{name}"
    for module in ("datetime.datetime.", "datetime.date.", "datetime.")
    for name in ("now", "today", "utcnow")
) | {"pandas.Timestamp.now", "pandas.Timestamp.today", "pandas.to_datetime"}
_SEEDS = frozenset({"seed", "manual_seed", "set_seed", "default_rng", "RandomState", "Random"})
# What has no order, or makes one.
_UNORDERED = frozenset(
    "sorted natsorted humansorted realsorted set frozenset len sum min max any all Counter print"
    " display bool rmtree remove unlink".split()
)
_IN_ORDER = frozenset({"sort", "sorted", "natsorted", "humansorted", "realsorted"})
# What collects what a loop goes through.
_COLLECTING = frozenset({"append", "extend", "insert", "concat"})


def check(context: Context) -> Iterator[Finding]:
    """The calls whose answers go on into data, one finding for each."""
    cells = cells_with(context, _WORDS)
    if not cells:
        return
    meanings = context.meanings
    ordered = _ordered(context)
    for cell in cells:
        above = owners(cell.tree)
        for call, meaning in meanings.calls(cell):
            if _lists(call, meaning):
                if _feeds(context, call, above, ordered):
                    said = (
                        f"`{_shown(call)}` lists files in an order that other machines do not"
                        " share; put `sorted` around it"
                    )
                    yield context.found(RULE, cell.place(call), said)
            elif _tells_time(call, meaning) and _is_input(call, above, meaning):
                said = (
                    f"what `{_shown(call)}` gives goes into the data, which are others on another"
                    " day; write the value down, as a parameter"
                )
                yield context.found(RULE, cell.place(call), said)


def _shown(call: ast.Call) -> str:
    return f"{dotted_text(call.func) or '….' + called_name(call)}"


def _lists(call: ast.Call, meaning: str) -> bool:
    if meaning in _LISTINGS:
        return True
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr in _METHODS:
        return True
    receiver = call.func.value
    made_here = isinstance(receiver, ast.Call) and called_name(receiver).endswith("Path")
    return call.func.attr == "glob" and made_here


def _ordered(context: Context) -> frozenset[str]:
    """The names that the notebook sorts or shuffles somewhere."""
    found: set[str] = set()
    cells = (cell for cell in context.code_cells if "sort" in cell.source or "set(" in cell.source)
    for cell in cells:
        for node in cell.nodes:
            if not isinstance(node, ast.Call):
                continue
            if called_name(node).rpartition(".")[2] not in _IN_ORDER | {"set"}:
                continue
            parts = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            for part in [*parts, *node.args]:
                found.update(one.id for one in ast.walk(part) if isinstance(one, ast.Name))
    return frozenset(found)


def _feeds(
    context: Context, call: ast.Call, above: Mapping[int, ast.AST], ordered: frozenset[str]
) -> bool:
    """Whether the order of the list reaches what the notebook keeps."""
    node: ast.AST = call
    while (outer := above.get(id(node))) is not None:
        if isinstance(outer, ast.Call) and called_name(outer).rpartition(".")[2] in _UNORDERED:
            return False
        if isinstance(outer, ast.Call) and called_name(outer) in _IN_ORDER:
            return False
        if isinstance(outer, ast.Compare | ast.SetComp | ast.DictComp | ast.JoinedStr | ast.Return):
            return False
        if isinstance(outer, ast.Expr):
            return False  # shown, or thrown away
        if isinstance(outer, ast.For | ast.AsyncFor):
            return node is outer.iter and _collects(outer, ordered)
        if isinstance(outer, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = outer.targets if isinstance(outer, ast.Assign) else [outer.target]
            names = {
                one.id for top in targets for one in ast.walk(top) if isinstance(one, ast.Name)
            }
            return names.isdisjoint(ordered) and any(_is_kept(context, name) for name in names)
        if isinstance(outer, ast.stmt):
            return False
        node = outer
    return False


def _is_kept(context: Context, name: str) -> bool:
    """Whether a name is used for more than counting, showing and looking things up."""
    for cell in context.code_cells:
        if name not in cell.source:
            continue
        for node in cell.nodes:
            if isinstance(node, ast.Compare | ast.FormattedValue | ast.Expr):
                continue
            if isinstance(node, ast.Call) and called_name(node).rpartition(".")[2] in _UNORDERED:
                continue
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.Name) and part.id == name and type(part.ctx) is ast.Load:
                    return True
    return False


def _collects(loop: ast.For | ast.AsyncFor, ordered: frozenset[str]) -> bool:
    for statement in loop.body:
        for node in ast.walk(statement):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in _COLLECTING:
                return dotted_text(called.value).partition(".")[0] not in ordered
    return False


def _tells_time(call: ast.Call, meaning: str) -> bool:
    if meaning == "time.time":
        return True
    if meaning == "pandas.to_datetime":
        return any(isinstance(a, ast.Constant) and a.value in ("now", "today") for a in call.args)
    return meaning in _CLOCKS


def _is_input(call: ast.Call, above: Mapping[int, ast.AST], meaning: str) -> bool:
    """Whether a time is a seed, or one that dates are counted from. Most are stop-watches and names
    of files.
    """
    node: ast.AST = call
    while (outer := above.get(id(node))) is not None and not isinstance(outer, ast.stmt):
        if isinstance(outer, ast.Call) and node is not outer.func:
            name = called_name(outer).rpartition(".")[2]
            if name in _SEEDS:
                return True
            if name in ("print", "str", "format", "display"):
                return False
        if isinstance(outer, ast.keyword) and outer.arg in ("seed", "random_state"):
            return True
        if isinstance(outer, ast.Attribute) and outer.attr in (
            "strftime",
            "isoformat",
            "timestamp",
        ):
            return False
        if isinstance(outer, ast.JoinedStr):
            return False
        if isinstance(outer, ast.BinOp) and meaning != "time.time":
            other = outer.right if node is outer.left else outer.left
            if _is_span(other) or isinstance(other, ast.Subscript):
                return True
        node = outer
    return False


def _is_span(node: ast.expr) -> bool:
    """Whether an expression is a stretch of time: `timedelta(days=30)`."""
    if isinstance(node, ast.BinOp):
        return _is_span(node.left) or _is_span(node.right)
    named = called_name(node).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    return named in {"timedelta", "Timedelta", "DateOffset", "relativedelta", "to_timedelta"}
