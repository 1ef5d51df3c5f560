"""Builds with secrets: `Dockerfile.private`, which BuildKit alone can build.

The engine's API has no way to give it secrets, so this goes through `docker build`: the one program
that nb2prod starts to build. Secrets are named on its command line and never stand there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nb2prod.container.building.buildkit import PlainReader
from nb2prod.container.building.context import PRIVATE
from nb2prod.container.building.failures import BuildFailed, explained
from nb2prod.container.building.order import Order, Teller
from nb2prod.container.engine import NoEngine
from nb2prod.container.progress import Progress, clean

_SECRET = re.compile(r"--mount=type=secret,[^\s]*?id=([\w-]+)")
_VERSION = re.compile(r"Docker version (\d+)\.")
_ENDING = 15  # seconds for the program to end what it began
_NO_BUILDKIT = (
    "The project takes packages from private places, which takes BuildKit, and {}: install docker's"
    " buildx (on Debian and Ubuntu apt-get install docker-buildx or docker-buildx-plugin), or build"
    " without the secrets, and without those packages."
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of a build: its name there, and the variable or the file that holds it here."""

    name: str
    variable: str | None = None
    file: Path | None = None

    @property
    def option(self) -> str:
        """How `docker build` is told of it."""
        here = f"env={self.variable}" if self.variable is not None else f"src={self.file}"
        return f"id={self.name},{here}"

    def value(self, environment: Mapping[str, str]) -> str:
        """What must not be seen."""
        if self.variable is not None:
            return environment.get(self.variable, "")
        try:
            return self.file.read_text("utf-8", "replace") if self.file is not None else ""
        except OSError as error:
            raise BuildFailed(f"{self.file} cannot be read: {error.strerror or error}.") from error


def wanted(root: Path) -> tuple[str, ...]:
    """The names of the secrets that the project's `Dockerfile.private` takes; none without one."""
    try:
        text = (root / PRIVATE).read_text("utf-8", "replace")
    except OSError:
        return ()
    return tuple(dict.fromkeys(_SECRET.findall(text)))


def given(names: Sequence[str], environment: Mapping[str, str] = os.environ) -> tuple[Secret, ...]:
    """Those of the secrets that this machine has: `index` in the variable UV_INDEX,
    `git-credentials` in the file that GIT_CREDENTIALS_FILE names or ~/.git-credentials.
    """
    found = []
    if "index" in names and environment.get("UV_INDEX"):
        found.append(Secret("index", variable="UV_INDEX"))
    if "git-credentials" in names:
        named = environment.get("GIT_CREDENTIALS_FILE")
        file = Path(named) if named else Path("~/.git-credentials").expanduser()
        if named or file.is_file():
            found.append(Secret("git-credentials", file=file.absolute()))
    return tuple(found)


def build_private(
    order: Order,
    secrets: Sequence[Secret],
    context: BinaryIO,
    engine: str | None,
    progress: Progress,
) -> None:
    """Build `Dockerfile.private` with these secrets, and give the image its name.

    Raises `BuildFailed`, and `NoEngine` where `docker` is missing or has no BuildKit. The program
    is ended when this is interrupted, and the engine then ends the build.
    """
    words = [
        *_command(),
        *("--progress", "plain", "--file", PRIVATE, "--tag", order.reference),
        *(word for name in order.arguments for word in ("--build-arg", name)),
        *(word for secret in secrets for word in ("--secret", secret.option)),
        *(("--network", order.network) if order.network else ()),
        *(("--platform", order.platform) if order.platform else ()),
        *(() if order.cache else ("--no-cache",)),
        "-",
    ]
    # Arguments, too, are passed on by their names alone: others can read a command line.
    environment = {**os.environ, **order.arguments, "DOCKER_BUILDKIT": "1", "NO_COLOR": "1"}
    if engine is not None:
        environment["DOCKER_HOST"] = engine
    told, reader = Teller(order, progress), PlainReader()
    rest: list[str] = []
    with _running(words, environment, context) as process:
        assert process.stdout is not None
        for line in process.stdout:
            for event in reader.read(line):
                told.pass_on(event)
            if not line.startswith("#") and line.strip("- \n"):
                rest.append(clean(line))
    if process.returncode != 0:
        message = next((line for line in reversed(rest) if line.strip()), "docker build fails")
        raise explained(told.failure(message, reader.failed), order.project)


def _command() -> list[str]:
    docker = shutil.which("docker")
    if docker is None:
        raise NoEngine(_NO_BUILDKIT.format("the program docker is not installed"))
    if _asked([docker, "buildx", "version"]) is not None:
        return [docker, "buildx", "build", "--load"]
    version = _VERSION.search(_asked([docker, "--version"]) or "")
    if version is not None and int(version[1]) >= 23:
        raise NoEngine(_NO_BUILDKIT.format(f"docker {version[1]} comes without it"))
    return [docker, "build"]


def _asked(words: Sequence[str]) -> str | None:
    """What the program answers; None where it refuses."""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            words, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=30
        )
        if done.returncode == 0:
            return done.stdout
    return None


@contextmanager
def _running(
    words: Sequence[str], environment: Mapping[str, str], context: BinaryIO
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        words,
        env=dict(environment),
        stdin=context,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        bufsize=1,
    ) as process:
        try:
            yield process
            process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(_ENDING)
                except subprocess.TimeoutExpired:
                    process.kill()
