"""Distributions that a notebook needs although it imports none of them, by what it uses."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache

from nb2prod.analysis.dotted_imports import DottedImports
from nb2prod.analysis.facts import Command, Implied
from nb2prod.data.implied import Rule, UseKind, rules
from nb2prod.location import Location
from nb2prod.notebook.trees import walk


def find_implied(
    cells: Iterable[tuple[int, ast.Module]],
    imported: Iterable[str],
    commands: Iterable[Command] = (),
) -> tuple[Implied, ...]:
    """What the uses in the trees of the cells imply, and the programs that the notebook runs, each
    distribution once, where it is first used. `imported` are the dotted modules that the notebook
    imports.
    """
    cells, imported = list(cells), set(imported)
    names = DottedImports(tree for _, tree in cells)
    found = [
        Implied(rule.module, rule.distribution, rule.reason, command.location)
        for command in commands
        for rule in _rules_by_end("command").get(command.name, ())
    ]
    for number, tree in cells:
        names.read(tree)
        for node in walk(tree):
            found += [
                Implied(rule.module, rule.distribution, rule.reason, _place(number, node))
                for rule in _matches(node, names)
                if _holds(rule, imported)
            ]
    first: dict[str, Implied] = {}
    for one in sorted(found, key=_order):
        first.setdefault(one.distribution, one)
    return tuple(first[name] for name in sorted(first))


def _holds(rule: Rule, imported: set[str]) -> bool:
    needed = rule.needs is None or _imports(imported, rule.needs)
    return needed and not any(_imports(imported, other) for other in rule.unless)


def _order(implied: Implied) -> tuple[int, int, int]:
    place = implied.location
    return place.cell, place.line or 0, place.column or 0


def _matches(node: ast.AST, names: DottedImports) -> Iterator[Rule]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _by_import(alias.name)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            yield from _by_import(f"{node.module}.{alias.name}")
    elif isinstance(node, ast.Call):
        yield from _of_call(node, names)
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        for meaning in names.meanings(node):
            yield from _by_name(meaning, None)


def _of_call(node: ast.Call, names: DottedImports) -> Iterator[Rule]:
    texts = tuple(_texts(node))
    for meaning in names.meanings(node.func):
        yield from _by_name(meaning, texts)
    if isinstance(node.func, ast.Attribute) and not _is_module(node.func, names):
        chain = _attributes(node.func)
        yield from _first(
            [
                rule
                for rule in _rules_by_end("method").get(chain[0], ())
                if rule.name.split(".") == chain[: rule.name.count(".") + 1][::-1]
            ],
            texts,
        )
    for keyword in node.keywords:
        for rule in _rules_by_end("argument").get(keyword.arg or "", ()):
            given = _text(keyword.value)
            if rule.value is None or (given is not None and fnmatchcase(given, rule.value)):
                yield rule


def _by_import(dotted: str) -> Iterator[Rule]:
    """The rules for a dotted name and for the packages that are imported with it."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        yield from _by_name(".".join(parts[:length]), None)


def _by_name(meaning: str, texts: tuple[str, ...] | None) -> Iterator[Rule]:
    """The rules for a full dotted name; `texts` are those of a call, None where none is called."""
    if meaning.startswith("?"):
        return
    root = meaning.partition(".")[0]
    candidates = [
        rule
        for part in (root, "*")
        for rule in _rules_by_root().get(part, ())
        if fnmatchcase(meaning, rule.name)
    ]
    yield from _first(candidates, texts)


def _first(candidates: list[Rule], texts: tuple[str, ...] | None) -> Iterator[Rule]:
    """Of the rules for one use those with a fitting text; the plain ones where none has.

    Where the text decides, a name that is not called says nothing yet.
    """
    fitting = [
        rule
        for rule in candidates
        if rule.value is not None and (texts is None or _any_fits(texts, rule.value))
    ]
    taken = {rule.name for rule in fitting}
    if texts is None:
        fitting = []
    yield from fitting
    yield from (rule for rule in candidates if rule.value is None and rule.name not in taken)


def _any_fits(texts: tuple[str, ...], pattern: str) -> bool:
    return any(fnmatchcase(text, pattern) for text in texts)


def _is_module(node: ast.Attribute, names: DottedImports) -> bool:
    """Whether the object of a method is a module: `pl.to_excel` is no method of a table."""
    return any(not meaning.startswith("?") for meaning in names.meanings(node))


def _attributes(node: ast.Attribute) -> list[str]:
    """The names behind the dots, last first: `df.style.format` gives format, style."""
    names = []
    current: ast.expr = node
    while isinstance(current, ast.Attribute):
        names.append(current.attr)
        current = current.value
    return names


def _texts(node: ast.Call) -> Iterator[str]:
    for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
        text = _text(argument)
        if text is not None:
            yield text


def _text(node: ast.expr) -> str | None:
    """A text as it is written; what an f-string puts in is left out."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value
            for part in node.values
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        )
    return None


def _imports(imported: set[str], module: str) -> bool:
    return not module or any(one == module or one.startswith(f"{module}.") for one in imported)


def _place(cell: int, node: ast.AST) -> Location:
    assert isinstance(node, ast.expr | ast.stmt)
    return Location(cell, node.lineno, node.col_offset + 1)


@cache
def _rules_by_root() -> dict[str, list[Rule]]:
    """The rules for names by the first part, "*" for those that begin with a pattern."""
    found: dict[str, list[Rule]] = {}
    for rule in rules():
        if rule.kind == "name":
            root = rule.name.partition(".")[0]
            found.setdefault("*" if "*" in root else root, []).append(rule)
    return found


@cache
def _rules_by_end(kind: UseKind) -> dict[str, list[Rule]]:
    """The rules for methods or arguments by the last part of their names."""
    found: dict[str, list[Rule]] = {}
    for rule in rules():
        if rule.kind == kind:
            found.setdefault(rule.name.rpartition(".")[2], []).append(rule)
    return found
