"""The image that a program runs in: there already, or built first; and whether it is the project's
as that is now.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nb2prod.container.building.context import pack
from nb2prod.container.building.failures import BuildFailed
from nb2prod.container.building.record import RECORD
from nb2prod.container.project import Project
from nb2prod.container.running.process import CannotRun

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True, slots=True)
class Image:
    """An image that the engine has: its id, and the home directory of its user, where it says."""

    id: str
    home: str | None


def image_to_run(
    client: DockerClient,
    project: Project,
    reference: str,
    build: Callable[[], object],
    tell: Callable[[str], None],
) -> Image:
    """The image of that name; `build` makes it where the engine does not have it.

    Raises `CannotRun`, and what `build` raises.
    """
    from docker.errors import DockerException, ImageNotFound

    try:
        try:
            found = client.images.get(reference)
        except ImageNotFound:
            tell(f"The engine has no image {reference}; it is built first.")
            build()
            found = client.images.get(reference)
        else:
            if is_changed(project, str(found.id)):
                tell(
                    f"The project was changed since {reference} was built, and the image is as it"
                    " was then: nb2prod build makes it anew."
                )
    except DockerException as error:
        raise CannotRun(f"The engine does not give the image {reference}.") from error
    variables = found.attrs["Config"].get("Env") or ()
    home = dict(line.partition("=")[::2] for line in variables).get("HOME")
    return Image(str(found.id), home)


def is_changed(project: Project, image: str) -> bool:
    """Whether the project's files differ from those that the image of that id was built of. False
    where the project has no record of that image, or cannot be read whole.
    """
    try:
        record = json.loads((project.root / RECORD).read_bytes())
        if record["image"]["id"] != image:
            return False
        changed: bool = pack(project.root).sha256 != record["context"]["sha256"]
    except (OSError, ValueError, KeyError, TypeError, BuildFailed):
        return False
    return changed
