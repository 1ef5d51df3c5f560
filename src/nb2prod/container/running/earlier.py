"""What earlier runs left at the engine: containers whose `nb2prod run` was killed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docker import DockerClient

_PROJECT = "nb2prod.project"
_OWNER = "nb2prod.run"  # the process that takes the container away


def labels(project: str) -> Mapping[str, str]:
    """What this process's containers are found by."""
    return {_PROJECT: project, _OWNER: str(os.getpid())}


def still_running(client: DockerClient, project: str) -> Iterator[str]:
    """The names of the project's containers that run although the process that would take them
    away is gone. Raises what the SDK raises.
    """
    wanted: dict[str, str | list[str] | bool] = {"label": [f"{_PROJECT}={project}", _OWNER]}
    for container in client.containers.list(filters=wanted, ignore_removed=True):
        if not _is_there(container.labels[_OWNER]):
            yield str(container.name)


def _is_there(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError, OverflowError):
        return True  # another user's; or no process's number at all
    return True
