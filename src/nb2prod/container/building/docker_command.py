"""Builds through `docker build`: what BuildKit alone can, and where an engine has no other builder.

The engine's API has no way to give BuildKit secrets, so this is the one program that nb2prod starts
to build. Secrets are named on its command line and never stand there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO

from nb2prod.container.building.buildkit import PlainReader
from nb2prod.container.building.order import Order, Teller
from nb2prod.container.building.private import Secret
from nb2prod.container.engine import NoEngine
from nb2prod.container.progress import Progress, clean
from nb2prod.errors import OptionError

_VERSION = re.compile(r"Docker version (\d+)\.")
_ENDING = 15  # seconds for the program to end what it began
_NETWORKS = ("default", "host", "none")
_PRIVATE = "The project takes packages from private places, which takes BuildKit, and"
_NO_CLASSIC = "The engine builds with BuildKit alone, and"
_NO_BUILDKIT = (
    " {}: install docker's buildx (on Debian and Ubuntu apt-get install docker-buildx or"
    " docker-buildx-plugin)."
)


def build_with_command(
    order: Order,
    file: str,
    secrets: Sequence[Secret],
    context: BinaryIO,
    engine: str | None,
    progress: Progress,
) -> None:
    """Build that Dockerfile of the context with these secrets, and give the image its name.

    Raises `BuildFailed`, `NoEngine` where `docker` is missing or has no BuildKit, and `OptionError`
    for a network that this does not know. The program is ended when this is interrupted, and the
    engine then ends the build.
    """
    if order.network not in (None, *_NETWORKS):
        raise OptionError(
            f"--network {order.network}: BuildKit, which this build needs, knows only"
            f" {', '.join(_NETWORKS)}."
        )
    words = [
        *_command(_PRIVATE if secrets else _NO_CLASSIC),
        *("--progress", "plain", "--file", file, "--tag", order.reference),
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
        raise told.failed(message, reader.failed, reader.missing)


def _command(why: str) -> list[str]:
    docker = shutil.which("docker")
    if docker is None:
        raise NoEngine(why + _NO_BUILDKIT.format("the program docker is not installed"))
    if _asked([docker, "buildx", "version"]) is not None:
        return [docker, "buildx", "build", "--load"]
    version = _VERSION.search(_asked([docker, "--version"]) or "")
    if version is not None and int(version[1]) >= 23:
        raise NoEngine(why + _NO_BUILDKIT.format(f"docker {version[1]} comes without it"))
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
