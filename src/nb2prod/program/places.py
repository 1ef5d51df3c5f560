"""Directories that have to be where paths look for them that are known only at run time.

Where the notebook puts a path together from parts (`base + "/drive/MyDrive"`), no literal names the
platform's directory, and nothing can be rewritten. Such a path is right all the same when the
project's directories lie to each other as the platform's do: links see to that.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.paths import PathRoot, PathRoots, mount_points
from nb2prod.notebook.trees import tree_of
from nb2prod.program.model import Place

_COLAB = "/content/"


def places(
    sources: Iterable[str], facts: Facts, roots: PathRoots, used: Iterable[PathRoot]
) -> tuple[Place, ...]:
    """The directories to make below the project's own, and the links between these.

    `sources` are the program's modules; `used` are the roots that its paths name.
    """
    used = tuple(used)
    made = {
        Place(root.directory, root.suffix.strip("/"), None)
        for root in used
        if root.suffix and root.directory != "home"
    }
    mounts = _drive_mounts(facts)
    is_kaggle = any(root.prefix == "/kaggle" for root in used)
    # Without either there is nothing to look for in the code.
    parts: set[str] = set().union(*map(_parts, sources)) if mounts or is_kaggle else set()
    links = [*_drive_links(mounts, roots, parts), *(_kaggle_links(parts) if is_kaggle else ())]
    return (
        *sorted(made, key=lambda place: (place.directory, place.path)),
        *dict.fromkeys(links),
    )


def _drive_mounts(facts: Facts) -> list[str]:
    """Where the notebook may have its Drive, as paths relative to Colab's directory."""
    if not facts.mounts and not any(data.origin == "drive" for data in facts.data):
        return []
    points = mount_points(facts.mounts)
    return [mount.removeprefix(_COLAB) for mount in points if mount.startswith(_COLAB)]


def _drive_links(mounts: Iterable[str], roots: PathRoots, parts: set[str]) -> Iterator[Place]:
    suffixes = {root.prefix: root.suffix for root in roots.roots}
    for mount in mounts:
        whole = suffixes[f"{_COLAB}{mount}/MyDrive"]  # the data directory is the mount point
        if whole and "My Drive" in parts:
            yield Place("data", "My Drive", "data", "MyDrive")
        if mount.partition("/")[0] not in parts:
            continue
        if whole:
            yield Place("work", mount, "data")
            continue
        for folder in ("MyDrive", "My Drive"):
            if folder == "MyDrive" or folder in parts:
                yield Place("work", f"{mount}/{folder}", "data")


def _kaggle_links(parts: set[str]) -> Iterator[Place]:
    if "input" in parts:
        yield Place("work", "input", "data")
    if "working" in parts:
        yield Place("work", "working", "work")


# What may be a path: texts that are one, and the words of a shell line that are.
_PATH = re.compile(r"[^\s'\"`;|&<>,*?()\[\]{}$\\]+(?: Drive(?=/|\Z))?[^\s'\"`;|&<>,*?()\[\]{}$\\]*")


def _parts(source: str) -> set[str]:
    """The parts of everything in the program's texts that may be a path."""
    return {
        part for text in _texts(source) for path in _PATH.findall(text) for part in path.split("/")
    }


def _texts(source: str) -> Iterator[str]:
    """The texts that the program works with: not what it raises, nor what it is documented by."""
    tree = tree_of(source)
    ignored = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) not in ignored and isinstance(node, ast.Constant):
            yield node.value if isinstance(node.value, str) else ""
