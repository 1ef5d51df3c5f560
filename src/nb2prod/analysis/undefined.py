"""Names that a notebook reads and never binds: run from top to bottom, it stops there.

Such a notebook worked because of cells that are gone, or were run in another order; only a person
knows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nb2prod.analysis.beside import NOTHING_BESIDE, Beside
from nb2prod.analysis.cell_code import python_of
from nb2prod.analysis.ipython_names import binds_unknown, keeps_names, names_bound_by_ipython
from nb2prod.analysis.names import BUILTINS, names_of_notebook
from nb2prod.location import Location
from nb2prod.notebook.scope import names_in_scope, parts_of
from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import shared_tree, walk

# What a notebook has beyond Python's own names and what the package provides in its place.
PROVIDED = frozenset({"display", "get_ipython", "exit", "quit", "_exit_code"})
# What binds names in text that does not parse: `a, b = …`, `def a`, `import a as b`, `for a in`.
_BINDING = re.compile(
    r"\s*(?:(?:def|class|import|from\s+\S+\s+import|for|with|global)\b(.*)|((?:[\w\s,().\[\]]+?=(?!=))+))"
)
_STAR = re.compile(r"^\s*from\s+\S+\s+import\s+\*", re.MULTILINE)
_NAME = re.compile(r"[^\W\d]\w*")
# The nodes that `_missing_reads` looks at; most of a notebook's are none of them.
_SPECIAL = frozenset(
    {
        *(ast.Name, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef),
        *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    }
)
_UNSEEN_CALLS = frozenset({"exec", "globals", "locals", "vars"})


def undefined_names(
    cells: Sequence[ParsedCell], beside: Beside = NOTHING_BESIDE
) -> Iterator[tuple[Location, str]]:
    """Each name that nothing in the notebook binds, with the first place that reads it: at the top
    level or, where it is read in functions alone, in each of those.

    Nothing is said of a notebook that gets names from where they cannot be seen (`import *`,
    `exec`, `%run`), nor of a name that the code is ready not to find, nor of what `%%timeit`
    measures. A cell that does not parse binds, once it is mended, what it seems to.
    """
    cells = [cell for cell in cells if keeps_names(cell)]
    if any(_unseen(cell, cells, beside) for cell in cells):
        return
    trees = [(cell, tree) for cell in cells for tree in python_of(cell)]
    bound = names_of_notebook(tree for _, tree in trees) | BUILTINS | PROVIDED
    bound = bound.union(
        *(names_bound_by_ipython(cell, cells, beside) for cell in cells),
        *(seem_bound(cell) for cell in cells if cell.unparsed),
    )
    found = [
        (cell, read)
        for cell, tree in trees
        if _may_miss(tree, bound)
        for read in _missing_reads(tree, bound, frozenset(_prepared_for(tree)))
    ]
    at_top_level = {read.name for _, read in found if read.function is None}
    told: set[tuple[str, int | None]] = set()
    for cell, read in found:
        function = None if read.function is None else id(read.function)
        if read.name in at_top_level and function is not None:
            continue
        if (read.name, function) not in told:
            told.add((read.name, function))
            yield Location(cell.cell.number, read.line, read.column + 1), read.name


class _Read(NamedTuple):
    """A name that is read, where, and in which function (None at the top level)."""

    line: int
    column: int
    name: str
    function: ast.AST | None


class _Inside(NamedTuple):
    """A node that waits to be looked at: the names known there, and the function it is in."""

    node: ast.AST
    known: frozenset[str]
    function: ast.AST | None


def _may_miss(tree: ast.Module, bound: frozenset[str]) -> bool:
    """Whether there is any name at all that is not bound at the top level."""
    return any(isinstance(node, ast.Name) and node.id not in bound for node in walk(tree))


def _missing_reads(
    tree: ast.Module, bound: frozenset[str], expected: frozenset[int]
) -> list[_Read]:
    """The reads of names that no scope around them binds, in the order of the code."""
    found: list[_Read] = []
    waiting = [_Inside(node, bound, None) for node in tree.body]
    while waiting:
        node, known, function = waiting.pop()
        if type(node) not in _SPECIAL:
            waiting += [_Inside(child, known, function) for child in parts_of(node)]
        elif isinstance(node, ast.Name):
            missing = node.id not in known and not node.id.startswith("__")
            if missing and isinstance(node.ctx, ast.Load) and id(node) not in expected:
                found.append(_Read(node.lineno, node.col_offset, node.id, function))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            body = node.body if isinstance(node.body, list) else [node.body]
            inner = known.union(_arguments(node.args), names_in_scope(body), _type_names(node))
            waiting += [_Inside(child, inner, node) for child in body]
            rest = (child for child in ast.iter_child_nodes(node) if child not in body)
            waiting += [_Inside(child, known | _type_names(node), function) for child in rest]
        elif isinstance(node, ast.ClassDef):
            # What a class binds is seen by its own statements, and by no function in it.
            own = known.union(names_in_scope(node.body), _type_names(node), ("__class__",))
            for child in ast.iter_child_nodes(node):
                if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                    waiting.append(_Inside(child, own, function))
                    continue
                # Its decorators and defaults are the class's own code; its body is not.
                waiting.append(_Inside(_without_head(child), known, function))
                waiting += [_Inside(part, own, function) for part in _head(child)]
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            targets = (part for found_in in node.generators for part in ast.walk(found_in.target))
            own = known.union(part.id for part in targets if isinstance(part, ast.Name))
            waiting += [_Inside(child, own, function) for child in parts_of(node)]
    return sorted(found, key=lambda read: (read.line, read.column))


def _head(method: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """What of a method runs with the class: decorators, defaults and annotations."""
    arguments = method.args
    found = [*method.decorator_list, *arguments.defaults, *arguments.kw_defaults, method.returns]
    found += [one.annotation for one in ast.walk(arguments) if isinstance(one, ast.arg)]
    return [part for part in found if part is not None]


def _without_head(method: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.Lambda:
    """The method's parameters and body alone, as a function."""
    arguments = ast.arguments(
        posonlyargs=[ast.arg(one.arg) for one in method.args.posonlyargs],
        args=[ast.arg(one.arg) for one in method.args.args],
        vararg=ast.arg(method.args.vararg.arg) if method.args.vararg else None,
        kwonlyargs=[ast.arg(one.arg) for one in method.args.kwonlyargs],
        kw_defaults=[],
        kwarg=ast.arg(method.args.kwarg.arg) if method.args.kwarg else None,
        defaults=[],
    )
    return ast.Lambda(args=arguments, body=method.body)  # type: ignore[arg-type]


