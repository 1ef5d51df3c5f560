"""What a run left in the directories that it may write to."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nb2prod.container.running.mounts import Mounted

# A file's size, when it was last changed and which one it is: one of the same size is told, too.
_State = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a run made, or changed (`is_new` is false). `path` begins as the user gave the
    directory; `size` is in bytes.
    """

    path: str
    size: int
    is_new: bool


def states(directories: Sequence[Mounted]) -> dict[Path, _State]:
    """The regular files in the directories that a program may write to, each as it is now."""
    return {path: state for path, _, state in _files(directories)}


def outputs(before: Mapping[Path, _State], directories: Sequence[Mounted]) -> tuple[Output, ...]:
    """The files that are new or changed since, directory by directory, by path; each once."""
    found: dict[Path, Output] = {}
    for path, shown, state in _files(directories):
        if before.get(path) != state:
            found.setdefault(path, Output(shown, state[0], path not in before))
    return tuple(found.values())


def _files(directories: Sequence[Mounted]) -> Iterator[tuple[Path, str, _State]]:
    for mounted in directories:
        if not mounted.writable:
            continue
        for folder, folders, names in os.walk(mounted.source):
            folders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                try:
                    status = path.lstat()
                except OSError:  # gone in between, as temporary files are
                    continue
                if stat.S_ISREG(status.st_mode):
                    shown = str(Path(mounted.shown, path.relative_to(mounted.source)))
                    yield path, shown, (status.st_size, status.st_mtime_ns, status.st_ino)
