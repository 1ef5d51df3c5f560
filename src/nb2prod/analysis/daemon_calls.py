"""The calls that only daemons make: threads that end with the program, whatever they are at."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from nb2prod.analysis.names import dotted_text
from nb2prod.analysis.running_code import Code
from nb2prod.notebook.trees import walk

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def daemon_calls(code: Code) -> frozenset[int]:
    """The `id`s of the nodes: of what daemons are given to call (`Thread(target=…, daemon=True)`),
    and of the calls in a `lambda` or a function that nothing else calls.

    A daemon that the program waits for (`thread.join()`) is none.
    """
    targets = list(_targets(code))
    if not targets:
        return frozenset()
    given = [node for target in targets for node in ast.walk(target)]
    apart = {id(node) for node in given}
    functions: dict[str, list[ast.AST]] = {}
    first: list[ast.AST] = []
    for _, tree in code.trees:
        for node in walk(tree):
            if isinstance(node, _FUNCTIONS):
                functions.setdefault(node.name, []).extend(_own(node))
                first += node.decorator_list
                # Nothing names `__init__` and its kin.
                first += _own(node) if node.name.startswith("__") else ()
        first += _own(tree)
    others = _reached((node for node in first if id(node) not in apart), functions, apart)
    alone = _reached(given, functions, frozenset()) - others
    inside = [node for name in alone for node in functions[name]]
    return frozenset(id(node) for node in (*given, *inside))


def _targets(code: Code) -> Iterator[ast.expr]:
    """What daemons are given to call."""
    calls = [
        call for call, _, _ in code.calls() if any(one.arg == "target" for one in call.keywords)
    ]
    if not calls:
        return
    names: dict[int, str] = {}
    daemons: set[str] = set()
    joined: set[str] = set()
    for scope in code.scopes:
        for node in scope.nodes:
            if isinstance(node, ast.Assign):
                names |= {id(node.value): dotted_text(target) for target in node.targets}
                said = isinstance(node.value, ast.Constant) and node.value.value is True
                daemons |= set(_with(node.targets, "daemon")) if said else set()
            elif isinstance(node, ast.Call):
                joined |= set(_with([node.func], "join"))
                on = node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value
                daemons |= set(_with([node.func], "setDaemon")) if on else set()
    for call in calls:
        told = {one.arg: one.value for one in call.keywords}
        daemon = told.get("daemon")
        name = names.get(id(call), "")
        ends = isinstance(daemon, ast.Constant) and daemon.value is True
        if (ends or name in daemons) and not (name and name in joined):
            yield told["target"]


def _with(nodes: Iterable[ast.expr], attribute: str) -> Iterator[str]:
    """`thread` of each `thread.attribute`."""
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == attribute and dotted_text(node.value):
            yield dotted_text(node.value)


def _own(root: ast.AST) -> Iterator[ast.AST]:
    """The nodes below one, without those of the functions among them."""
    waiting = list(ast.iter_child_nodes(root))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            waiting += ast.iter_child_nodes(node)


def _reached(
    start: Iterable[ast.AST], functions: Mapping[str, list[ast.AST]], without: Iterable[int]
) -> set[str]:
    """The functions that nodes name, and that these functions name, and so on."""
    without = frozenset(without)
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        node = waiting.pop()
        name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
        if name in functions and name not in found and id(node) not in without:
            found.add(name)
            waiting += functions[name]
    return found
