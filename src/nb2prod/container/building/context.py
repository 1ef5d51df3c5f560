"""What an engine is given to build of: the project's files, as its `.dockerignore` lets them in.

The same project gives the same bytes on every machine, whatever its clock, its users and their
umask are; so nothing that an image is made of depends on who builds it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, cast

from nb2prod.container.building.failures import BuildFailed

DOCKERFILE, PRIVATE = "Dockerfile", "Dockerfile.private"
# The first moment that a zip file can hold, 1980-01-01: older ones break tools that pack files.
_MODIFIED = 315532800
# What no image is made of, whatever a person has written into `.dockerignore`: secrets, history and
# what tools leave behind, anywhere; and what nb2prod itself found out of the project.
_NEVER = (
    *(".env", ".git", ".netrc", ".git-credentials", ".venv", "__pycache__", ".ipynb_checkpoints"),
    *(".DS_Store", "Thumbs.db", ".idea", ".vscode", "*.swp", "*~"),
    *(".pytest_cache", ".mypy_cache", ".ruff_cache"),
)
_OURS = frozenset({"image.json", "verification.json", "verification"})
# Without a `.dockerignore`: as the one that convert writes, for projects of any shape.
_USUAL = ("data", "outputs", "work", "notebooks", "tests", "deploy")


@dataclass(frozen=True, slots=True)
class Packed:
    """A context that was packed: its hash, and what of it was left out because an engine cannot
    have it, each with the reason.
    """

    sha256: str
    left_out: tuple[str, ...]


class _Hashed:
    """A file to write to that knows the hash of what is written."""

    def __init__(self, file: BinaryIO | None) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.hash.update(content)
        if self._file is not None:
            self._file.write(content)
        return len(content)


def pack(root: Path, file: BinaryIO | None = None) -> Packed:
    """Write the context of the project at `root` to a file, as a tar archive; without one, find its
    hash alone. Raises `BuildFailed` where a file of it cannot be read.
    """
    hashed, left_out = _Hashed(file), []
    stream = cast("BinaryIO", hashed)  # a stream's archive asks for nothing but `write`
    with tarfile.open(mode="w|", fileobj=stream, format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(_names(root)):
            reason = _refused(root, name)
            if reason is not None:
                left_out.append(f"{name} {reason}")
                continue
            try:
                _add(archive, root / name, name)
            except OSError as error:
                raise BuildFailed(
                    f"{root / name} cannot be read: {error.strerror or error}. It is part of what"
                    " the image is made of."
                ) from error
    return Packed(hashed.hash.hexdigest(), tuple(left_out))


def _names(root: Path) -> Iterator[str]:
    """The files and directories that are let in, with slashes."""
    from docker.utils.build import exclude_paths

    try:
        lines = (root / ".dockerignore").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = list(_USUAL)
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    # The SDK lets the Dockerfile and `.dockerignore` in; the other Dockerfile is let in beside.
    found = exclude_paths(str(root), [*patterns, f"!{PRIVATE}"], DOCKERFILE)
    names = (name.replace(os.sep, "/") for name in found)
    return (name for name in names if not _is_never(name))


def _is_never(name: str) -> bool:
    parts = name.split("/")
    return parts[0] in _OURS or any(fnmatchcase(part, never) for part in parts for never in _NEVER)


def _refused(root: Path, name: str) -> str | None:
    """Why an engine cannot have the file, if so."""
    path = root / name
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        target = path.readlink()
        inside = (path.parent / target).resolve().is_relative_to(root.resolve())
        if target.is_absolute() or not inside:
            return "is a link that leads out of the project"
    elif not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "is no regular file"
    return None


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    status = path.lstat()
    entry = tarfile.TarInfo(name)
    entry.mtime = _MODIFIED
    if stat.S_ISDIR(status.st_mode):
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(entry)
    elif stat.S_ISLNK(status.st_mode):
        entry.type, entry.mode, entry.linkname = tarfile.SYMTYPE, 0o777, str(path.readlink())
        archive.addfile(entry)
    else:
        entry.mode = 0o755 if status.st_mode & stat.S_IXUSR else 0o644
        entry.size = status.st_size
        with path.open("rb") as file:
            archive.addfile(entry, file)
