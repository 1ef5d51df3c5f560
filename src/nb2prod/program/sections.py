"""Which parts of a notebook can be functions: they are merged until all can."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from nb2prod.analysis.flow_names import NameFlow, name_flow
from nb2prod.analysis.names import called_name
from nb2prod.program.bindings import declared_globals
from nb2prod.program.dataflow import Clash, Passed, connect
from nb2prod.program.definitions import Definitions, definitions
from nb2prod.program.pieces import TopStatement
from nb2prod.program.stretches import Stretch, joined

# What is made by these lives as long as the variable that holds it.
_ALIVE = frozenset(
    "Client LocalCluster NamedTemporaryFile TemporaryDirectory TemporaryFile open socket".split()
)


@dataclass(frozen=True, slots=True)
class Split:
    """The stretches that can be functions, with what they pass on, the statements (of the flow)
    that stay in each, and what each of these does with names.

    `merged` says why some are one, in the order in which it was found.
    """

    stretches: tuple[Stretch, ...]
    passed: tuple[Passed, ...]
    statements: tuple[tuple[int, ...], ...]
    names: Mapping[int, NameFlow]
    definitions: Definitions
    merged: tuple[Clash, ...]


def split(
    stretches: Sequence[Stretch],
    flow: Sequence[TopStatement],
    imports: Set[int],
    given: Set[str],
) -> Split:
    """Merge stretches until each can be a function. `imports` are the indexes of those statements
    of the flow that stand at the top of modules, `given` the names that every function may have.
    """
    stretches = _with_something(stretches, flow, imports)
    unwanted: set[str] = set()
    while True:
        found = definitions(flow, imports, given, unwanted)
        names = flow_names(flow, imports | found.top, found)
        refused = _merged(stretches, flow, found, names, given)
        if isinstance(refused, Split):
            return refused
        unwanted.add(refused)


def _with_something(
    stretches: Sequence[Stretch], flow: Sequence[TopStatement], imports: Set[int]
) -> tuple[Stretch, ...]:
    """Stretches of nothing but imports and comments go to the one behind them."""
    full = {one.piece for index, one in enumerate(flow) if index not in imports}
    return joined(stretches, [bool(full.intersection(one.pieces)) for one in stretches])


def flow_names(
    flow: Sequence[TopStatement], moved: Set[int], found: Definitions
) -> dict[int, NameFlow]:
    """What each statement does with names, that is not moved to the top of a module."""
    inside = {index: one for index, one in enumerate(flow) if index not in moved}
    swallowing: frozenset[str] = frozenset()
    if any(_swallows(statement.tree) for statement in flow):
        # Nobody knows into which variables such an object goes.
        swallowing = frozenset(name for one in flow for name in one.scope.binds)
        swallowing -= {
            name
            for one in flow
            if isinstance(one.tree, ast.Import | ast.ImportFrom)
            for name in one.scope.binds
        }
    return {
        index: name_flow(statement.tree, found.keywords, swallowing)
        for index, statement in inside.items()
    }


def _swallows(tree: ast.stmt) -> bool:
    """Whether a context manager of the notebook's is made here that may swallow exceptions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "__exit__":
            if any(
                isinstance(part, ast.Return)
                and not (isinstance(part.value, ast.Constant) and not part.value.value)
                and part.value is not None
                for part in ast.walk(node)
            ):
                return True
        elif isinstance(node, ast.FunctionDef):
            catches = any(isinstance(part, ast.Try) and part.handlers for part in ast.walk(node))
            decorators = " ".join(map(ast.unparse, node.decorator_list))
            if catches and "contextmanager" in decorators:
                return True
    return False


def _merged(
    stretches: Sequence[Stretch],
    flow: Sequence[TopStatement],
    found: Definitions,
    names: Mapping[int, NameFlow],
    given: Set[str],
) -> Split | str:
    """The split; or the name of a function that cannot be given its variables after all."""
    current = list(stretches)
    clashes: list[Clash] = []
    kept = frozenset(name for index in names for name in _kept(flow[index].tree))
    written = _written(flow)
    repeated = _repeated(flow, names, written.keys())
    while True:
        parts = [_statements(stretch, flow, names) for stretch in current]
        passed = connect(parts, names, given, repeated, written, kept)
        if not isinstance(passed, Clash):
            return Split(tuple(current), tuple(passed), tuple(parts), names, found, tuple(clashes))
        if passed.caller is not None:
            return passed.caller
        clashes.append(passed)
        together = slice(passed.first, passed.last + 1)
        current[together] = [_as_one(current[together])]


def _statements(
    stretch: Stretch, flow: Sequence[TopStatement], names: Mapping[int, NameFlow]
) -> tuple[int, ...]:
    own = set(stretch.pieces)
    return tuple(index for index in names if flow[index].piece in own)


def _as_one(stretches: Sequence[Stretch]) -> Stretch:
    """Several stretches as one, by the name of the first and the last."""
    names = [one for stretch in stretches for one in stretch.name.split("_to_")]
    first, last = names[0], names[-1]
    name = first if first == last else f"{first}_to_{last}"
    titles = [title for stretch in stretches for title in stretch.titles]
    return Stretch(name, tuple(titles), tuple(i for one in stretches for i in one.pieces))


def _repeated(
    flow: Sequence[TopStatement], names: Mapping[int, NameFlow], written: Set[str]
) -> dict[str, int]:
    """The names that a statement binds which may run more than once: an import that could not go to
    the top, or an option of the configuration under the notebook's name.
    """
    binders: dict[str, list[int]] = {}
    for index in names:
        for name in names[index].possible | names[index].deleted:
            binders.setdefault(name, []).append(index)
    found = {}
    for name, indexes in binders.items():
        if name in written:
            continue
        trees = [flow[index].tree for index in indexes]
        texts = {ast.unparse(tree) for tree in trees}
        if len(texts) == 1 and _may_repeat(trees[0], alone=len(trees) == 1):
            found[name] = indexes[0]
    # A statement runs again as a whole, and must bind nothing else.
    return {
        name: index
        for name, index in found.items()
        if all(found.get(other) == index for other in names[index].possible)
    }


def _kept(tree: ast.stmt) -> frozenset[str]:
    """The names whose values do something as long as they are there: a directory that goes with its
    object, a file that is not closed, a server.
    """
    if not isinstance(tree, ast.Assign) or not isinstance(tree.value, ast.Call):
        return frozenset()
    if called_name(tree.value) not in _ALIVE:
        return frozenset()
    return frozenset(target.id for target in tree.targets if isinstance(target, ast.Name))


def _may_repeat(tree: ast.stmt, *, alone: bool) -> bool:
    if isinstance(tree, ast.Import | ast.ImportFrom):
        return all(alias.name != "*" for alias in tree.names)
    return (
        alone
        and isinstance(tree, ast.Assign)
        and isinstance(tree.value, ast.Attribute)
        and isinstance(tree.value.value, ast.Name)
        and tree.value.value.id in ("config", "job_config")
    )


def _written(flow: Sequence[TopStatement]) -> dict[str, frozenset[str]]:
    """The variables that functions assign, with the names from which that may happen."""
    found: dict[str, frozenset[str]] = {}
    for statement in flow:
        for name in declared_globals(statement.tree):
            callers = set(found.get(name, ())) | statement.scope.binds
            changed = True
            while changed:
                more = {
                    bound
                    for other in flow
                    if other.scope.reads & callers
                    for bound in other.scope.binds
                } - callers
                changed = bool(more)
                callers |= more
            found[name] = frozenset(callers)
    return found
