"""NB502: paths that one platform, or one machine, has and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2prod.analysis.notebook_roots import find_mounts, mount_arguments
from nb2prod.analysis.path_texts import path_texts
from nb2prod.analysis.paths import find_roots
from nb2prod.analysis.platform_api import platform_names
from nb2prod.analysis.unportable import FOREIGN_PATH
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import CheckedCell, Context
from nb2prod.hygiene.guards import guarded_lines
from nb2prod.hygiene.model import Finding
from nb2prod.location import Location
from nb2prod.notebook.model import Platform
from nb2prod.notebook.origin import find_origin
from nb2prod.notebook.statements import CellMagic, LineMagic

RULE = rule("NB502")

# One of them is in every cell that names such a path.
_HINT = re.compile(
    r"/content|/kaggle|/root|/home/|/Users/|My\\?\s?Drive|/dbfs|dbfs:|\.\./(?:input|working)"
    r"|sample_data/|/mnt/|/opt/ml|/workspace|/Volumes|/notebooks|/storage|/datasets"
    r"|\b[A-Za-z]:(?:\\|/(?:Users|Documents))"
)
_WHOSE = (
    (re.compile(r".*My\\?\s?Drive|/content/g?drive|/gdrive"), "Google Drive as Colab mounts it"),
    (re.compile(r"/content|.*sample_data/"), "Colab"),
    (re.compile(r"/kaggle|\.\./(?:input|working)"), "Kaggle"),
    (re.compile(r"/?dbfs|/Volumes"), "Databricks"),
)


def check(context: Context) -> Iterator[Finding]:
    """The paths in texts, shell lines and magics; a line that names one several times once."""
    cells = [cell for cell in context.code_cells if _HINT.search(cell.source)]
    mounts = any("drive.mount" in cell.source for cell in context.code_cells)
    if mounts:
        cells = list(context.code_cells)
    if not cells:
        return
    platform = find_origin(context.metadata, context.notebook.cells).platform
    trees = [(cell.parsed, cell.tree) for cell in context.code_cells] if mounts else []
    names = platform_names(tree for _, tree in trees)
    roots = find_roots(platform, find_mounts(trees, names), ())
    for cell in cells:
        mounted = {id(node) for node in mount_arguments(cell.tree, names)} if mounts else set()
        guarded = guarded_lines(cell)
        seen: set[tuple[int, str]] = set()
        for text, place in _texts(cell, mounted):
            found = next(roots.find(text), None)
            # A program that asks where it is has places of its own elsewhere.
            if found is not None and place.line in guarded:
                continue
            path = found.root.prefix if found else _foreign(text, platform)
            if path is None or (place.line, path) in seen:
                continue
            seen.add((place.line, path))
            yield context.found(RULE, place, _message(path))


def _foreign(text: str, platform: Platform) -> str | None:
    """The directory of somebody's own machine that a text begins with."""
    foreign = FOREIGN_PATH.match(text)
    if foreign is None or ("sample_data" in foreign[0] and platform != "colab"):
        return None
    return foreign[0]


def _message(path: str) -> str:
    whose = next((name for pattern, name in _WHOSE if pattern.match(path)), None)
    said = f"is a path of {whose}" if whose else "is a path of one machine"
    return f"`{path}` {said}, and is nowhere else; read the directory from a setting instead"


def _texts(cell: CheckedCell, ignored: set[int]) -> Iterator[tuple[str, Location]]:
    for node, text, whole in path_texts(cell.tree):
        if id(node) not in ignored:
            yield text, cell.place(whole)
    for script, place in cell.shell:
        yield script, cell.shown(place)
        yield from ((word, cell.shown(place)) for word in script.split())
    for found in cell.parsed.statements:
        if isinstance(found, LineMagic | CellMagic):
            yield found.arguments, cell.shown(found.location)
            yield from ((word, cell.shown(found.location)) for word in found.arguments.split())
