"""The files that have to lie in the directory that the program runs in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
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
    fetched = {found.path for found in migration.facts.fetched}
    local = [found for found in migration.facts.data if found.origin == "local"]
    written = {found.path for found in local if found.direction != "read"}
    # What is written under a name that only the run knows is where its directory is made.
    made = {*written, *(posixpath.dirname(path) for path in written)} - {""}
    for found in local:
        is_pattern = "*" in found.path or found.path in made
        is_made = is_pattern and posixpath.dirname(found.path) in {*made, ""}
        if found.direction == "read" and found.path not in fetched and not is_made:
            yield DataRow(found.path, USE[found.direction], ", ".join(map(str, found.cells)))
