"""What the top level of a notebook reads and binds, in the order in which it happens when all cells
run from top to bottom.

The order within a statement is that of the language reference (6.16 "Evaluation order", 7 and 8 for
the statements). What is in the body of a function happens later, if ever, and annotations may never
be evaluated: of both nothing is said.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from nb2prod.analysis.beside import NOTHING_BESIDE, Beside
from nb2prod.analysis.cell_code import PYTHON_LINE_MAGICS
from nb2prod.analysis.ipython_names import bound_by_statement, keeps_names
from nb2prod.analysis.undefined import calls_unseen, catches, seem_bound, seems_to_bind_unknown
from nb2prod.location import Location
from nb2prod.notebook.scope import names_in_scope
from nb2prod.notebook.statements import AutoCall, CellMagic, IPythonStatement, LineMagic, ParsedCell
from nb2prod.notebook.syntax import NotPython, parse_python
from nb2prod.notebook.trees import shared_tree

# The fields of nodes in the order of evaluation, where it is not that of the grammar. Bodies of
# functions and annotations are not among them, nor is the value of `type x = …`.
_DEFINITION = ("decorator_list", "args", "name")
_ORDER: Mapping[str, tuple[str, ...]] = {
    "Assign": ("value", "targets"),
    "AnnAssign": ("value", "target"),
    "AugAssign": ("value", "target"),
    "NamedExpr": ("value", "target"),
    "For": ("iter", "target", "body", "orelse"),
    "AsyncFor": ("iter", "target", "body", "orelse"),
    "FunctionDef": _DEFINITION,
    "AsyncFunctionDef": _DEFINITION,
    "Lambda": ("args",),
    "arguments": ("defaults", "kw_defaults"),
    "ClassDef": ("decorator_list", "bases", "keywords", "body", "name"),
    "IfExp": ("test", "body", "orelse"),
    "TypeAlias": ("name",),
}
# The fields that are a name which the node binds.
_BINDING: Mapping[str, tuple[str, ...]] = {
    "FunctionDef": ("name",),
    "AsyncFunctionDef": ("name",),
    "ClassDef": ("name",),
    "ExceptHandler": ("name",),
    "MatchAs": ("name",),
    "MatchStar": ("name",),
    "MatchMapping": ("rest",),
}
_NOT_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "IfExp": ("body", "orelse"),
    "Assert": ("msg",),
    "Match": ("cases",),
}
# All others consist of their fields, in the order of the grammar.
_SPECIAL = frozenset({*_ORDER, *_BINDING, *_NOT_ALWAYS}).union(
    "ListComp SetComp DictComp GeneratorExp Import ImportFrom BoolOp If While Try TryStar With"
    " AsyncWith".split()
)
# Context managers below which an error may well be meant.
_FORGIVING = frozenset({"suppress", "raises", "assertRaises", "assertRaisesRegex"})


class Event(NamedTuple):
    """A name that is bound or read; None for names that are bound and cannot be seen.

    A read is `certain` when it happens in every run: not in a branch, nor where an error is caught.
    """

    name: str | None
    place: Location
    binds: bool
    certain: bool = True


class _Step(NamedTuple):
    """A node that waits: the names around it that are no names of the notebook, and whether it is
    certain to run. `place` is where a magic stands that has it as its argument.
    """

    node: ast.AST
    own: frozenset[str]
    certain: bool
    place: Location | None = None


def running_order(cells: Sequence[ParsedCell], beside: Beside = NOTHING_BESIDE) -> Iterator[Event]:
    """The reads and bindings of all cells. `beside` is what `%run` finds beside the notebook.

    A cell that does not parse binds what it seems to; one that calls `exec` and the like may bind
    anything; what `%%timeit` measures is left out.
    """
    for cell in cells:
        if not keeps_names(cell):
            continue
        start = Location(cell.cell.number, 1)
        if cell.unparsed is not None:
            yield from (Event(name, start, binds=True) for name in seem_bound(cell))
        if seems_to_bind_unknown(cell) or calls_unseen(cell):
            yield Event(None, start, binds=True)
        for found in cell.own:
            if isinstance(found, CellMagic):
                names = bound_by_statement(found, cell, cells, beside)
                yield from (Event(name, found.location, binds=True) for name in names)
        yield from _of_python(cell, cells, beside)


def _of_python(cell: ParsedCell, cells: Sequence[ParsedCell], beside: Beside) -> Iterator[Event]:
    placeholders = cell.placeholders
    number = cell.cell.number
    nothing: frozenset[str] = frozenset()
    waiting: list[_Step | Event] = [
        _Step(node, nothing, certain=True) for node in reversed(shared_tree(cell.python).body)
    ]
    while waiting:
        step = waiting.pop()
        if isinstance(step, Event):
            yield step
            continue
        node = step.node
        if not isinstance(node, ast.Name):
            if type(node).__name__ in _SPECIAL:
                waiting += _following(step, step.place or _place(number, node))[::-1]
            else:
                waiting += _parts(step)
        elif node.id in placeholders:
            found = placeholders[node.id]
            names = list(bound_by_statement(found, cell, cells, beside))
            waiting += (Event(name, found.location, binds=True) for name in reversed(names))
            waiting += (
                step._replace(node=inner, place=found.location)
                for inner in reversed(_code_behind(found))
            )
        elif node.id not in step.own:
            binds = isinstance(node.ctx, ast.Store)
            yield Event(node.id, step.place or _place(number, node), binds, step.certain)


def _parts(step: _Step) -> Iterator[_Step]:
    """The nodes that an ordinary node consists of, the last first."""
    node, own, certain, place = step
    for field in reversed(node._fields):
        value = getattr(node, field, None)
        if isinstance(value, list):
            for part in reversed(value):
                if isinstance(part, ast.AST):
                    yield _Step(part, own, certain, place)
        elif isinstance(value, ast.AST) and value._fields:  # without any: `Load` and the like
            yield _Step(value, own, certain, place)


def _place(cell: int, node: ast.AST) -> Location:
    return Location(cell, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)


def _code_behind(found: IPythonStatement) -> list[ast.stmt]:
    """The Python that a magic runs, or that a call without brackets stands for."""
    if isinstance(found, AutoCall):
        code = found.call
    elif isinstance(found, LineMagic) and found.magic in PYTHON_LINE_MAGICS:
        code = found.arguments
    else:
        return []
    try:
        return parse_python(code).body
    except NotPython:
        return []  # options of the magic, or a magic of its own


def _following(step: _Step, place: Location) -> list[_Step | Event]:
    """What one of the special nodes consists of, in the order in which it happens."""
    node = step.node
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp):
        return list(_of_comprehension(step, node))
    if isinstance(node, ast.GeneratorExp):
        return [step._replace(node=node.generators[0].iter)]  # the rest waits until it is asked for
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        seen = [None if name == "*" else name for name in names if name not in step.own]
        return [Event(name, place, binds=True) for name in seen]
    if isinstance(node, ast.BoolOp):
        rest = (step._replace(node=part, certain=False) for part in node.values[1:])
        return [step._replace(node=node.values[0]), *rest]
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return []
    following = list(_of_fields(step, place))
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        name = node.target.id
        read = Event(name, place, binds=False, certain=step.certain)
        return following if name in step.own else [read, *following]
    return following


def _of_fields(step: _Step, place: Location) -> Iterator[_Step | Event]:
    node, own = step.node, step.own
    perhaps = _perhaps(node)
    for field in _ORDER.get(type(node).__name__, node._fields):
        value = getattr(node, field, None)
        certain = step.certain and field not in perhaps
        if isinstance(value, str) and field in _BINDING.get(type(node).__name__, ()):
            if value not in own:
                yield Event(value, place, binds=True)
            continue
        inside = own
        if isinstance(node, ast.ClassDef) and field == "body":
            types = (parameter.name for parameter in getattr(node, "type_params", ()))
            inside = own.union(names_in_scope(node.body), types)
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, ast.AST):
                yield step._replace(node=part, own=inside, certain=certain)


def _perhaps(node: ast.AST) -> tuple[str, ...]:
    """The fields of a node that are not evaluated in every run."""
    if isinstance(node, ast.If):
        return ("orelse",) if _is_main(node.test) else ("body", "orelse")
    if isinstance(node, ast.While):
        return ("orelse",) if isinstance(node.test, ast.Constant) else ("body", "orelse")
    if isinstance(node, ast.Try | ast.TryStar):
        caught = any(catches(handler) for handler in node.handlers)
        return ("body", "orelse", "handlers") if caught else ("handlers",)
    if isinstance(node, ast.With | ast.AsyncWith):
        return ("body",) if any(_forgives(item.context_expr) for item in node.items) else ()
    return _NOT_ALWAYS.get(type(node).__name__, ())


def _of_comprehension(
    step: _Step, node: ast.ListComp | ast.SetComp | ast.DictComp
) -> Iterator[_Step]:
    targets = chain.from_iterable(ast.walk(made.target) for made in node.generators)
    own = step.own.union(part.id for part in targets if isinstance(part, ast.Name))
    yield step._replace(node=node.generators[0].iter)
    for index, made in enumerate(node.generators):
        parts = [*([made.iter] if index else []), made.target, *made.ifs]
        yield from (step._replace(node=part, own=own) for part in parts)
    results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    yield from (step._replace(node=part, own=own) for part in results)


def _is_main(test: ast.expr) -> bool:
    """Whether a test is `__name__ == "__main__"`, which is true in a notebook, or a plain truth."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
    )


def _forgives(manager: ast.expr) -> bool:
    if not isinstance(manager, ast.Call):
        return False
    called = manager.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in _FORGIVING