def _arguments(arguments: ast.arguments) -> set[str]:
    return {node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg)}


def _type_names(node: ast.AST) -> frozenset[str]:
    """The names of `def f[T](…)`, which Python has had since 3.12."""
    return frozenset(parameter.name for parameter in getattr(node, "type_params", ()))


def _unseen(cell: ParsedCell, cells: Sequence[ParsedCell], beside: Beside) -> bool:
    if any(True for _ in binds_unknown(cell, cells, beside)):
        return True
    return seems_to_bind_unknown(cell) or calls_unseen(cell)


def calls_unseen(cell: ParsedCell) -> bool:
    """Whether the cell's code gets at names in ways that cannot be seen: by `exec` and the like."""
    if not any(name in cell.python for name in _UNSEEN_CALLS):
        return False
    return any(
        isinstance(node, ast.Name) and node.id in _UNSEEN_CALLS
        for node in walk(shared_tree(cell.python))
    )


def seems_to_bind_unknown(cell: ParsedCell) -> bool:
    """Whether a cell that Python cannot parse has a line that says `from module import *`."""
    return cell.unparsed is not None and _STAR.search(cell.cell.source) is not None


def seem_bound(cell: ParsedCell) -> Iterator[str]:
    """The names that the text of a cell seems to bind, which Python cannot parse."""
    for line in cell.cell.lines:
        if (match := _BINDING.match(line)) is not None:
            yield from _NAME.findall(match.group(1) or match.group(2) or "")


def _prepared_for(tree: ast.Module) -> Iterator[int]:
    """Nodes below a `try` that catches the error that a missing name raises."""
    for node in walk(tree):
        if isinstance(node, ast.Try) and any(catches(handler) for handler in node.handlers):
            for statement in node.body:
                yield from (id(child) for child in ast.walk(statement))


def catches(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes the error that a missing name raises."""
    if handler.type is None:
        return True
    return any(name in ast.unparse(handler.type) for name in ("NameError", "Exception"))
