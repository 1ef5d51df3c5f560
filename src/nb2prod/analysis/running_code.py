"""The code that runs when a notebook does: its own, and the files that it writes and starts.

What stands in a function that nothing calls, or in a branch for another platform, does not run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nb2prod.analysis.cell_code import separate_code
from nb2prod.analysis.dotted_imports import DottedImports
from nb2prod.analysis.ipython_names import file_run
from nb2prod.analysis.known_values import Known
from nb2prod.analysis.left_commands import Left
from nb2prod.analysis.scopes import Scope, Values, values_of
from nb2prod.location import Location
from nb2prod.notebook.statements import FILE_MAGICS, LineMagic, ParsedCell

Lines = frozenset[tuple[int, int]]
Program = tuple[Sequence[str], Location]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PYTHON = re.compile(r"python[\d.]*|\{sys\.executable\}")
_STARTERS = frozenset({"torchrun", "accelerate", "deepspeed", "ipython"})


@dataclass(frozen=True, slots=True)
class Code:
    """One program: the notebook's cells, or a file that one of them writes.

    `trees` are its trees with the numbers of their cells, `known` the values of the names that are
    bound once in all of it, and `idle` the lines that do not run, with their cells. It is
    `left` running where nothing waits for the command that runs the file.
    """

    trees: tuple[tuple[int, ast.Module], ...]
    scopes: tuple[Scope, ...]
    known: Known
    idle: Lines
    imports: DottedImports
    left: bool = False

    def runs(self, place: Location) -> bool:
        """Whether what stands at this place runs."""
        return (place.cell, place.line) not in self.idle

    def calls(self) -> Iterator[tuple[ast.Call, Scope, Location]]:
        """The calls that run, with the values around them and their places."""
        for scope in self.scopes:
            for node in scope.nodes:
                if isinstance(node, ast.Call):
                    place = Location(scope.cell, node.lineno, node.col_offset + 1)
                    if self.runs(place):
                        yield node, scope, place


def running_code(
    cells: Iterable[ParsedCell],
    trees: Iterable[tuple[int, ast.Module]],
    values: Values,
    dead: Lines,
    programs: Iterable[Program],
    left: Left = frozenset(),
) -> tuple[Code, ...]:
    """The notebook's own code, then the Python files that it writes and runs.

    `trees` are those of its cells with their numbers, `values` what their names stand for, `dead`
    the lines of branches that did not run, `programs` the words of its commands, and `left` those
    that it does not wait for.
    """
    cells = tuple(cells)
    found = [_code(tuple(trees), values, dead)]
    started = {**dict.fromkeys(_run_by_magic(cells), False), **dict(_files_run(programs, left))}
    for parsed, tree in separate_code(cells):
        written = _written(parsed)
        if written is None or written in started:
            trees_of_file = ((parsed.cell.number, tree),)
            code = _code(trees_of_file, values_of(trees_of_file), frozenset())
            found.append(replace(code, left=started.get(written or "", False)))
    return tuple(found)


def is_python(program: str) -> bool:
    """Whether a command's first word starts Python."""
    return _PYTHON.fullmatch(program.rpartition("/")[2]) is not None


def behind_python(words: Sequence[str]) -> Sequence[str]:
    """`python -m flask run` as the command that it stands for, without the program's directory."""
    if is_python(words[0]) and "-m" in words[:-1]:
        return words[words.index("-m") + 1 :]
    return [words[0].rpartition("/")[2], *words[1:]]


def _code(trees: tuple[tuple[int, ast.Module], ...], values: Values, dead: Lines) -> Code:
    return Code(
        trees=trees,
        scopes=values.scopes,
        known=values.once,
        idle=dead | _never_called(values.scopes, dead),
        imports=DottedImports(tree for _, tree in trees),
    )


def _never_called(scopes: Iterable[Scope], dead: Lines) -> Lines:
    """The lines of the functions that nothing names which runs.

    One with a decorator is in the hands of that; a method is named wherever an attribute of its
    name is, and `__init__` and its kin need no name.
    """
    waiting: list[tuple[int, ast.FunctionDef | ast.AsyncFunctionDef, tuple[ast.AST, ...]]] = []
    named: set[str] = set()
    for scope in scopes:
        first = scope.nodes[0] if scope.nodes else None
        if isinstance(first, _FUNCTIONS):
            waiting.append((scope.cell, first, scope.nodes))
        else:
            named.update(_names(scope.cell, scope.nodes, dead))
    while True:
        called = [
            one
            for one in waiting
            if one[1].name in named or one[1].decorator_list or one[1].name.startswith("__")
        ]
        if not called:
            break
        waiting = [one for one in waiting if one not in called]
        for cell, _, nodes in called:
            named.update(_names(cell, nodes, dead))
    return frozenset(
        (cell, line)
        for cell, function, _ in waiting
        for line in range(function.lineno, (function.end_lineno or function.lineno) + 1)
    )


def _names(cell: int, nodes: Iterable[ast.AST], dead: Lines) -> Iterator[str]:
    """The names that code reads, and those of the attributes that it does."""
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if (cell, node.lineno) not in dead:
                yield node.id
        elif isinstance(node, ast.Attribute) and (cell, node.lineno) not in dead:
            yield node.attr


def _files_run(programs: Iterable[Program], left: Left) -> Iterator[tuple[str, bool]]:
    """The names of the files that commands run, and whether nothing waits for these."""
    for words, place in programs:
        if words and (is_python(words[0]) or words[0].rpartition("/")[2] in _STARTERS):
            files = (word.rpartition("/")[2] for word in words[1:] if word.endswith(".py"))
            yield from ((file, (tuple(words), place) in left) for file in files)


def _run_by_magic(cells: Iterable[ParsedCell]) -> Iterator[str]:
    for parsed in cells:
        for found in parsed.own:
            if isinstance(found, LineMagic) and found.magic == "run":
                yield (file_run(found.arguments) or "").rpartition("/")[2]


def _written(parsed: ParsedCell) -> str | None:
    """The name of the file that a cell writes; None for a cell that runs its body at once."""
    for magic in parsed.cell_magics:
        if magic.magic in FILE_MAGICS and magic.arguments.strip():
            return magic.arguments.split()[-1].strip("'\"").rpartition("/")[2]
    return None
