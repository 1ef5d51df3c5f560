"""What a build is asked for, as far as it can be checked before. OptionError says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from nb2prod.container.building.dockerfile import PREDEFINED, Dockerfile
from nb2prod.container.digest import image_digest
from nb2prod.container.engine import engine_errors
from nb2prod.errors import OptionError

if TYPE_CHECKING:
    from docker import DockerClient

# A reference's tag is what its last colon is before, unless that is a registry's port.
_REFERENCE = re.compile(
    r"(?:[a-zA-Z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
    r"(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?",
    re.ASCII,
)
_OURS = "linux/amd64"
_PLATFORM = re.compile(r"linux/[a-z0-9_]+(?:/[a-z0-9.]+)?")
# What engines know as networks without having them.
_NETWORKS = re.compile(r"default|bridge|host|none|container:.+")


def reference_named(reference: str) -> str:
    """The name of an image, which can be one."""
    if not _REFERENCE.fullmatch(reference):
        raise OptionError(
            f"{reference!r} is no name of an image: those are small letters, digits and ._-/ with a"
            " tag behind a colon, such as registry.example.com/team/name:1.0."
        )
    return reference


def arguments_of(
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
    if base is not None:
        if "BASE_IMAGE" in given:
            raise OptionError("--base and --build-arg BASE_IMAGE say the same; give one of them.")
        _require_base(dockerfile, "--base")
        given = {**given, "BASE_IMAGE": base}
    # The label is of the base that is taken, unless its digest is given, too.
    if "BASE_IMAGE" not in given or "BASE_DIGEST" in given:
        return dict(given)
    return _with_digest(dockerfile, given, stated_digest(given["BASE_IMAGE"]))


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


def stated_digest(reference: str | None) -> str | None:
    """The digest that a reference says itself, if it does."""
    return (reference or "").partition("@")[2] or None


def pinned(
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


def platform_notes(platform: str | None) -> list[str]:
    """What to know of another platform. OptionError for what is none."""
    if platform in (None, _OURS):
        return []
    if not _PLATFORM.fullmatch(platform):
        raise OptionError(
            f"--platform takes linux/ARCH, such as {_OURS} or linux/arm64, and not {platform!r}."
        )
    return [
        (
            f"The versions in requirements.lock were chosen for {_OURS}: for {platform} some may"
            " have no wheel, and would be built from source, or not at all."
        )
    ]


def require_network(client: DockerClient, network: str | None) -> None:
    """Raises `OptionError` for a network that the engine does not have."""
    if network is None or _NETWORKS.fullmatch(network):
        return
    from docker.errors import NotFound

    # What else the engine says of it, it says when it builds.
    with suppress(*engine_errors()):
        try:
            client.api.inspect_network(network)
        except NotFound as error:
            raise OptionError(
                f"The engine has no network {network}: docker network ls shows those that it has;"
                " host and none are always there."
            ) from error
