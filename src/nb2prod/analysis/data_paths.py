"""The data that a notebook reads and writes below the platform's directories."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from nb2prod.analysis.facts import DataOrigin, DataPath, Direction
from nb2prod.analysis.paths import PathFound, PathRoots
from nb2prod.location import Location
from nb2prod.notebook.statements import ParsedCell

_WRITING_CALL = re.compile(
    r"(?:^|\.)(?:to_\w+|save\w*|dump|write\w*|makedirs|mkdir|imwrite|savez\w*|savetxt|touch|move|copy\w*|download\w*)$"
)


def find_data(
    trees: Iterable[tuple[ParsedCell, ast.Module]],
    scripts: Iterable[tuple[str, Location]],
    roots: PathRoots,
    ignored: frozenset[int] = frozenset(),
) -> tuple[DataPath, ...]:
    """Drive's and Kaggle's paths by name, with the direction that the call around each shows.

    A path in no call (assigned to a variable first) counts as read: more than the code shows is not said.
    `ignored` holds the ids of string nodes that are no data, such as a mount's own argument.
    """
    found: dict[tuple[str, DataOrigin], tuple[set[Direction], set[int]]] = {}
    for path, direction, cell in [*_in_code(trees, roots, ignored), *_in_scripts(scripts, roots)]:
        if path.root.directory != "data":
            continue
        relative = f"{path.root.suffix}{path.rest}".strip("/") or "."
        directions, cells = found.setdefault((relative, path.root.origin), (set(), set()))
        directions.add(direction)
        cells.add(cell)
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
        writes = {id(node) for call in ast.walk(tree) if _writes(call) for node in ast.walk(call)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in ignored
            ):
                for path in roots.find(node.value):
                    yield path, "write" if id(node) in writes else "read", parsed.cell.number


def _in_scripts(
    scripts: Iterable[tuple[str, Location]], roots: PathRoots
) -> Iterator[tuple[PathFound, Direction, int]]:
    for script, place in scripts:
        for path in roots.find(script):
            yield path, "write" if re.match(r"\s*mkdir\b", script) else "read", place.cell


def _writes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    if name == "open" or name.endswith(".open"):
        modes = [
            *node.args[1:2],
            *(keyword.value for keyword in node.keywords if keyword.arg == "mode"),
        ]
        return any(isinstance(m, ast.Constant) and re.search("[wax+]", str(m.value)) for m in modes)
    return bool(_WRITING_CALL.search(name))
