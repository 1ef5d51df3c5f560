"""`image.json`: what a build made of a project, beside the project."""

from __future__ import annotations

import json
from dataclasses import dataclass

from nb2prod.container.contents.inventory import Layer, Sized
from nb2prod.container.project import Project
from nb2prod.project.schemas import require_valid
from nb2prod.version import __version__

RECORD = "image.json"


@dataclass(frozen=True, slots=True)
class Built:
    """A built image.

    `tag` is its name, `id` the engine's ("sha256:…"), `size` all its bytes, `layers` those that add
    something, from the base upwards, and `packages` its largest. `base` is what it was made from,
    None where the Dockerfile does not say it plainly, and `base_digest` what the registry has that
    under, where this is known. `context` is the hash of what it was built of, `build_args` are
    names alone. `digest` is the registry's of the image itself, where it was pushed.
    """

    tag: str
    id: str
    size: int
    layers: tuple[Layer, ...]
    packages: tuple[Sized, ...]
    base: str | None
    base_digest: str | None
    platform: str
    context: str
    build_args: tuple[str, ...]
    digest: str | None = None
    warnings: tuple[str, ...] = ()


def as_json(built: Built, project: Project) -> dict[str, object]:
    """The form of `image.json`: no clock, no host, no user."""
    return {
        "nb2prod": __version__,
        "notebook": {"sha256": project.manifest["notebook"]["sha256"]},
        "image": {
            "reference": built.tag,
            "id": built.id,
            "size": built.size,
            "layers": [{"created_by": one.words, "size": one.size} for one in built.layers],
        },
        "base": {"reference": built.base, "digest": built.base_digest},
        "platform": built.platform,
        "context": {"sha256": built.context},
        "build_args": list(built.build_args),
        "packages": [
            {"name": one.name, "version": one.version, "kind": one.kind, "size": one.size}
            for one in built.packages
        ],
        "pushed": None
        if built.digest is None
        else {"reference": built.tag, "digest": built.digest},
    }


def keep(built: Built, project: Project) -> None:
    """Write `image.json` into the project. Raises OSError."""
    document = as_json(built, project)
    require_valid(document, "image")
    text = json.dumps(document, indent=2, ensure_ascii=False)
    (project.root / RECORD).write_bytes(f"{text}\n".encode("utf-8", "replace"))
