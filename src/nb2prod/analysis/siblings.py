"""Following a notebook into the files beside it: what these import counts as what it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from nb2prod.analysis.beside import Beside
from nb2prod.analysis.facts import FileBeside, Import, Secret
from nb2prod.analysis.imports import IMPORTING, find_imports
from nb2prod.analysis.ipython_names import file_run
from nb2prod.analysis.names import dotted_text
from nb2prod.analysis.paths import PathRoots
from nb2prod.analysis.secrets import find_secrets
from nb2prod.analysis.unportable import looks, platform_uses
from nb2prod.location import Location
from nb2prod.notebook.statements import LineMagic, ParsedCell
from nb2prod.notebook.syntax import parse_text

_PYTHON = ("python", "python3", "{sys.executable}")


@dataclass(slots=True)
class Followed:
    """What the files beside a notebook add to its facts, all at the places where it asks for them.

    `code` are the files' syntax trees, each with the number of the cell and every node at the
    place that asks for the file.
    """

    imports: list[Import] = field(default_factory=list)
    secrets: list[Secret] = field(default_factory=list)
    files: tuple[FileBeside, ...] = ()
    texts: list[str] = field(default_factory=list)
    code: list[tuple[int, ast.Module]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A file that something asks for: where, for what, and whether it can do without."""

    location: Location
    path: str
    script: bool = False
    optional: bool = False


def follow(
    beside: Beside,
    code: Iterable[tuple[ParsedCell, ast.Module]],
    cells: Iterable[ParsedCell],
    programs: Iterable[tuple[tuple[str, ...], Location]],
    roots: PathRoots,
    local: frozenset[str],
) -> Followed:
    """Follow all imports, `%run` lines and `python file.py` of a notebook into the files beside it.

    `code` are the trees of its cells, `programs` the words of its commands with their places.
    `local` are all modules that are on no index.
    """
    followed = Followed()
    if not beside.files and not beside.not_copied:
        return followed
    cells = tuple(cells)
    asked = [
        *(one for parsed, tree in code for one in _imported(tree, parsed.cell.number, beside)),
        *_run(cells, beside),
        *_programs(programs, beside),
    ]
    needed: dict[str, bool] = {}  # by path, whether the notebook can do without
    found: dict[tuple[str, bool], FileBeside] = {}
    waiting = sorted(asked, key=lambda one: (one.location, one.path), reverse=True)
    while waiting:
        one = waiting.pop()
        text = beside.files.get(one.path)
        tree = parse_text(text)
        if (one.path, one.script) not in found:
            found[one.path, one.script] = _judged(one, tree, beside, roots)
        known = needed.get(one.path)
        if tree is None or text is None or known is False or (known and one.optional):
            continue
        needed[one.path] = one.optional
        cell = one.location.cell
        nexts = [
            replace(each, location=one.location, optional=each.optional or one.optional)
            for each in _imported(tree, cell, beside, one.path)
        ]
        _at(tree, one.location)
        followed.texts.append(text)
        followed.code.append((one.location.cell, tree))
        followed.imports += [
            each._replace(optional=each.optional or one.optional, file=one.path)
            for each in find_imports(tree, cell, local, as_it_is=True)
        ]
        followed.secrets += [
            # Column 0: no expression of the notebook's that asks for a secret stands there.
            secret._replace(location=secret.location._replace(column=0))
            for secret in find_secrets(tree, cell, {}, {})
            if secret.name
        ]
        waiting += reversed(nexts)
    files = [*found.values(), *_lists(beside, cells)]
    followed.files = tuple(sorted(files, key=lambda each: (each.location, each.path)))
    return followed


