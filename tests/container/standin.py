"""Local images in place of those that a registry would give: a Debian under the base image's own
name, and uv alone.

They are the tests' business. The generated Dockerfile is built as it is, with build arguments.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import docker
import uv
from docker.errors import ImageNotFound

# The Debian whose own Python is of that minor version.
SUITES = {"3.11": "bookworm", "3.13": "trixie"}
UV_IMAGE = "nb2prod-tests/uv:local"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


class NoStandin(Exception):
    """A stand-in cannot be made here; the text says why."""


class Standins:
    """Gives an engine what it lacks, and takes it away again when the block ends."""

    def __init__(self, client: docker.DockerClient, directory: Path) -> None:
        self._client = client
        self._directory = directory
        self._archives: dict[tuple[str, tuple[Path, ...]], Path] = {}
        self._given: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for reference in self._given:
            with suppress(ImageNotFound):  # it goes with the last image that was made from it
                self._client.images.remove(reference, force=True)
        for archive in self._archives.values():
            archive.unlink()

    def base(self, reference: str, python: str, wheels: Sequence[Path] = ()) -> None:
        """See to it that the engine has an image of that name; one that it has already stays.

        `python` is the minor version that the stand-in has; uv finds `wheels` in it, beside what
        the index has. Raises `NoStandin`.
        """
        if not self._has(reference):
            # uv brings its own certificates unless it is told otherwise.
            environment = f"ENV SSL_CERT_FILE={_CERTIFICATES}"
            self._give(self._debian(python, wheels).read_bytes(), reference, environment)

    def uv(self) -> str:
        """The name of an image that holds the installed uv as `/uv` and nothing else."""
        if not self._has(UV_IMAGE):
            program = Path(uv.find_uv_bin()).read_bytes()
            content = io.BytesIO()
            with tarfile.open(fileobj=content, mode="w") as archive:
                entry = tarfile.TarInfo("uv")
                entry.size, entry.mode = len(program), 0o755
                archive.addfile(entry, io.BytesIO(program))
            self._give(content.getvalue(), UV_IMAGE)
        return UV_IMAGE

    def _has(self, reference: str) -> bool:
        try:
            self._client.images.get(reference)
        except ImageNotFound:
            return False
        return True

    def _give(self, archive: bytes, reference: str, *changes: str) -> None:
        repository, _, tag = reference.rpartition(":")
        self._client.api.import_image_from_data(
            archive, repository=repository, tag=tag, changes=list(changes)
        )
        self._given.append(reference)

    def _debian(self, python: str, wheels: Sequence[Path]) -> Path:
        """The archive of a small Debian with that Python, these wheels and this machine's
        certificates, made by debootstrap in about a minute.
        """
        key = (python, tuple(wheels))
        if key in self._archives:
            return self._archives[key]
        if shutil.which("debootstrap") is None:
            raise NoStandin("the base image is not here, and debootstrap is not installed")
        if os.geteuid() != 0:
            raise NoStandin("the base image is not here, and only root can make a stand-in")
        suite = SUITES[python]
        root = self._directory / suite
        archive = self._directory / f"{len(self._archives)}.tar"
        command = ["debootstrap", "--variant=minbase", "--include=ca-certificates,python3"]
        done = subprocess.run(
            [*command, suite, str(root)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise NoStandin(f"debootstrap fails: {(done.stdout + done.stderr).strip()[-300:]}")
        if _CERTIFICATES.is_file():
            shutil.copyfile(_CERTIFICATES, root / _CERTIFICATES.relative_to("/"))
        if wheels:
            (root / "wheels").mkdir()
            for wheel in wheels:
                shutil.copy(wheel, root / "wheels")
            (root / "etc" / "uv").mkdir()
            (root / "etc" / "uv" / "uv.toml").write_text('find-links = ["/wheels"]\n', "utf-8")
        subprocess.run(["tar", "--create", "--file", archive, "--directory", root, "."], check=True)
        shutil.rmtree(root)
        self._archives[key] = archive
        return archive
