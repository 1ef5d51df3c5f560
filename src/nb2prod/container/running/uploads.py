"""Files for the uploads that a notebook asks for, named on this machine's command line.

The program takes them as arguments of its own option, and copies them into the directory that it
is in, as the notebook's host did. A path that leads to a file here is mounted for it, and said as
the container has it; what leads nowhere here stays as it is, for it may be a path in there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nb2prod.container.running.mounts import Mounted

_PLACE = "/run/uploads"


def with_uploads(
    words: Sequence[str], flags: Sequence[str]
) -> tuple[tuple[str, ...], tuple[Mounted, ...]]:
    """The program's arguments as it finds the files in the container, and what is mounted for that.

    `flags` are the program's options for uploads, each with one path or more behind it.
    """
    found: list[str] = []
    mounted: list[Mounted] = []
    takes_files = False
    for word in words:
        flag, given, path = word.partition("=")
        if word.startswith("-"):
            takes_files = word in flags
            if flag in flags and given:
                found.append(f"{flag}={_inside(path, mounted)}")
            else:
                found.append(word)
        else:
            found.append(_inside(word, mounted) if takes_files else word)
    return tuple(found), tuple(mounted)


def _inside(path: str, mounted: list[Mounted]) -> str:
    source = Path(path).expanduser()
    if not path or not source.is_file():
        return path
    # One directory each, so that the names, which the notebook sees, cannot clash.
    target = f"{_PLACE}/{len(mounted) + 1}/{source.name}"
    mounted.append(Mounted(path, source.resolve(), target, writable=False))
    return target
