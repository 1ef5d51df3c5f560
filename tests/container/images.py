"""Building a project as its README says, and running the image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Self

import docker
from docker.errors import APIError, ImageNotFound
from docker.models.containers import Container
from docker.models.images import Image

from nb2prod.migration import Migration
from tests.container.standin import Standins


class BuildFailed(Exception):
    """The engine could not build the image; the text is what it printed."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: its exit code, what it printed, what it said on standard error."""

    status: int
    printed: str
    messages: str


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds the images of projects and runs them; takes all of them away when the block ends."""

    client: docker.DockerClient
    standins: Standins
    _built: list[str] = field(default_factory=list)

    def build(
        self,
        project: Path,
        migration: Migration,
        arguments: Mapping[str, str] | None = None,
        wheels: Sequence[Path] = (),
    ) -> Image:
        """The image of the project, under the name that its specs use; `wheels` are put where the
        build finds them.

        Raises `BuildFailed`, and `NoStandin` where the base image is not to be had.
        """
        environment = migration.environment
        self.standins.base(environment.base_image.reference, environment.python.minor, wheels)
        given = {"UV_IMAGE": self.standins.uv(), **(arguments or {})}
        log = ""
        for line in self.client.api.build(
            path=str(project),
            tag=migration.image,
            buildargs=given,
            rm=True,
            forcerm=True,
            decode=True,
        ):
            log += line.get("stream", "")
            if "aux" in line:
                self._built.append(line["aux"]["ID"])
            if "error" in line:
                raise BuildFailed(f"{log}{line['error']}")
        return self.client.images.get(migration.image)

    def run(
        self,
        image: Image,
        *command: str,
        data: Path | None = None,
        environment: Mapping[str, str] | None = None,
        entrypoint: Sequence[str] | None = None,
        user: str | None = None,
        network: str = "none",
    ) -> Ran:
        """Run a container to its end with `data` mounted at /data, and remove it."""
        volumes = {str(data): {"bind": "/data", "mode": "rw"}} if data else {}
        container: Container = self.client.containers.run(
            image,
            list(command),
            detach=True,
            entrypoint=list(entrypoint) if entrypoint else None,
            environment=dict(environment or {}),
            network_mode=network,
            user=user,
            volumes=volumes,
        )
        try:
            status = container.wait(timeout=600)["StatusCode"]
            printed, messages = (
                container.logs(stdout=wanted, stderr=not wanted).decode()
                for wanted in (True, False)
            )
        finally:
            container.remove(force=True)
        return Ran(status, printed, messages)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        left = list(reversed(self._built))
        before = len(left) + 1
        # What the commands under test built from the same layers, and gave no name, may hold some:
        # as after any build of several stages, these stay with an engine that was there before.
        while 0 < len(left) < before:
            before = len(left)
            left = [identity for identity in left if not self._removed(identity)]

    def _removed(self, identity: str) -> bool:
        """Whether the image is gone; one that another was made from has to wait for that."""
        try:
            self.client.images.remove(identity, force=True)
        except ImageNotFound:  # a stage goes with the image that was made from it
            return True
        except APIError as error:
            if error.status_code != HTTPStatus.CONFLICT:
                raise
            return False
        return True
