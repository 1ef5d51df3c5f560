"""The nodes of a notebook in groups among which a name has the same values.

A name has the values of the literals that it is given, of the items of a literal that it loops
over, and, as a function's parameter, of what the notebook calls the function with.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nb2prod.analysis.known_values import Known, Value, possible
from nb2prod.analysis.names import bound_names, dotted_text
from nb2prod.notebook.trees import walk

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOKED_THROUGH = frozenset({"tqdm", "list", "sorted", "tuple", "set"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Nodes of a cell among which names have the same values."""

    cell: int
    nodes: tuple[ast.AST, ...]
    known: Known


@dataclass(frozen=True, slots=True)
class Values:
    """What the names of a notebook stand for: those that are bound `once` in all of it, and the
    nodes of all cells in their scopes.
    """

    once: Known
    scopes: tuple[Scope, ...]


def values_of(trees: Iterable[tuple[int, ast.Module]]) -> Values:
    """The values of the names in the cells' trees, with the cells' numbers."""
    trees = tuple(trees)
    once = once_known(tree for _, tree in trees)
    return Values(once, tuple(scopes(trees, once)))


def scopes(trees: Iterable[tuple[int, ast.Module]], once: Known) -> Iterator[Scope]:
    """The nodes of all cells, in the order of their statements, with what is known in each.

    Statements outside of functions know what the statements before them gave a name; a function
    knows what it is called with, and names that are bound once in the whole notebook (`once`).
    """
    trees = tuple(trees)
    called = _arguments((tree for _, tree in trees), once)
    now = dict(once)
    for cell, tree in trees:
        for statement in tree.body:
            functions, outside = _parted(statement)
            for function in functions:
                yield Scope(cell, tuple(ast.walk(function)), _inside(function, once, called))
            assigned = _assigned(statement)
            bound = [] if assigned is not None else [*_bound(outside, functions)]
            for name in bound:
                if name not in once:
                    now.pop(name, None)
            yield Scope(cell, outside, {**now, **_loops(outside, now, Counter(bound))})
            if assigned is not None:
                name, value = assigned
                now[name] = possible(value, now)


def once_known(trees: Iterable[ast.Module]) -> dict[str, tuple[Value, ...]]:
    """The values of the names that are bound once in the whole notebook."""
    trees = tuple(trees)
    times = Counter(name for tree in trees for name in bound_names(tree))
    known: dict[str, tuple[Value, ...]] = {}
    for tree in trees:
        _learn(walk(tree), known, times)
    return known


def _assigned(node: ast.AST) -> tuple[str, ast.expr] | None:
    """The name and the value of `name = value`."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target: ast.expr = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    else:
        return None
    if isinstance(target, ast.Name) and node.value is not None:
        return target.id, node.value
    return None


def _learn(
    nodes: Iterable[ast.AST], known: dict[str, tuple[Value, ...]], times: Counter[str]
) -> None:
    """Add what assignments and loops give to names that are bound once."""
    nodes = tuple(nodes)
    for node in nodes:
        assigned = _assigned(node)
        if assigned is not None and times[assigned[0]] == 1:
            known[assigned[0]] = possible(assigned[1], known)
    known.update(_loops(nodes, known, times))


def _loops(nodes: Iterable[ast.AST], known: Known, times: Counter[str]) -> Known:
    """What loops and comprehensions give to their names, where nothing else binds those."""
    found: dict[str, tuple[Value, ...]] = {}
    for node in nodes:
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            rows = _rows(node.iter, {**known, **found})
            if isinstance(node.target, ast.Name):
                if times[node.target.id] == 1:
                    found[node.target.id] = rows
            elif isinstance(node.target, ast.Tuple):
                for index, target in enumerate(node.target.elts):
                    if isinstance(target, ast.Name) and times[target.id] == 1:
                        found[target.id] = tuple(
                            row[index]
                            for row in rows
                            if isinstance(row, tuple) and index < len(row)
                        )
    return found


def _rows(node: ast.expr, known: Known) -> tuple[Value, ...]:
    """What a loop over an expression goes through."""
    if isinstance(node, ast.Call):
        name = dotted_text(node.func).rpartition(".")[2]
        if isinstance(node.func, ast.Attribute) and name in ("items", "keys", "values"):
            holders = possible(node.func.value, known)
            holder = holders[0] if len(holders) == 1 else None
            if not isinstance(holder, dict):
                return ()
            rows = {"items": holder.items(), "keys": holder.keys(), "values": holder.values()}
            return tuple(rows[name])
        if name == "enumerate" and node.args:
            return tuple((index, row) for index, row in enumerate(_rows(node.args[0], known)))
        if name in _LOOKED_THROUGH and node.args:
            return _rows(node.args[0], known)
        return ()
    found = possible(node, known)
    holder = found[0] if len(found) == 1 else None
    return tuple(holder) if isinstance(holder, tuple | dict) else ()


def _parted(statement: ast.stmt) -> tuple[list[_Function], tuple[ast.AST, ...]]:
    """The outermost functions of a statement, and its nodes outside of them."""
    functions: list[_Function] = []
    outside: list[ast.AST] = []
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _FUNCTIONS):
            functions.append(node)
            waiting += reversed(node.decorator_list)
        else:
            outside.append(node)
            waiting += reversed(list(ast.iter_child_nodes(node)))
    return functions, tuple(outside)


def _bound(outside: Iterable[ast.AST], functions: Iterable[_Function]) -> Iterator[str]:
    """The names that a statement may give another value: not those of functions alone."""
    for node in outside:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
    for function in functions:
        yield function.name
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield from node.names


def _inside(function: _Function, once: Known, called: Mapping[str, Known]) -> Known:
    times = Counter(bound_names(function))
    known = {name: values for name, values in once.items() if name not in times}
    given = called.get(function.name, {})
    known.update({name: values for name, values in given.items() if times[name] == 1})
    _learn(ast.walk(function), known, times)
    return known


def _arguments(trees: Iterable[ast.Module], once: Known) -> dict[str, Known]:
    """For each function of the notebook, by name: what its parameters are called with."""
    trees = tuple(trees)
    functions: dict[str, _Function] = {}
    twice: set[str] = set()
    for tree in trees:
        for statement in tree.body:
            if isinstance(statement, _FUNCTIONS):
                twice |= {statement.name} & functions.keys()
                functions[statement.name] = statement
    found: dict[str, dict[str, list[Value]]] = {}
    for tree in trees:
        for node in walk(tree) if functions else ():
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            name = node.func.id
            if name in functions and name not in twice:
                for parameter, value in _given(functions[name], node):
                    values = found.setdefault(name, {}).setdefault(parameter, [])
                    values += [one for one in possible(value, once) if one not in values]
    return {
        function: {name: tuple(values) for name, values in parameters.items()}
        for function, parameters in found.items()
    }


def _given(function: _Function, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The parameters of a function with what a call, or their default, gives to each."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    defaults = function.args.defaults
    given: dict[str, ast.expr] = dict(
        zip(names[len(names) - len(defaults) :], defaults, strict=True)
    )
    given |= dict(zip(names, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    yield from given.items()
