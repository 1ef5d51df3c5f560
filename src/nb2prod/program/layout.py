"""Which rung of the ladder is safe: the flow inside `main()`, or the statements as a module run as
a script.

Inside a function, names are looked up differently than at the top of a notebook. Each rule below
names a construct for which that would change what the code does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nb2prod.analysis.names import BUILTINS
from nb2prod.location import Location
from nb2prod.program.model import Layout
from nb2prod.program.scopes import class_reads_what_it_binds, declares_global, scope_of

_NAMESPACE_CALLS = frozenset({"exec", "eval", "globals", "locals", "vars", "dir", "execfile"})
# Modules that find functions and classes again by module and name.
_BY_NAME = frozenset(
    {"pickle", "cloudpickle", "dill", "multiprocessing", "joblib", "torch", "shelve", "ray"}
)
_TEST_RUNNERS = frozenset({"unittest", "doctest", "ipytest"})


@dataclass(frozen=True, slots=True)
class TopStatement:
    """A top-level statement of the flow: its tree, its own source, and the cell it comes from."""

    tree: ast.stmt
    code: str
    cell: int


def choose(flow: list[TopStatement], movable: frozenset[int]) -> Layout:
    """The highest safe rung. `movable` holds the indexes of the statements that go to module level
    as they are.
    """
    inside = [statement for index, statement in enumerate(flow) if index not in movable]
    for statement, reason in _objections(flow, inside):
        return Layout("script", reason, Location(statement.cell))
    return Layout("main", "sections are not split yet")


def _objections(
    flow: list[TopStatement], inside: list[TopStatement]
) -> Iterator[tuple[TopStatement, str]]:
    bound = frozenset(name for statement in flow for name in scope_of(statement.code).binds)
    read = frozenset(name for statement in flow for name in scope_of(statement.code).reads)
    shadowed = bound & read & BUILTINS
    roots = frozenset(root for statement in flow for root in _imported_roots(statement.tree))
    values = _used_as_values(flow)
    looked_into = _only_looked_into(flow)
    for statement in flow:
        for reason in _needs_module_level(statement.tree):
            yield statement, reason
    for statement in inside:
        tree = statement.tree
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and class_reads_what_it_binds(node, bound):
                yield (
                    statement,
                    f"class {node.name} reads a variable under a name that it binds itself",
                )
        names = scope_of(statement.code).binds & shadowed
        if names:
            yield statement, f"{min(names)} is a builtin's name that the notebook also binds"
        if roots & _TEST_RUNNERS:
            yield statement, "a test runner looks the notebook's functions up by name"
        by_name = roots & _BY_NAME
        if isinstance(tree, ast.ClassDef) and by_name and tree.name not in looked_into:
            yield (
                statement,
                f"{min(by_name)} finds class {tree.name} by its module, and it reads variables",
            )
        if (
            isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef)
            and by_name
            and tree.name in values
        ):
            yield (
                statement,
                f"{min(by_name)} may look {tree.name}() up by its module, and it reads variables",
            )


def _needs_module_level(tree: ast.stmt) -> Iterator[str]:
    """Why the notebook's variables have to be a module's own for this statement."""
    if isinstance(tree, ast.ImportFrom) and any(alias.name == "*" for alias in tree.names):
        yield f"`from {tree.module} import *` binds names that only the run knows"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in _NAMESPACE_CALLS and not (
                node.func.id in ("vars", "dir") and node.args
            ):
                yield f"{node.func.id}() works on the notebook's own namespace"
        elif isinstance(node, ast.Name) and node.id in ("__name__", "__file__", "__doc__"):
            yield f"{node.id} is asked for"
    if declares_global(tree):
        yield "a function assigns the notebook's variables (`global`)"


def _imported_roots(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
            if node.module == "concurrent.futures":
                yield "multiprocessing"


def _used_as_values(flow: list[TopStatement]) -> frozenset[str]:
    """Names that are read other than to be called on the spot."""
    names: set[str] = set()
    for statement in flow:
        called = {id(node.func) for node in ast.walk(statement.tree) if isinstance(node, ast.Call)}
        names.update(
            node.id
            for node in ast.walk(statement.tree)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and id(node) not in called
        )
    return frozenset(names)


def _only_looked_into(flow: list[TopStatement]) -> frozenset[str]:
    """Names that are read for their attributes alone (`CFG.seed`): nothing is made of such a class
    that could be found again by its module.
    """
    reads: set[str] = set()
    others: set[str] = set()
    for statement in flow:
        owners = {
            id(node.value) for node in ast.walk(statement.tree) if isinstance(node, ast.Attribute)
        }
        for node in ast.walk(statement.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                (reads if id(node) in owners else others).add(node.id)
    return frozenset(reads - others)


def has_top_level_await(flow: list[TopStatement]) -> bool:
    """Whether a statement of the flow awaits outside any function."""
    return any(_awaits(statement.tree) for statement in flow)


def _awaits(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return False
    if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
        return True
    if isinstance(node, ast.comprehension) and node.is_async:
        return True
    return any(_awaits(child) for child in ast.iter_child_nodes(node))
