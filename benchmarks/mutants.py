"""Mutants of generated packages: statements deleted and swapped, numbers and texts changed,
comparisons negated, arguments of the support modules replaced, defaults changed.
"""

from __future__ import annotations

import ast
import copy
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

_STOP = "__import__('os')._exit(9)"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_MAGIC = re.compile(r"^\s*[!%].*$", re.MULTILINE)


class Place(NamedTuple):
    """A statement: the number of its list of statements, and where it is in that."""

    block: int
    at: int


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed module of a package. `stopped` is the module that ends before the change, None
    where there is no such place; `anew` when the conversion wrote what was changed.
    """

    kind: str
    module: str
    before: str
    after: str
    stopped: str | None
    anew: bool

    @property
    def diff(self) -> str:
        """What was changed."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), lineterm="", n=1
        )
        return "\n".join(f"    {line}" for line in list(lines)[2:])


def blocks_of(tree: ast.Module) -> list[list[ast.stmt]]:
    """All lists of statements of a tree, in an order that a copy of it has as well."""
    found: list[list[ast.stmt]] = []
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                found.append(block)
    return found


def mutants_of(source: str, cells: Sequence[str], support: frozenset[str]) -> Iterator[Mutant]:
    """All mutants of a module of the notebook's flow. `cells` are the notebook's sources, `support`
    are the functions that come from modules of the package.
    """
    tree = ast.parse(source)
    known = _statements_of(cells)
    before = ast.unparse(tree)
    for number, block in enumerate(blocks_of(tree)):
        for index, statement in enumerate(block):
            if _says_nothing(statement):
                continue
            place = Place(number, index)
            anew = ast.dump(statement) not in known
            for kind, changed in _changed(tree, place, support):
                after = ast.unparse(changed)
                if after != before and _compiles(after):
                    stopped = ast.unparse(_with_stop(tree, place, kind))
                    yield Mutant(kind, "pipeline", before, after, stopped, anew)


def bound_names(statement: ast.stmt) -> set[str]:
    """The names that a statement binds by assigning to them."""
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }


def mutants_of_configuration(source: str) -> Iterator[Mutant]:
    """Each default of the configuration's fields, changed."""
    tree = ast.parse(source)
    before = ast.unparse(tree)
    owners = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for owner in owners:
        for index, field in enumerate(owner.body):
            if isinstance(field, ast.AnnAssign) and isinstance(field.value, ast.Constant):
                changed = copy.deepcopy(tree)
                body = next(
                    node for node in changed.body if getattr(node, "name", "") == owner.name
                )
                assert isinstance(body, ast.ClassDef)
                default = body.body[index]
                assert isinstance(default, ast.AnnAssign)
                assert isinstance(default.value, ast.Constant)
                default.value.value = _other(default.value.value)
                after = ast.unparse(changed)
                if after != before:
                    yield Mutant("wrong default", "config", before, after, None, anew=True)


def _changed(
    tree: ast.Module, place: Place, support: frozenset[str]
) -> Iterator[tuple[str, ast.Module]]:
    yield _deleting(tree, place, support)
    block = blocks_of(tree)[place.block]
    if place.at + 1 < len(block) and _order_matters(block[place.at], block[place.at + 1]):
        changed, same = _copy(tree, place.block)
        same[place.at], same[place.at + 1] = same[place.at + 1], same[place.at]
        yield "swap neighbours", changed
    for number, node in enumerate(_own_nodes(block[place.at])):
        name = _kind_of_change(node, support)
        if name is not None:
            changed, same = _copy(tree, place.block)
            _change(_own_nodes(same[place.at])[number], name)
            yield name, changed


