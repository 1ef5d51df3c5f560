"""The data and models that a notebook fetches while it runs, and what of that is pinned.

What is fetched is listed where the notebook's text says what it is. An address that is only put
together when the notebook runs is not. Nothing that gives access (a password or a signature in an
address) is taken over.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from nb2prod.analysis.addresses import is_google_drive, public_address, revision_in
from nb2prod.analysis.facts import Clone, Fetched, FetchKind
from nb2prod.analysis.fetching_calls import calls_that_fetch
from nb2prod.analysis.fetching_commands import (
    clones_that_fetch,
    commands_that_fetch,
    made_by_commands,
    words_that_fetch,
)
from nb2prod.analysis.pasted import is_marked
from nb2prod.analysis.paths import PathRoots
from nb2prod.analysis.scopes import Values
from nb2prod.analysis.shell import ShellCommand
from nb2prod.location import Location

# How a name says its version (documentation of Kaggle, TensorFlow Datasets and torch.hub).
_VERSIONS: dict[FetchKind, re.Pattern[str]] = {
    "kaggle-dataset": re.compile(r"([^/]+/[^/]+)/(?:versions/)?(\d+)"),
    "kaggle-model": re.compile(r"([^/]+/[^/]+/[^/]+/[^/]+)/(\d+)"),
    "tensorflow-datasets": re.compile(r"([^:]+):([\d.*]+)"),
    "torch-hub": re.compile(r"([^:]+):(.+)"),
}
_CHECKSUM = re.compile(r"(?:(md5|sha\d+)[:=])?([0-9a-fA-F]{8,128})")
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_DRIVE_ID = re.compile(r"[\w-]{15,}")


def find_fetched(
    trees: Iterable[tuple[int, ast.Module]],
    values: Values,
    commands: Sequence[tuple[ShellCommand, Location]],
    lists: Iterable[tuple[Sequence[str], Location]],
    clones: Iterable[Clone],
    roots: PathRoots,
) -> tuple[Fetched, ...]:
    """What a notebook fetches, in the order in which it does, each thing once.

    It is read from the cells' trees with the cells' numbers, the shell commands and the commands
    that Python starts as lists of words, each with its place, and the clones; `values` are those of
    the names in the trees. Paths are those of the project: below the working directory, or below
    `data/` where `roots` say so.
    """
    known = values.once
    found = [
        *calls_that_fetch(tuple(trees), values.scopes, made_by_commands(commands)),
        *commands_that_fetch(commands, known),
        *clones_that_fetch(clones, commands),
        *(
            (one, place)
            for words, place in lists
            for one in words_that_fetch(words, place.cell, known)
        ),
    ]
    cells: dict[Fetched, set[int]] = {}
    for one, _ in sorted(found, key=lambda pair: pair[1]):
        for settled in _settled(one, roots):
            cells.setdefault(settled._replace(cells=()), set()).update(one.cells)
    return tuple(one._replace(cells=tuple(sorted(where))) for one, where in cells.items())


def _settled(found: Fetched, roots: PathRoots) -> Iterator[Fetched]:
    """The same as it is written into a report: nothing where that cannot be."""
    kind, source, revision = found.kind, found.source, found.revision
    if "://" in source:
        public = public_address(source)
        if public is None:
            return
        source = public
        revision = revision or revision_in(source)
        if kind in ("url", "google-drive"):
            kind = "google-drive" if is_google_drive(source) else "url"
    elif kind == "google-drive":
        if not _DRIVE_ID.fullmatch(source):
            return
        source = f"https://drive.google.com/uc?id={source}"
    elif (form := _VERSIONS.get(kind)) and (match := form.fullmatch(source)):
        source, revision = match[1], match[2]
    if any(map(is_marked, (source, revision, found.checksum))):
        return
    yield found._replace(
        kind=kind,
        source=source,
        revision=revision,
        checksum=_checksum(found.checksum),
        path=_path(found.path, roots),
    )


def _checksum(written: str | None) -> str | None:
    match = _CHECKSUM.fullmatch(written) if written else None
    if match is None:
        return None
    # What is shorter is the beginning of a SHA-256, as torch.hub writes it.
    algorithm = match[1] or _ALGORITHMS.get(len(match[2]), "sha256")
    return f"{algorithm}:{match[2].lower()}"


def _path(path: str | None, roots: PathRoots) -> str | None:
    if path is None or is_marked(path):
        return None
    found = roots.beginning(path)
    if found is not None:
        below = f"{found.root.suffix}{path[found.end :]}".strip("/")
        directory = "data/" if found.root.directory == "data" else ""
        return f"{directory}{below}" or "."
    return path.removeprefix("./") or "."
