"""Building a project's image with an engine: what is asked for is checked, the project's files go
to a builder, and what came of them is recorded.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from nb2prod.container.building import private
from nb2prod.container.building.classic import build_classic
from nb2prod.container.building.context import DOCKERFILE, Packed, pack
from nb2prod.container.building.dockerfile import PREDEFINED, Dockerfile, read_dockerfile
from nb2prod.container.building.failures import BuildFailed
from nb2prod.container.building.order import Order
from nb2prod.container.building.push import push as push_image
from nb2prod.container.building.push import require_registry, split
from nb2prod.container.building.record import Built, keep
from nb2prod.container.contents.inventory import (
    CannotLookInside,
    Layer,
    Sized,
    inventory,
    largest,
    layers,
)
from nb2prod.container.digest import image_digest
from nb2prod.container.engine import connect
from nb2prod.container.hidden import Hidden
from nb2prod.container.progress import Progress, Told
from nb2prod.container.project import NotAProject, Project, read_project
from nb2prod.errors import OptionError

if TYPE_CHECKING:
    from docker import DockerClient

_LARGEST = 10
# Arguments of our own Dockerfiles, whose values anybody may see.
_PUBLIC = frozenset({"BASE_IMAGE", "BASE_DIGEST", "UV_IMAGE", "PYTHON_VERSION", "TORCH_BACKEND"})
# A reference's tag is what its last colon is before, unless that is a registry's port.
_REFERENCE = re.compile(
    r"(?:[a-zA-Z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
    r"(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?",
    re.ASCII,
)
_OURS = "linux/amd64"


def build(
    project: Project | Path,
    *,
    tag: str | None = None,
    base: str | None = None,
    arguments: Mapping[str, str] | None = None,
    network: str | None = None,
    platform: str | None = None,
    cache: bool = True,
    pin_digest: bool = False,
    push: bool = False,
    engine: str | None = None,
    progress: Progress = lambda _: None,
) -> Built:
    """Build the image of a project, by default under the name that its specs use, and write
    `image.json` into the project.

    `arguments` are the Dockerfile's, and may hold secrets: no event, error or record repeats them.
    `progress` is given what is under way.

    Raises `NotAProject`, `OptionError` and `NoEngine` before anything is built, and
    `EngineCannotAnswer` where `pin_digest` finds none; `BuildFailed`; and `PushFailed` when the
    image is built and recorded, but not pushed.
    """
    project = project if isinstance(project, Project) else read_project(project)
    reference = _checked(tag or project.image)
    if push:
        require_registry(reference)
    dockerfile = _dockerfile(project)
    given = _arguments(dockerfile, arguments or {}, base)
    warnings = [] if platform in (None, _OURS) else [_other_platform(platform)]
    with closing(connect(engine)) as client, tempfile.TemporaryFile() as file:
        made_from = dockerfile.base(given)
        digest = _stated_digest(made_from)
        if pin_digest:
            made_from, digest, given = _pinned(dockerfile, made_from, given, engine)
        secrets = private.given(wanted := private.wanted(project.root))
        if len(secrets) < len(wanted):
            warnings.append(_WITHOUT_SECRETS)
        # From here on they are told as they come up.
        for warning in warnings:
            progress(Told(warning))
        packed = pack(project.root, cast("BinaryIO", file))
        file.seek(0)
        values = [given[name] for name in given if name not in _PUBLIC]
        hidden = Hidden([*values, *(secret.value(os.environ) for secret in secrets)])
        order = Order(project, reference, dockerfile, given, hidden, network, platform, cache)
        if secrets:
            private.build_private(order, secrets, cast("BinaryIO", file), engine, progress)
        else:
            build_classic(client, order, cast("BinaryIO", file), progress)
        built = _built(client, order, made_from, digest, packed, progress)
        built = replace(built, warnings=(*warnings, *built.warnings))
        built = _kept(built, project)
        if push:
            pushed = push_image(client, reference, progress)
            built = _kept(replace(built, digest=pushed), project)
    return built


_WITHOUT_SECRETS = (
    "The notebook takes packages from private places, and not every secret for them is here: what"
    " they have may be missing in the image, or be another's of the same name. Give an index in the"
    " variable UV_INDEX, a login for git in ~/.git-credentials or in the file that"
    " GIT_CREDENTIALS_FILE names."
)


def _checked(reference: str) -> str:
    if not _REFERENCE.fullmatch(reference):
        raise OptionError(
            f"{reference!r} is no name of an image: those are small letters, digits and ._-/ with a"
            " tag behind a colon, such as registry.example.com/team/name:1.0."
        )
    return reference


def _dockerfile(project: Project) -> Dockerfile:
    try:
        return read_dockerfile((project.root / DOCKERFILE).read_text("utf-8", "replace"))
    except OSError as error:
        raise NotAProject(
            f"{project.root} has no Dockerfile that can be read: convert the notebook again."
        ) from error


def _arguments(
    dockerfile: Dockerfile, given: Mapping[str, str], base: str | None
) -> dict[str, str]:
    """What is passed to the build. OptionError for what the Dockerfile does not know."""
    unknown = [name for name in given if name not in {*dockerfile.arguments, *PREDEFINED}]
    if unknown:
        known = ", ".join(dockerfile.arguments) or "none"
        raise OptionError(
            f"The Dockerfile has no argument {unknown[0]}; it has {known}, and those of proxies"
            " (HTTPS_PROXY, …) can always be given."
        )
    if base is None:
        return dict(given)
    if "BASE_IMAGE" in given:
        raise OptionError("--base and --build-arg BASE_IMAGE say the same; give one of them.")
    _require_base(dockerfile, "--base")
    return _with_digest(dockerfile, {**given, "BASE_IMAGE": base}, _stated_digest(base))


def _with_digest(
    dockerfile: Dockerfile, given: Mapping[str, str], digest: str | None
) -> dict[str, str]:
    """The arguments, with what the label says of the base where the Dockerfile has one."""
    known = "BASE_DIGEST" in dockerfile.arguments
    return {**given, **({"BASE_DIGEST": digest or ""} if known else {})}


def _require_base(dockerfile: Dockerfile, option: str) -> None:
    if "BASE_IMAGE" not in dockerfile.arguments:
        raise OptionError(
            f"{option} needs a Dockerfile with the argument BASE_IMAGE, which this one has no more."
        )


def _stated_digest(reference: str | None) -> str | None:
    return (reference or "").partition("@")[2] or None


def _pinned(
    dockerfile: Dockerfile, base: str | None, given: Mapping[str, str], engine: str | None
) -> tuple[str, str, dict[str, str]]:
    """The base with the digest that its registry has for it now, that digest, and the arguments
    that make the build use it.
    """
    _require_base(dockerfile, "--pin-digest")
    if base is None:
        raise OptionError("--pin-digest needs a base; the Dockerfile names none: give --base.")
    digest = image_digest(base, engine)
    pinned = base if "@" in base else f"{base}@{digest}"
    return pinned, digest, _with_digest(dockerfile, {**given, "BASE_IMAGE": pinned}, digest)


def _other_platform(platform: str | None) -> str:
    return (
        f"The versions in requirements.lock were chosen for {_OURS}: for {platform} some may have"
        " no wheel, and would be built from source, or not at all."
    )


def _built(
    client: DockerClient,
    order: Order,
    base: str | None,
    digest: str | None,
    packed: Packed,
    progress: Progress,
) -> Built:
    """What the engine says of the image."""
    from docker.errors import DockerException

    try:
        image = client.images.get(order.reference)
        found: Mapping[str, Any] = image.attrs
        history = [str(step.get("CreatedBy") or "") for step in image.history()]
        shown = [Layer(order.hidden.text(one.words), one.size) for one in layers(image)]
    except DockerException as error:
        raise BuildFailed(
            "The engine says that it built the image, and does not have it."
        ) from error
    warnings = [f"{one}; it is not in the image. The image may miss it." for one in packed.left_out]
    if order.hidden.is_in("\n".join(history)):
        warnings.append(
            "The history of the image shows the value of a build argument: whoever gets the image"
            " can read it. Secrets do not belong into build arguments."
        )
    progress(Told("looking at what is inside"))
    packages, unseen = _packages(client, str(image.id))
    reference = base.partition("@")[0] if base else None
    return Built(
        tag=order.reference,
        id=str(image.id),
        size=int(found.get("Size") or 0),
        layers=tuple(shown),
        packages=packages,
        base=reference,
        base_digest=digest or _known_digest(client, reference),
        platform="/".join(filter(None, (found["Os"], found["Architecture"], found.get("Variant")))),
        context=packed.sha256,
        build_args=tuple(sorted(order.arguments)),
        warnings=(*warnings, *unseen),
    )


def _packages(client: DockerClient, image: str) -> tuple[tuple[Sized, ...], tuple[str, ...]]:
    """The largest packages, and why they are not known, where they are not."""
    try:
        return largest(inventory(client, image), _LARGEST), ()
    except CannotLookInside as error:
        return (), (f"The packages in it are not known. {error}",)


def _known_digest(client: DockerClient, reference: str | None) -> str | None:
    """What the engine's own image of that name was pulled as, if it was."""
    from docker.errors import DockerException

    if reference is None or reference == "scratch":
        return None
    try:
        digests = client.images.get(reference).attrs.get("RepoDigests") or ()
    except DockerException:
        return None
    found = {one.partition("@")[2] for one in digests if one.startswith(f"{split(reference)[0]}@")}
    return found.pop() if len(found) == 1 else None


def _kept(built: Built, project: Project) -> Built:
    """The image with its record in the project, or the warning that this is not there."""
    try:
        keep(built, project)
    except OSError as error:
        said = f"image.json cannot be written: {error.strerror or error}."
        return replace(built, warnings=tuple(dict.fromkeys((*built.warnings, said))))
    return built
