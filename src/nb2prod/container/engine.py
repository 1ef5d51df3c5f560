"""The one door to a container engine that speaks Docker's API."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from nb2prod.errors import Nb2prodError

if TYPE_CHECKING:
    from docker import DockerClient

# For one answer; a step of a build may say nothing for longer, and has a limit of its own.
_SECONDS = 120
_PASSWORD = re.compile(r"(//[^/:@]*:).*@")


class NoEngine(Nb2prodError):
    """No engine can be asked; the text says why, and how to come by one. `unnamed` says so without
    an address of this machine's, for what is written into a project.
    """

    def __init__(self, text: str, unnamed: str | None = None) -> None:
        super().__init__(text)
        self.unnamed = unnamed or text


def connect(address: str | None = None, *, seconds: int = _SECONDS) -> DockerClient:
    """A client of the engine at that address ("unix:///run/podman/podman.sock"), by default of the
    one that `DOCKER_HOST` names, else of what Docker's own configuration does. It answers within so
    many seconds.

    Raises `NoEngine`. Whoever calls it closes the client.
    """
    try:
        from docker import DockerClient
    except ImportError as error:
        raise NoEngine(
            "Engines are spoken to with the Docker SDK for Python, which is not installed: install"
            " nb2prod[docker]."
        ) from error
    try:
        if address is not None:
            return DockerClient(base_url=address, version="auto", timeout=seconds)
        return DockerClient.from_env(version="auto", timeout=seconds)
    except Exception as error:
        # The SDK lets through whatever its ways to an engine raise (requests, urllib3, paramiko),
        # and what Docker's own configuration is wrong in.
        raise _no_engine(error, address) from error


def engine_errors() -> tuple[type[Exception], ...]:
    """What the SDK lets through where an engine refuses, goes away, answers nonsense or does not
    answer in time: its own errors, and those of its way there. For `except engine_errors():`.
    """
    from docker.errors import DockerException, StreamParseError
    from requests.exceptions import RequestException
    from urllib3.exceptions import HTTPError

    return DockerException, StreamParseError, RequestException, HTTPError


_DENIED = (
    "The Docker Engine does not let this user in: run nb2prod as root, or have root add the user to"
    " the group docker (usermod --append --groups docker NAME; log in again)."
)
_NONE = (
    "No Docker Engine answers: start it (systemctl start docker, or Docker Desktop), or say in"
    " DOCKER_HOST where one is. To get one, see docs.docker.com/engine/install; on Debian and"
    " Ubuntu it is apt-get install docker.io."
)


def _no_engine(error: Exception, address: str | None) -> NoEngine:
    if "permission denied" in str(error).lower():
        return NoEngine(_DENIED)
    named = address or os.environ.get("DOCKER_HOST")
    if not named:
        return NoEngine(_NONE)
    shown = _PASSWORD.sub(r"\1****@", named)
    if address is not None:
        return NoEngine(
            f"No engine answers at {shown}: see whether it runs, and speaks Docker's API."
        )
    return NoEngine(
        f"No engine answers at {shown}, which the variable DOCKER_HOST names: see whether it runs,"
        " name another, or unset the variable for the one that Docker's configuration names.",
        _NONE,
    )