def _order_matters(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether two neighbours may do something else the other way round. They may not when one is a
    definition or a plain assignment, and neither names what the other binds.
    """
    if _says_nothing(one) or _says_nothing(other):
        return False
    if (_is_plain(one) or _is_plain(other)) and not (
        bound_names(one) & _names(other) or bound_names(other) & _names(one)
    ):
        return False
    for definition, beside in ((one, other), (other, one)):
        if isinstance(definition, _DEFINITIONS):
            names = _names(definition)
            if isinstance(beside, _DEFINITIONS):
                return beside.name == definition.name or beside.name in names
            return definition.name in _names(beside) or bool(names & bound_names(beside))
    return True


def _is_plain(statement: ast.stmt) -> bool:
    """Whether it assigns to names, and calls nothing."""
    return (
        isinstance(statement, ast.Assign)
        and not any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(statement))
        and not any(
            isinstance(node, ast.Attribute | ast.Subscript)
            for target in statement.targets
            for node in ast.walk(target)
        )
    )


def _names(statement: ast.stmt) -> set[str]:
    found = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    return found | {node.name for node in ast.walk(statement) if isinstance(node, _DEFINITIONS)}


def _deleting(tree: ast.Module, place: Place, support: frozenset[str]) -> tuple[str, ast.Module]:
    changed, block = _copy(tree, place.block)
    called = _called(block[place.at])
    block[place.at] = ast.Pass()
    return (f"drop {called}()" if called in support else "delete a statement"), changed


def _kind_of_change(node: ast.AST, support: frozenset[str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return "change a truth"
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return "change a number"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "change a text"
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return "negate a comparison"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return "replace an argument" if node.func.id in support and node.args else None
    return None


def _change(node: Any, kind: str) -> None:
    if isinstance(node, ast.Constant):
        node.value = _other(node.value)
    elif kind == "negate a comparison":
        opposite = {
            ast.Eq: ast.NotEq,
            ast.Lt: ast.GtE,
            ast.Gt: ast.LtE,
            ast.In: ast.NotIn,
            ast.Is: ast.IsNot,
        }
        both = {**opposite, **{other: one for one, other in opposite.items()}}
        node.ops = [both[type(node.ops[0])]()]
    else:
        node.args[0] = ast.Constant("mutant")


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}!" if isinstance(value, str) else value


def _own_nodes(statement: ast.stmt) -> list[ast.AST]:
    """The nodes of a statement that are of none of the statements within it, types aside."""
    found: list[ast.AST] = []
    queue: list[ast.AST] = [statement]
    while queue:
        node = queue.pop()
        found.append(node)
        for name, child in ast.iter_fields(node):
            if name in ("annotation", "returns", "format_spec"):
                continue
            for one in child if isinstance(child, list) else [child]:
                if isinstance(one, ast.AST) and not isinstance(
                    one, ast.stmt | ast.ExceptHandler | ast.match_case
                ):
                    queue.append(one)
    return found


def _copy(tree: ast.Module, block: int) -> tuple[ast.Module, list[ast.stmt]]:
    changed = copy.deepcopy(tree)
    return changed, blocks_of(changed)[block]


def _with_stop(tree: ast.Module, place: Place, kind: str) -> ast.Module:
    """The module that ends before a statement; within it, where a definition is deleted, for that
    is as good as never reached when nobody calls it.
    """
    changed, block = _copy(tree, place.block)
    stop = ast.parse(_STOP).body[0]
    statement = block[place.at]
    if kind == "delete a statement" and isinstance(statement, _DEFINITIONS):
        for node in ast.walk(statement):
            if isinstance(node, _FUNCTIONS):
                node.body.insert(0, stop)
    else:
        block.insert(place.at, stop)
    return changed


def _says_nothing(statement: ast.stmt) -> bool:
    """Statements that compute nothing: docstrings, imports, `pass`, bare names."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant | ast.Name):
        return True
    return isinstance(
        statement, ast.Import | ast.ImportFrom | ast.Pass | ast.Global | ast.Nonlocal
    ) or (isinstance(statement, ast.AnnAssign) and statement.value is None)


def _statements_of(cells: Sequence[str]) -> frozenset[str]:
    """The statements of the notebook as it is, in whichever block."""
    found = set()
    for cell in cells:
        try:
            tree = ast.parse(_MAGIC.sub("", cell))
        except SyntaxError:
            continue
        found |= {ast.dump(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)}
    return frozenset(found)


def _called(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        return function.id if isinstance(function, ast.Name) else None
    return None


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def support_of(source: str, package: str) -> frozenset[str]:
    """The names that a module has from others of its package."""
    return frozenset(
        alias.asname or alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{package}.")
        for alias in node.names
    ) - {"Config"}
