"""What the notebook reads that nobody but its user can put there, and what of it is missing."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nb2prod.container.project import Project
from nb2prod.project.parts.files_needed import needed_beside

if TYPE_CHECKING:
    from nb2prod.container.running.mounts import Mounted

_NAMED = 8  # how many paths are told
_MOUNTED = ("drive", "kaggle")


def read_in(project: Project, directory: str) -> list[str]:
    """The paths that the notebook reads, and does not write as well, below its "data" or "work": of
    a directory and what is in it, what is in it.
    """
    data = project.manifest.get("data", ())
    if directory == "work":
        fetched = {found["path"] for found in data if found["origin"] == "url"}
        local = [(one["path"], one["direction"]) for one in data if one["origin"] == "local"]
        # What a pattern finds there is what the program has made, or unpacked, as a rule.
        read = [path for path in needed_beside(local, fetched) if "*" not in path]
    elif directory == "data":
        local = [(one["path"], one["direction"]) for one in data if one["origin"] in _MOUNTED]
        read = [path for path, direction in local if direction == "read"]
    else:
        return []
    used = [path for path, direction in local if direction != "write"]
    written = [path for path, direction in local if direction != "read"]
    return [
        path
        for path in dict.fromkeys(read)
        if path != "."
        and not any(other.startswith(f"{path}/") for other in used)
        and not any(path.startswith(f"{other}/") for other in written)
    ]


def missing(
    project: Project, mounted: Sequence[Mounted], uploaded: Collection[str] = ()
) -> list[str]:
    """The paths, as the user named the directories, that the notebook reads and that are not in the
    directories that it is given. `uploaded` are names that the program puts into its own.
    """
    return list(_missing(project, mounted, uploaded))


def listed(paths: Sequence[str]) -> str:
    """The first of them, for a sentence."""
    return ", ".join(paths[:_NAMED]) + (", …" if len(paths) > _NAMED else "")


def _missing(
    project: Project, mounted: Sequence[Mounted], uploaded: Collection[str]
) -> Iterator[str]:
    places = {one.target: one for one in mounted}
    for directory in project.directories:
        place = places.get(directory.path)
        for path in read_in(project, directory.name) if place is not None else ():
            is_uploaded = directory.name == "work" and path in uploaded
            if place is not None and not is_uploaded and not _is_there(place.source, path):
                yield str(Path(place.shown, path))


def _is_there(directory: Path, path: str) -> bool:
    """Whether something of that path, which may be a pattern, is in the directory. What leads out
    of it is elsewhere in the container, and is not looked for.
    """
    if posixpath.normpath(path).startswith(("..", "/")):
        return True
    try:
        if "*" in path:
            return any(True for _ in directory.glob(path))
        return (directory / path).exists()
    except (OSError, ValueError):  # what nobody can look for may be there
        return True
