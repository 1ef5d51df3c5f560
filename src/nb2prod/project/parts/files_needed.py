"""The files that have to lie in the directory that the program runs in."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from nb2prod.migration import Migration

USE = {"read": "read", "write": "written", "both": "read and written"}


@dataclass(frozen=True, slots=True)
class DataRow:
    """A path with what is done with it, in words, and the cells that do so."""

    path: str
    use: str
    cells: str


def files_beside(migration: Migration) -> Iterable[DataRow]:
    """The files that the program only reads by relative paths: somebody has to put them there."""
    local = [found for found in migration.facts.data if found.origin == "local"]
    needed = needed_beside(
        [(found.path, found.direction) for found in local],
        {found.path for found in migration.facts.fetched if found.path is not None},
    )
    for found in local:
        if found.path in needed:
            yield DataRow(found.path, USE[found.direction], ", ".join(map(str, found.cells)))


def needed_beside(local: Sequence[tuple[str, str]], fetched: Collection[str]) -> list[str]:
    """Of relative paths, each with its direction ("read", "write", "both"), those that somebody has
    to put there; `fetched` are those that the program fetches itself.
    """
    written = {path for path, direction in local if direction != "read"}
    # What is written under a name that only the run knows is where its directory is made.
    made = {*written, *(posixpath.dirname(path) for path in written)} - {""}
    return [
        path
        for path, direction in local
        if direction == "read" and path not in fetched and not _is_made(path, made)
    ]


def _is_made(path: str, made: Collection[str]) -> bool:
    is_pattern = "*" in path or path in made
    return is_pattern and posixpath.dirname(path) in {*made, ""}
