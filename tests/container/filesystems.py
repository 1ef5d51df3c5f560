"""What is in an image: the tree that a container of it sees, and each layer by itself."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import docker


@dataclass(frozen=True, slots=True)
class Entry:
    """A path of a tree: its kind and mode, who owns it, and what it holds (the hash of a file's
    content, a link's target).
    """

    kind: bytes
    mode: int
    owner: tuple[int, int]
    content: str


def tree(client: docker.DockerClient, image: str, scratch: Path) -> dict[str, Entry]:
    """Every path of the image as a container would find it; nothing is run."""
    # Some images have no command; one has to be named, and is never started.
    container = client.containers.create(image, ["none"], entrypoint=["none"])
    archive = scratch / "tree.tar"
    try:
        _write(container.export(), archive)
    finally:
        container.remove(force=True)
    with tarfile.open(archive) as file:
        found = {entry.name: _entry(file, entry) for entry in file}
    archive.unlink()
    # What the engine makes for a container that is to be started.
    for name in (".dockerenv", "dev", "etc/hostname", "etc/hosts", "etc/resolv.conf"):
        found.pop(name, None)
    return {
        name: one for name, one in found.items() if not name.startswith(("dev/", "proc/", "sys/"))
    }


def _entry(file: tarfile.TarFile, entry: tarfile.TarInfo) -> Entry:
    content = entry.linkname
    if entry.isreg():
        opened = file.extractfile(entry)
        assert opened is not None
        content = hashlib.sha256(opened.read()).hexdigest()
    return Entry(entry.type, entry.mode, (entry.uid, entry.gid), content)


def differing(one: dict[str, Entry], other: dict[str, Entry]) -> list[str]:
    """The paths that are not the same in both, sorted."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


@dataclass(frozen=True, slots=True)
class Saved:
    """An image as it is sent from one engine to another: all its layers, and its description."""

    archive: Path

    @classmethod
    def of(cls, client: docker.DockerClient, image: str, scratch: Path) -> Saved:
        """The image, saved in that directory."""
        archive = scratch / "image.tar"
        _write(client.images.get(image).save(), archive)
        return cls(archive)

    def holding(self, text: bytes) -> list[str]:
        """Where the text is: paths within layers, and documents of the image; in names, too."""
        return [where for where, content in self._pieces() if text in content]

    def layers(self) -> list[str]:
        """The layers' digests, the lowest first."""
        with tarfile.open(self.archive) as file:
            (described,) = json.load(_opened(file, "manifest.json"))
            configuration = json.load(_opened(file, described["Config"]))
        return list(configuration["rootfs"]["diff_ids"])

    def _pieces(self) -> Iterator[tuple[str, bytes]]:
        with tarfile.open(self.archive) as file:
            for entry in file:
                yield entry.name, entry.name.encode()
                if not entry.isreg():
                    continue
                content = _opened(file, entry.name)
                if entry.name.endswith(".json") or not _is_archive(content):
                    yield entry.name, content.read()
                    continue
                with tarfile.open(fileobj=content) as layer:
                    for inner in layer:
                        where = f"{entry.name}:{inner.name}"
                        yield where, f"{inner.name} {inner.linkname}".encode()
                        if inner.isreg():
                            yield where, _opened(layer, inner.name, inner).read()


def _is_archive(content: IO[bytes]) -> bool:
    found = tarfile.is_tarfile(content)
    content.seek(0)
    return found


def _opened(file: tarfile.TarFile, name: str, entry: tarfile.TarInfo | None = None) -> IO[bytes]:
    opened = file.extractfile(entry or name)
    assert opened is not None, name
    return opened


def _write(pieces: Iterable[Any], path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(pieces)
