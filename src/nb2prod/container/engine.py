"""The one door to a container engine that speaks Docker's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nb2prod.errors import Nb2prodError

if TYPE_CHECKING:
    from docker import DockerClient

# For one answer; a step of a build may say nothing for longer, and has a limit of its own.
_SECONDS = 120


class NoEngine(Nb2prodError):
    """No engine can be asked; the text says why, and how to come by one."""


def connect(address: str | None = None, *, seconds: int = _SECONDS) -> DockerClient:
    """A client of the engine at that address ("unix:///run/podman/podman.sock"), by default of the
    one that `DOCKER_HOST` names, else Docker's own socket. It answers within so many seconds.

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
        raise NoEngine(_why(error, address)) from error


def _why(error: Exception, address: str | None) -> str:
    if "permission denied" in str(error).lower():
        return (
            "The Docker Engine does not let this user in: run nb2prod as root, or have root add the"
            " user to the group docker (usermod --append --groups docker NAME; log in again)."
        )
    if address is not None:
        return f"No engine answers at {address}: see whether it runs, and speaks Docker's API."
    return (
        "No Docker Engine answers: start it (systemctl start docker, or Docker Desktop), or say in"
        " DOCKER_HOST where one is. To get one, see docs.docker.com/engine/install; on Debian and"
        " Ubuntu it is apt-get install docker.io."
    )
