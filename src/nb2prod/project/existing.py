"""Whether a directory may be written to: what is in it, and whether a person changed any of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nb2prod.errors import TargetInTheWay
from nb2prod.project.names import MANIFEST

# What tools leave behind and make again. A virtual environment is one of them wherever its name is
# used.
_REBUILT = frozenset({"__pycache__", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache"})
# Never touched and never an edit, whatever they are (a link, a mounted disk): the project's own
# history, and what its users have beside the program, as README and `.gitignore` name it. They are
# the same for all projects: what this one declares, the next one may not, and the one after may.
KEPT = frozenset({".git", ".env", ".venv", "data", "outputs", "work"})
# What `nb2prod verify` and `nb2prod build` found out of a project is of no use to the next one.
_NO_EDITS = KEPT | {"image.json", "verification", "verification.json"}
_MOST_NAMED = 5


def check_target(directory: Path, *, force: bool = False, discard_edits: bool = False) -> None:
    """Raises `TargetInTheWay` when a project must not be written to `directory`; writes nothing.

    A directory that does not exist, or is empty, is free. Any other is replaced with `force`, when
    nb2prod wrote it and its files are what `nb2prod.json` recorded; with `discard_edits` also when
    files were changed, added or deleted since. What is in `KEPT`, caches and virtual environments
    do not count as added files.
    """
    try:
        _check(directory, force, discard_edits)
    except OSError as error:
        raise TargetInTheWay(
            f"{directory} cannot be looked at: {error.strerror or error}."
        ) from error


def _check(directory: Path, force: bool, discard_edits: bool) -> None:
    _require_directories(directory)
    if not directory.exists() or not any(directory.iterdir()):
        return
    recorded = _recorded(directory)
    if recorded is None:
        raise TargetInTheWay(
            f"{directory} is not empty and was not written by nb2prod, so it is left alone."
            " Name another directory with -o, or move it away."
        )
    if not force:
        raise TargetInTheWay(f"{directory} is there already. Give --force to replace it.")
    edits = _edits(directory, recorded)
    if edits and not discard_edits:
        raise TargetInTheWay(
            f"In {directory}, {_sentence(edits)} since nb2prod wrote it. Replacing it loses that."
            " Move your own files away, or give --discard-edits as well to give them up."
        )


def is_kept(path: str) -> bool:
    """Whether a file of that path in a project lies where no conversion touches anything. Some
    systems have one name for `data` and `Data`.
    """
    return path.partition("/")[0].casefold() in KEPT


def _require_directories(directory: Path) -> None:
    """The path, and what of its parents exists, must be directories."""
    if directory.exists() or directory.is_symlink():
        if not directory.is_dir():
            raise TargetInTheWay(f"{directory} is not a directory. Name another one with -o.")
        return
    for parent in directory.parents:
        if parent.exists():
            if not parent.is_dir():
                raise TargetInTheWay(
                    f"{directory} cannot be made, because {parent} is not a directory."
                    " Name another one with -o."
                )
            return


def _recorded(directory: Path) -> Mapping[str, str] | None:
    """The files that nb2prod wrote here, with their hashes; None when it did not write the
    directory.
    """
    try:
        document = json.loads((directory / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("nb2prod"), str):
        return None
    files = document.get("files")
    if not isinstance(files, dict) or not files:
        return None
    hashes = all(
        isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) for value in files.values()
    )
    return files if hashes else None


def _edits(directory: Path, recorded: Mapping[str, str]) -> dict[str, list[str]]:
    """What was done to the directory's files since they were recorded, by verb."""
    there = {path.relative_to(directory).as_posix(): path for path in _entries(directory)}
    del there[MANIFEST]
    edits = {
        "changed": [
            name
            for name, path in there.items()
            if name in recorded and _differs(path, recorded[name])
        ],
        "added": [name for name in there if name not in recorded],
        "deleted": [name for name in recorded if name not in there and not is_kept(name)],
    }
    return {verb: sorted(names) for verb, names in edits.items() if names}


def _entries(directory: Path) -> Iterable[Path]:
    """Every file below the directory, and links as themselves. Directories count by what is in
    them.
    """
    for folder, directories, names in os.walk(directory):
        top = Path(folder)
        links = [name for name in directories if (top / name).is_symlink()]
        skipped = _REBUILT | _NO_EDITS if top == directory else _REBUILT
        directories[:] = [name for name in directories if name not in skipped and name not in links]
        for name in [*names, *links]:
            if not (top == directory and name in _NO_EDITS):
                yield top / name


def _differs(path: Path, recorded: str) -> bool:
    # Only a regular file is read: a pipe of the same name would be waited for.
    if path.is_symlink() or not path.is_file():
        return True
    return hashlib.sha256(path.read_bytes()).hexdigest() != recorded


def _sentence(edits: Mapping[str, Sequence[str]]) -> str:
    parts = [
        f"{_named(names)} {'was' if len(names) == 1 else 'were'} {verb}"
        for verb, names in edits.items()
    ]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _named(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
