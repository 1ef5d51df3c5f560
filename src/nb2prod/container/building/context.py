"""What an engine is given to build of: the project's files, as its `.dockerignore` lets them in.

The same project gives the same bytes on every machine, whatever its clock, its users and their
umask are; so nothing that an image is made of depends on who builds it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
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
# What holds a secret as a rule.
_KEYS = (
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*.pem", "*.key", "*.p12", "*.pfx"),
    *("credentials.json", "kaggle.json", "*service-account*.json", "*service_account*.json"),
)
_LARGE = 100_000_000  # bytes, from which on packing and sending take a while
# Without a `.dockerignore`: as the one that convert writes, for projects of any shape.
_USUAL = ("data", "outputs", "work", "notebooks", "tests", "deploy")


@dataclass(frozen=True, slots=True)
class Packed:
    """A context that was packed: its hash; what of it was left out because an engine cannot have
    it, each with the reason; and what a person should know of what is in it.
    """

    sha256: str
    left_out: tuple[str, ...]
    notes: tuple[str, ...] = ()


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


def pack(
    root: Path, file: BinaryIO | None = None, tell: Callable[[str], None] = lambda _: None
) -> Packed:
    """Write the context of the project at `root` to a file, as a tar archive; without one, find its
    hash alone. `tell` is given a sentence before that takes long. Raises `BuildFailed` where a file
    of it cannot be read.
    """
    try:
        names = sorted(_names(root))
        sizes = {name: _size(root / name) for name in names}
    except OSError as error:
        raise _unreadable(Path(error.filename or root), error) from error
    if (total := sum(sizes.values())) >= _LARGE:
        largest = max(names, key=lambda name: sizes[name])
        tell(
            f"the engine is given {total / 1e6:.0f} MB, which takes a while; the largest file is"
            f" {largest} ({sizes[largest] / 1e6:.0f} MB)"
        )
    hashed = _Hashed(file)
    left_out: list[str] = []
    notes: list[str] = []
    stream = cast("BinaryIO", hashed)  # a stream's archive asks for nothing but `write`
    with tarfile.open(mode="w|", fileobj=stream, format=tarfile.PAX_FORMAT) as archive:
        for name in names:
            try:
                reason = _refused(root, name)
                if reason is None:
                    notes.extend(_notes(root, name))
                    _add(archive, root / name, name)
                else:
                    left_out.append(f"{name} {reason}")
            except OSError as error:
                raise _unreadable(root / name, error) from error
    return Packed(hashed.hash.hexdigest(), tuple(left_out), tuple(notes))


def _unreadable(path: Path, error: OSError) -> BuildFailed:
    return BuildFailed(
        f"{path} cannot be read: {error.strerror or error}. It is part of what the image is made"
        " of."
    )


def _size(path: Path) -> int:
    status = path.lstat()
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _notes(root: Path, name: str) -> Iterator[str]:
    """What a person should know of a file that is let in."""
    path = root / name
    if path.is_symlink():
        if not path.exists():
            yield f"{name} is a link to nothing, in the image as well."
    elif path.is_file() and any(fnmatchcase(path.name, key) for key in _KEYS):
        yield (
            f"{name} looks like a key or a login, and is in the image for everybody who has that:"
            " a secret belongs into .env, and this file into .dockerignore."
        )


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
