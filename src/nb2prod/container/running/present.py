"""The image that a program runs in: there already, or built first; and whether it is the project's
as that is now.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nb2prod.container.building.context import pack
from nb2prod.container.building.failures import BuildFailed
from nb2prod.container.building.record import RECORD
from nb2prod.container.engine import engine_errors
from nb2prod.container.project import Project
from nb2prod.container.running.process import CannotRun

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.images import Image as Found

_LABEL = "nb2prod.notebook.sha256"


@dataclass(frozen=True, slots=True)
class Image:
    """An image that the engine has: its id, and the home directory of its user, where it says."""

    id: str
    home: str | None


@dataclass(frozen=True, slots=True)
class _Record:
    """What `image.json` has of the project's last build."""

    reference: str
    id: str
    context: str
    arguments: tuple[str, ...]


def image_to_run(
    client: DockerClient,
    project: Project,
    tag: str | None,
    build: Callable[[str], object],
    tell: Callable[[str], None],
) -> Image:
    """The image of that tag, by default what the project's last build called it, where the engine
    still has that, else the project's own, which `build` makes where the engine does not have it.

    Raises `CannotRun`, also where the image is of another notebook, and what `build` raises.
    """
    record = _recorded(project)
    reference = tag or _last_built(client, project, record)
    if tag is None and reference != project.image:
        tell(f"The image is {reference}, as the last build called it.")
    found = _get(client, reference)
    if found is not None:
        remark = _remark(project, record, found, reference)
        if remark is not None:
            tell(remark)
    elif tag is not None:
        raise CannotRun(
            f"The engine has no image {tag}: {_build(project, tag)} makes it,"
            f" docker pull {shlex.quote(tag)} fetches it where a registry has it."
        )
    else:
        tell(f"The engine has no image {reference}; it is built first{_without(record)}.")
        build(reference)
        found = _get(client, reference)
        if found is None:
            raise CannotRun(f"The image {reference} was built, and is gone again.")
    variables = found.attrs["Config"].get("Env") or ()
    home = dict(line.partition("=")[::2] for line in variables).get("HOME")
    return Image(str(found.id), home)


def _get(client: DockerClient, reference: str) -> Found | None:
    from docker.errors import ImageNotFound

    try:
        return client.images.get(reference)
    except ImageNotFound:
        return None
    except engine_errors() as error:
        raise CannotRun(f"The engine does not give the image {reference}.") from error


def _last_built(client: DockerClient, project: Project, record: _Record | None) -> str:
    if record is not None and record.reference != project.image:
        found = _get(client, record.reference)
        if found is not None and found.id == record.id:
            return record.reference
    return project.image


def _remark(project: Project, record: _Record | None, found: Found, reference: str) -> str | None:
    """What to tell of an image that is not the project's as that is now; None where it is.

    Raises `CannotRun` where it is not the project's at all.
    """
    build = _build(project, reference)
    if record is not None and record.id == found.id:
        if not _is_changed(project, record):
            return None
        return (
            f"The project was changed since {reference} was built, and the image is as it was then:"
            f" {build} makes it anew."
        )
    _require_notebook(project, found, reference)
    if record is None:
        return (
            f"Whether {reference} was built of this project as it is now is not known, for it has"
            f" no {RECORD}: {build} makes the image anew."
        )
    return (
        f"{reference} is not the image that {RECORD} has of this project's last build: it was built"
        f" elsewhere, or of another state, and runs as it is; {build} makes it anew."
    )


def _require_notebook(project: Project, found: Found, reference: str) -> None:
    """Raises `CannotRun` where the image does not say that it is of the project's notebook, or, by
    its name, of another state of that.
    """
    label = found.labels.get(_LABEL)
    is_named = _repository(reference) == _repository(project.image)
    if label == project.manifest["notebook"]["sha256"] or (label is not None and is_named):
        return
    said = f"its label {_LABEL} is another's" if label is not None else f"it has no label {_LABEL}"
    raise CannotRun(
        f"{reference} is no image of this project's notebook ({said}), and is not run as one: leave"
        f" --tag out, or build the project under a name of its own: {_build(project, 'NAME:TAG')}."
    )


def _repository(reference: str) -> str:
    """An image's name without its tag and its digest."""
    named = reference.partition("@")[0]
    name, _, tag = named.rpartition(":")
    return name if name and "/" not in tag else named


def _build(project: Project, reference: str) -> str:
    """The command that builds the project's image under that name."""
    tag = () if reference == project.image else ("--tag", reference)
    return shlex.join(("nb2prod", "build", str(project.root), *tag))


def _without(record: _Record | None) -> str:
    if record is None or not record.arguments:
        return ""
    return f", without the last build's arguments ({', '.join(record.arguments)})"


def _recorded(project: Project) -> _Record | None:
    """What the last build recorded; None where there was none, or that cannot be read."""
    try:
        record = json.loads((project.root / RECORD).read_bytes())
        return _Record(
            reference=str(record["image"]["reference"]),
            id=str(record["image"]["id"]),
            context=str(record["context"]["sha256"]),
            arguments=tuple(map(str, record["build_args"])),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_changed(project: Project, record: _Record) -> bool:
    """Whether the project's files differ from those that were built; False where they cannot all be
    read.
    """
    try:
        return pack(project.root).sha256 != record.context
    except BuildFailed:
        return False
