"""The archives of source distributions, walked in memory and never unpacked.

For `tools/source_metadata.py`. An archive comes from anyone: its paths are only compared, its links
are passed over, and how much it may unpack to is bounded, in one member as in all.
"""

from __future__ import annotations

import gzip
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Self

MOST_UNPACKED = 1 << 30
MOST_MEMBERS = 100_000
LARGEST_TEXT = 4 << 20
_LARGEST_HEADER = 1 << 20
_EXTENDED = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
# What `source_metadata` reads, below the archive's one folder.
_WANTED = re.compile(
    r"PKG-INFO|setup\.py|setup\.cfg|pyproject\.toml|([^/]+/)?[^/]+\.egg-info/requires\.txt"
)


class Unreadable(Exception):
    """The archive is damaged, of another kind, or larger than any honest one; the message says."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The paths of an archive's files without its one folder, and the texts that say what it is."""

    paths: tuple[str, ...]
    texts: dict[str, str] = field(default_factory=dict)

    def text(self, path: str) -> str:
        """The text of a file, "" where the archive has none of this path."""
        return self.texts.get(path, "")

    def folders(self, suffix: str) -> set[str]:
        """The folders whose names end with the suffix."""
        found = set()
        for path in self.paths:
            parts = path.split("/")[:-1]
            for depth, part in enumerate(parts):
                if part.endswith(suffix):
                    found.add("/".join(parts[: depth + 1]))
        return found


def read_archive(path: Path) -> Archive:
    """Walk the `.tar.gz` or `.zip` at `path`. Raises `Unreadable`."""
    reader = _zip_members if path.name.endswith(".zip") else _tar_members
    paths: list[str] = []
    texts: dict[str, str] = {}
    try:
        for inner, text in reader(path):
            paths.append(inner)
            if text is not None:
                texts[inner] = text.decode("utf-8", "replace")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise Unreadable(f"damaged: {error}") from error
    except (tarfile.TarError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Unreadable(f"damaged: {error}") from error
    return Archive(tuple(sorted(paths)), texts)


class _Bounded(gzip.GzipFile):
    """A stream that ends with an error where it unpacks to more than it may."""

    _unpacked = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self._unpacked += len(data)
        if self._unpacked > MOST_UNPACKED:
            raise Unreadable(f"unpacks to more than {MOST_UNPACKED} bytes")
        return data


class _Header(tarfile.TarInfo):
    """Refuses the headers of unbounded length that tarfile would read whole, before it does."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        if header.type in _EXTENDED and header.size > _LARGEST_HEADER:
            raise Unreadable(f"has a header of {header.size} bytes")
        return header


def _tar_members(path: Path) -> Iterator[tuple[str, bytes | None]]:
    with (
        _Bounded(path) as stream,
        tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive,
    ):
        for number, member in enumerate(archive):
            _count(number)
            inner = _inner(member.name) if member.isreg() else None
            if inner is None:
                continue
            if not _WANTED.fullmatch(inner):
                yield inner, None
            elif (content := archive.extractfile(member)) is not None:
                yield inner, _text(content, inner)


def _zip_members(path: Path) -> Iterator[tuple[str, bytes | None]]:
    with zipfile.ZipFile(path) as archive:
        for number, member in enumerate(archive.infolist()):
            _count(number)
            inner = None if member.is_dir() else _inner(member.filename)
            if inner is None:
                continue
            if not _WANTED.fullmatch(inner):
                yield inner, None
                continue
            with archive.open(member) as content:
                yield inner, _text(content, inner)


def _count(number: int) -> None:
    if number >= MOST_MEMBERS:
        raise Unreadable(f"has more than {MOST_MEMBERS} members")


def _inner(name: str) -> str | None:
    """The path below the archive's one folder; None for one that leads out of it."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if len(parts) < 2 or parts[0] == "/" or ".." in parts:
        return None
    return "/".join(parts[1:])


def _text(content: IO[bytes], inner: str) -> bytes:
    data = content.read(LARGEST_TEXT + 1)
    if len(data) > LARGEST_TEXT:
        raise Unreadable(f"{inner} is larger than {LARGEST_TEXT} bytes")
    return data
