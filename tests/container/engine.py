"""A Docker Engine to test with: the one that answers, else one that is started and taken down."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
from docker.errors import DockerException

_PATIENCE = 60  # seconds for a fresh engine to answer
_BUILD = 1800  # seconds for one step of a build to say something


class NoEngine(Exception):
    """No engine answers and none can be started here; the text says why."""


@contextmanager
def running_engine() -> Iterator[docker.DockerClient]:
    """A client of the engine that `engine_address` gives. Raises `NoEngine`."""
    with engine_address() as address, client_of(address) as client:
        yield client


@contextmanager
def client_of(address: str) -> Iterator[docker.DockerClient]:
    """A client of the engine that answers at that address."""
    client = docker.DockerClient(address, timeout=_BUILD)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def engine_address() -> Iterator[str]:
    """The address (as in `DOCKER_HOST`) of the engine that the environment names, else of one that
    is started for the block and goes with all that it holds.

    Raises `NoEngine`.
    """
    address = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    client = _answering(address)
    if client is not None:
        client.close()
        yield address
        return
    with tempfile.TemporaryDirectory() as directory, _started(Path(directory)) as address:
        yield address


def _answering(address: str) -> docker.DockerClient | None:
    # The client does not close the socket of an engine that is not there.
    if address.startswith("unix://") and not _listens(address.removeprefix("unix://")):
        return None
    try:
        return docker.DockerClient(address, timeout=_BUILD)
    except DockerException:
        return None


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


@contextmanager
def _started(directory: Path) -> Iterator[str]:
    program = shutil.which("dockerd")
    if program is None:
        raise NoEngine("no Docker Engine answers and dockerd is not installed")
    if os.geteuid() != 0:
        raise NoEngine("no Docker Engine answers, and only root can start one")
    address = f"unix://{directory / 'docker.sock'}"
    command = [
        program,
        *("--host", address),
        *("--data-root", str(directory / "data")),
        *("--exec-root", str(directory / "exec")),
        *("--pidfile", str(directory / "docker.pid")),
    ]
    log = directory / "dockerd.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + _PATIENCE
            while (client := _answering(address)) is None:
                if process.poll() is not None or time.monotonic() > deadline:
                    said = log.read_text(encoding="utf-8", errors="replace").splitlines()
                    raise NoEngine(f"dockerd does not start: {said[-1] if said else ''}")
                time.sleep(0.5)
            client.close()
            yield address
        finally:
            process.terminate()
            process.wait(timeout=60)
            _unmount_below(directory)


def _unmount_below(directory: Path) -> None:
    """Let go of what the engine leaves mounted (its network namespace) when it ends."""
    table = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    mounted = [line.split()[4] for line in table.splitlines()]
    for place in reversed(mounted):
        if Path(place).is_relative_to(directory):
            subprocess.run(["umount", "--lazy", place], check=True)
