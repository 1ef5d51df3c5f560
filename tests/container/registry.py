"""A registry on this machine's loopback to test with: Debian's docker-registry."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import yaml

_PATIENCE = 30  # seconds for a fresh registry to answer
_DIRECT = build_opener(ProxyHandler({}))

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"


class NoRegistry(Exception):
    """No registry can be started here; the text says why."""


@dataclass(frozen=True, slots=True)
class Registry:
    """A running registry: its address ("127.0.0.1:5000") and its process."""

    address: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it; the address answers no more."""
        self.process.terminate()
        self.process.wait(timeout=60)

    def digest(self, name: str, tag: str, kind: str = MANIFEST) -> str:
        """What the registry itself says in `Docker-Content-Digest`."""
        request = Request(self._manifest(name, tag), headers={"Accept": kind}, method="HEAD")
        with _DIRECT.open(request) as answer:
            return str(answer.headers["Docker-Content-Digest"])

    def put_index(self, name: str, tag: str, manifests: Mapping[str, str]) -> str:
        """Put an image index under a tag: digests of manifests by architecture; gives its own."""
        content = {
            "schemaVersion": 2,
            "mediaType": INDEX,
            "manifests": [
                {
                    "mediaType": MANIFEST,
                    "digest": digest,
                    "size": self._size(name, digest),
                    "platform": {"architecture": architecture, "os": "linux"},
                }
                for architecture, digest in manifests.items()
            ],
        }
        request = Request(
            self._manifest(name, tag),
            data=json.dumps(content).encode(),
            headers={"Content-Type": INDEX},
            method="PUT",
        )
        with _DIRECT.open(request) as answer:
            return str(answer.headers["Docker-Content-Digest"])

    def _size(self, name: str, digest: str) -> int:
        request = Request(self._manifest(name, digest), headers={"Accept": MANIFEST})
        with _DIRECT.open(request) as answer:
            return len(answer.read())

    def _manifest(self, name: str, tag: str) -> str:
        return f"http://{self.address}/v2/{name}/manifests/{tag}"


@contextmanager
def running_registry(directory: Path, *, login: bool = False) -> Iterator[Registry]:
    """An empty registry that keeps its images in the directory, for the block; with `login` it
    answers nobody who is not known, and knows nobody.

    Raises `NoRegistry`.
    """
    program = shutil.which("docker-registry")
    if program is None:
        raise NoRegistry("docker-registry is not installed (apt-get install docker-registry)")
    directory.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    configuration = {
        "version": "0.1",
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(directory / "images")}},
        "http": {"addr": address},
    }
    if login:
        (directory / "users").touch()
        configuration["auth"] = {"htpasswd": {"realm": "tests", "path": str(directory / "users")}}
    path, log = directory / "registry.yml", directory / "registry.log"
    path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "serve", str(path)], stdout=output, stderr=subprocess.STDOUT
        )
    registry = Registry(address, process)
    try:
        deadline = time.monotonic() + _PATIENCE
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(encoding="utf-8", errors="replace").splitlines()
                raise NoRegistry(f"docker-registry does not start: {said[-1] if said else ''}")
            time.sleep(0.1)
        yield registry
    finally:
        registry.stop()


def _answers(address: str) -> bool:
    try:
        with _DIRECT.open(f"http://{address}/"):
            return True
    except URLError:
        return False
