"""The data that a notebook reads and writes below the platform's directories."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator

from nb2prod.analysis.facts import DataOrigin, DataPath, Direction
from nb2prod.analysis.files_used import FileUsed, files_used
from nb2prod.analysis.joined_paths import joined_paths
from nb2prod.analysis.moves import moves
from nb2prod.analysis.names import called_name
from nb2prod.analysis.paths import PathFound, PathRoots
from nb2prod.analysis.scopes import Scope
from nb2prod.analysis.shell import every_command
from nb2prod.location import Location
from nb2prod.notebook.statements import FILE_MAGICS, CellMagic, LineMagic, ParsedCell
from nb2prod.notebook.trees import walk

_WRITING_CALL = re.compile(
    r"to_\w+|save\w*|dump|write\w*|makedirs|mkdir|imwrite|savez\w*|savetxt|touch|download\w*"
    r"|extract\w*|unpack_archive|make_archive|urlretrieve"
)
_COPYING_CALL = re.compile(r"copy\w*|move|rename|replace|link|symlink")
# Constructors that take a mode as `open` does.
_OPENING_CALLS = frozenset({"open", "ZipFile", "TarFile", "File", "Dataset", "VideoWriter"})
_WRITING_MODE = re.compile(r"[wax]|r\+")
# Programs that make what they name, and those whose last word is where something goes.
_MAKING = frozenset({"mkdir", "touch", "rm", "rmdir", "tee"})
_COPYING = frozenset({"cp", "mv", "rsync", "ln", "scp"})
_OUTPUT_OPTIONS = {
    "wget": frozenset({"-O", "-P", "--output-document", "--directory-prefix"}),
    "curl": frozenset({"-o", "--output", "--output-dir"}),
    "gdown": frozenset({"-O", "--output"}),
    "aria2c": frozenset({"-d", "-o", "--dir", "--out"}),
    "unzip": frozenset({"-d"}),
    "tar": frozenset({"-C", "--directory"}),
    "7z": frozenset({"-o"}),
    "kaggle": frozenset({"-p", "--path"}),
    "huggingface-cli": frozenset({"--local-dir"}),
}


def find_data(
    trees: Iterable[tuple[ParsedCell, ast.Module]],
    scripts: Iterable[tuple[str, Location]],
    groups: Iterable[Scope],
    roots: PathRoots,
    ignored: frozenset[int] = frozenset(),
) -> tuple[DataPath, ...]:
    """Drive's and Kaggle's paths by name, and the files that calls read and write besides, with the
    direction that the call shows.

    A path in no call that is known counts as read: more than the code shows is not said. `groups`
    are the nodes of the same trees by scope. `ignored` holds the ids of string nodes that are no
    data, such as a mount's own argument.
    """
    trees = tuple(trees)
    found: dict[tuple[str, DataOrigin], tuple[set[Direction], set[int]]] = {}
    used = list(files_used(groups, roots))
    told = {(one.path, one.origin) for one in used}
    everything = [
        *_in_code(trees, roots, ignored),
        *_in_scripts(scripts, roots),
        *_in_magics((parsed for parsed, _ in trees), roots),
    ]
    for path, direction, cell in everything:
        relative = f"{path.root.suffix}{path.rest}".strip("/") or "."
        if path.root.directory == "data" and (
            direction == "write" or (relative, path.root.origin) not in told
        ):
            used.append(FileUsed(relative, direction, path.root.origin, cell))
    moved = min((place.cell for place in moves(parsed for parsed, _ in trees)), default=None)
    for one in used:
        if one.origin == "local" and moved is not None and one.cell >= moved:
            continue  # relative to a directory that only the run knows
        directions, cells = found.setdefault((one.path, one.origin), (set(), set()))
        directions.add(one.direction)
        cells.add(one.cell)
    return tuple(
        DataPath(
            path,
            "both" if len(directions) > 1 else next(iter(directions)),
            origin,
            tuple(sorted(cells)),
        )
        for (path, origin), (directions, cells) in sorted(found.items())
    )


def _in_code(
    trees: Iterable[tuple[ParsedCell, ast.Module]], roots: PathRoots, ignored: frozenset[int]
) -> Iterator[tuple[PathFound, Direction, int]]:
    for parsed, tree in trees:
        nodes = walk(tree)
        writes = {
            id(inner)
            for call in nodes
            if isinstance(call, ast.Call)
            for written in _written(call)
            for inner in ast.walk(written)
        }
        continued = {id(inner) for node in nodes for inner in _continued(node)}
        joined: set[int] = set()
        for whole in joined_paths(tree):
            if roots.covering(whole.texts) is None:
                continue
            joined.update(map(id, whole.parts))
            for path in roots.find(posixpath.join(*whole.texts)):
                yield path, "write" if id(whole.node) in writes else "read", parsed.cell.number
        for node in nodes:
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if id(node) in ignored or id(node) in joined:
                continue
            for path in roots.find(node.value):
                if path.start > 0 or id(node) not in continued:
                    yield path, "write" if id(node) in writes else "read", parsed.cell.number


def _continued(node: ast.AST) -> Iterator[ast.AST]:
    """Texts that go on from something only the run knows: the rest of a longer path, no root."""
    if isinstance(node, ast.JoinedStr):
        yield from node.values[1:]
    elif isinstance(node, ast.BinOp) and not isinstance(node.left, ast.Constant):
        yield node.right


def _written(call: ast.Call) -> Iterator[ast.AST]:
    """The parts of a call that name what it writes; none for a call that reads."""
    name = called_name(call)
    if name in _OPENING_CALLS:
        modes = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "mode")]
        if any(isinstance(m, ast.Constant) and _WRITING_MODE.match(str(m.value)) for m in modes):
            yield call
        elif call.args and isinstance(call.func, ast.Attribute) and _is_mode(call.args[0]):
            yield call.func  # Path("…").open("w")
    elif _COPYING_CALL.fullmatch(name):
        yield from call.args[1:]
        yield from (one.value for one in call.keywords)
    elif _WRITING_CALL.fullmatch(name):
        yield call


def _is_mode(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant) and re.fullmatch(r"[wax][bt+]*", str(node.value)) is not None
    )


def _in_scripts(
    scripts: Iterable[tuple[str, Location]], roots: PathRoots
) -> Iterator[tuple[PathFound, Direction, int]]:
    for script, place in scripts:
        for command in every_command(script):
            words, program = command.words, command.program
            options = _OUTPUT_OPTIONS.get(program, frozenset())
            before = ""
            for index, word in enumerate(words):
                last = index == len(words) - 1
                writes = (
                    program in _MAKING
                    or (program in _COPYING and last)
                    or before in options
                    or word.partition("=")[0] in options
                    or before.endswith(">")
                    or bool(re.match(r"\d*&?>", word))
                )
                for path in roots.find(word):
                    yield path, "write" if writes else "read", place.cell
                before = word


def _in_magics(
    cells: Iterable[ParsedCell], roots: PathRoots
) -> Iterator[tuple[PathFound, Direction, int]]:
    for parsed in cells:
        for found in parsed.own:
            if isinstance(found, CellMagic) and found.magic in FILE_MAGICS:
                for path in roots.find(found.arguments):
                    yield path, "write", parsed.cell.number
            elif isinstance(found, LineMagic) and found.magic in ("cd", "run", "mkdir", "env"):
                for path in roots.find(found.arguments):
                    made = found.magic == "mkdir"
                    yield path, "write" if made else "read", parsed.cell.number