def _at(tree: ast.Module, place: Location) -> None:
    """Put all nodes at one place of the notebook."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt | ast.ExceptHandler | ast.alias | ast.keyword):
            node.lineno, node.col_offset = place.line, place.column - 1


def _imported(
    tree: ast.Module, cell: int, beside: Beside, file: str | None = None
) -> Iterator[_Asked]:
    """The files that code imports: the notebook's own, or that of a `file` beside it."""
    optional = {
        one.location: one.optional
        for one in find_imports(tree, cell, beside.modules, as_it_is=True)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
            continue
        place = Location(cell, node.lineno, node.col_offset + 1)
        paths: list[str] = []
        if isinstance(node, ast.Call) and _is_unseen(node) and file is not None and "/" in file:
            # It may mean any module of the package.
            paths += beside.of_package(file)
        for dotted in _names(node, file):
            paths += beside.of_module(dotted)
        for path in dict.fromkeys(paths):
            yield _Asked(place, path, optional=optional.get(place, False))


def _names(node: ast.Import | ast.ImportFrom | ast.Call, file: str | None) -> Iterator[str]:
    """The dotted names that may be modules."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = (file or "").split("/")[: -node.level]
            base = ".".join([*parts, *([base] if base else [])]) if parts else ""
        if base:
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
    elif dotted_text(node.func) in IMPORTING and node.args:
        named = node.args[0]
        if isinstance(named, ast.Constant) and isinstance(named.value, str):
            yield named.value


def _is_unseen(node: ast.Call) -> bool:
    """Whether a call imports a module whose name is only known when it runs."""
    name = dotted_text(node.func)
    if name in ("pkgutil.iter_modules", "pkgutil.walk_packages"):
        return True
    literal = bool(node.args) and isinstance(node.args[0], ast.Constant)
    relative = literal and str(getattr(node.args[0], "value", "")).startswith(".")
    return name in IMPORTING and (not literal or relative)


def _run(cells: Iterable[ParsedCell], beside: Beside) -> Iterator[_Asked]:
    for parsed in cells:
        for found in parsed.own:
            if isinstance(found, LineMagic) and found.magic == "run":
                path = file_run(found.arguments)
                if path is None:
                    continue
                if path in beside.at(found.location) or beside.refuses(path, found.location):
                    yield _Asked(found.location, path)


def _programs(
    programs: Iterable[tuple[tuple[str, ...], Location]], beside: Beside
) -> Iterator[_Asked]:
    for words, place in programs:
        if not words or words[0].rpartition("/")[2] not in _PYTHON:
            continue
        path = next((word for word in words[1:] if not word.startswith("-")), "")
        path = path.removeprefix("./")
        if path in beside.at(place) and path.endswith(".py"):
            yield _Asked(place, path, script=True)


def _lists(beside: Beside, cells: Iterable[ParsedCell]) -> Iterator[FileBeside]:
    """The files of requirements that a person has to look at, where the notebook names them."""
    for path, reason in beside.not_copied.items():
        if path.endswith(".py"):
            continue
        places = (
            Location(parsed.cell.number, number)
            for parsed in cells
            for number, line in enumerate(parsed.cell.lines, start=1)
            if path in line
        )
        said = f"{path} beside the notebook: {reason}"
        yield FileBeside(path, next(places, Location(1)), "list", copied=False, attention=said)


def _judged(asked: _Asked, tree: ast.Module | None, beside: Beside, roots: PathRoots) -> FileBeside:
    """Whether the project carries a file, and what a person has to do about it."""
    path = asked.path
    use: Literal["module", "script"] = "script" if asked.script else "module"
    if asked.script:
        said = (
            f"{path} lies beside the notebook and is run as a program: it has to lie in the"
            " directory that the job runs in, and the project does not bring it there"
        )
        return FileBeside(path, asked.location, use, copied=False, attention=said)
    reason = beside.not_copied.get(path)
    if reason is None and tree is None:
        reason = "it is not Python 3"
    if reason is None and path.endswith("/__main__.py"):
        reason = "a project has one program, its own"
    if reason is None and tree is not None:
        uses = list(platform_uses(tree, roots))
        more = f" (and {len(uses) - 1} more lines do so)" if len(uses) > 1 else ""
        reason = next((f"line {line} uses {what}{more}" for line, what in uses), None)
    if reason is not None:
        said = (
            f"{path} lies beside the notebook and is not copied: {reason}; mend that and convert"
            f" again, or put a mended copy at src/{path}"
        )
        return FileBeside(path, asked.location, use, copied=False, attention=said)
    found = [f"line {line} {what}" for line, what in looks(tree)] if tree is not None else []
    note = f"{path}, copied from beside the notebook: {'; '.join(found)}" if found else None
    return FileBeside(path, asked.location, use, copied=True, attention=note)
