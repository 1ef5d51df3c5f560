"""Building a project's image with an engine: what is asked for is checked, the project's files go
to a builder, and what came of them is recorded.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from nb2prod.container.building import private
from nb2prod.container.building.classic import NoClassicBuilder, build_classic
from nb2prod.container.building.context import DOCKERFILE, PRIVATE, Packed, pack
from nb2prod.container.building.docker_command import build_with_command
from nb2prod.container.building.dockerfile import Dockerfile, read_dockerfile
from nb2prod.container.building.failures import BuildFailed
from nb2prod.container.building.order import Order
from nb2prod.container.building.push import push as push_image
from nb2prod.container.building.push import require_registry, split
from nb2prod.container.building.record import Built, keep
from nb2prod.container.building.requested import (
    arguments_of,
    pinned,
    platform_notes,
    reference_named,
    require_network,
    stated_digest,
)
from nb2prod.container.contents.inventory import (
    Layer,
    Sized,
    inventory,
    largest,
    layers,
)
from nb2prod.container.engine import connect, engine_errors
from nb2prod.container.hidden import Hidden
from nb2prod.container.progress import Progress, Told
from nb2prod.container.project import NotAProject, Project, read_project
from nb2prod.errors import Nb2prodError

if TYPE_CHECKING:
    from docker import DockerClient

_LARGEST = 10
# Arguments of our own Dockerfiles, whose values anybody may see.
_PUBLIC = frozenset({"BASE_IMAGE", "BASE_DIGEST", "UV_IMAGE", "PYTHON_VERSION", "TORCH_BACKEND"})


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

    Raises `NotAProject`, `OptionError`, `NotGiven` and `NoEngine` before anything is built, and
    `EngineCannotAnswer` where `pin_digest` finds none; `BuildFailed`; and `PushFailed` when the
    image is built and recorded, but not pushed.
    """
    project = project if isinstance(project, Project) else read_project(project)
    reference = reference_named(tag or project.image)
    if push:
        require_registry(reference)
    dockerfile = _dockerfile(project)
    given = arguments_of(dockerfile, arguments or {}, base)
    warnings = platform_notes(platform)
    with closing(connect(engine)) as client, tempfile.TemporaryFile() as file:
        made_from = dockerfile.base(given)
        digest = stated_digest(made_from)
        if pin_digest:
            made_from, digest, given = pinned(dockerfile, made_from, given, engine)
        require_network(client, network)
        secrets = private.given(wanted := private.wanted(project.root))
        if secrets:
            private.require_ours(project)
            names = " and ".join(secret.told for secret in secrets)
            progress(Told(f"{PRIVATE} is built, and given the secret {names}"))
        if len(secrets) < len(wanted):
            warnings.append(_WITHOUT_SECRETS)
        # From here on they are told as they come up.
        for warning in warnings:
            progress(Told(warning))
        context = cast("BinaryIO", file)
        packed = pack(project.root, context, lambda said: progress(Told(said)))
        file.seek(0)
        values = [given[name] for name in given if name not in _PUBLIC]
        order = Order(
            project=project,
            reference=reference,
            dockerfile=dockerfile,
            arguments=given,
            hidden=Hidden(
                [*values, *(secret.value(os.environ) for secret in secrets)], dockerfile.text
            ),
            network=network,
            platform=platform,
            cache=cache,
            secrets=tuple(secret.name for secret in secrets),
        )
        if secrets:
            build_with_command(order, PRIVATE, secrets, context, engine, progress)
        else:
            try:
                build_classic(client, order, context, progress)
            except NoClassicBuilder:
                file.seek(0)
                build_with_command(order, DOCKERFILE, (), context, engine, progress)
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
    " variable UV_INDEX, logins for git in a file that the variable"
    " GIT_CREDENTIALS_FILE names."
)


def _dockerfile(project: Project) -> Dockerfile:
    try:
        return read_dockerfile((project.root / DOCKERFILE).read_text("utf-8", "replace"))
    except OSError as error:
        raise NotAProject(
            f"{project.root} has no Dockerfile that can be read: convert the notebook again."
        ) from error


def _built(
    client: DockerClient,
    order: Order,
    base: str | None,
    digest: str | None,
    packed: Packed,
    progress: Progress,
) -> Built:
    """What the engine says of the image. It is built, whatever more of it is not to be had."""
    from docker.errors import ImageNotFound

    try:
        image = client.images.get(order.reference)
    except ImageNotFound as error:
        raise BuildFailed(
            "The engine says that it built the image, and does not have it."
        ) from error
    except engine_errors() as error:
        raise BuildFailed(
            f"The engine built {order.reference}, and then said no more of it: build again, which"
            " finds every step done and writes image.json."
        ) from error
    found: Mapping[str, Any] = image.attrs
    warnings = [f"{one}; it is not in the image. The image may miss it." for one in packed.left_out]
    warnings.extend(packed.notes)
    history, shown = [], []
    try:
        history = [str(step.get("CreatedBy") or "") for step in image.history()]
        shown = [Layer(order.hidden.text(one.words), one.size) for one in layers(image)]
    except engine_errors():
        warnings.append("The layers of the image are not known: the engine does not tell of them.")
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
    except Nb2prodError as error:
        return (), (f"The packages in it are not known. {error}",)
    except engine_errors():
        return (), ("The packages in it are not known. The engine does not answer.",)


def _known_digest(client: DockerClient, reference: str | None) -> str | None:
    """What the engine's own image of that name was pulled as, if it was."""
    if reference is None or reference == "scratch":
        return None
    try:
        digests = client.images.get(reference).attrs.get("RepoDigests") or ()
    except engine_errors():
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
