"""What engines, their registries and the Dockerfile itself end a build with."""

from __future__ import annotations

import re

from nb2prod.container.building.failure import Failure, edited, rule, shortened
from nb2prod.container.project import Project

_NETWORK = (
    r"dial tcp|i/o timeout|no such host|TLS handshake timeout|connection refused|server misbehaving"
    r"|Client\.Timeout exceeded|context deadline exceeded|network is unreachable"
)


def _no_space(_: re.Match[str], __: Failure, ___: Project) -> str:
    return (
        "The engine has no space left on its disk. docker system df shows what takes it; docker"
        " system prune gives free what nothing uses, and asks before. A smaller base (--cpu, where"
        " no GPU is needed) takes less."
    )


def _image(failure: Failure) -> tuple[str, str]:
    """What the build is made from, and how to name another."""
    source, name = failure.instruction or "", failure.image
    if "UV_IMAGE" in source:
        return f"the image of uv, {name}", "name another with --build-arg UV_IMAGE=…"
    if "BASE_IMAGE" in source:
        return f"the base image, {name}", "name another with --base"
    return f"the image {name}", "name another in the Dockerfile"


def _image_unknown(_: re.Match[str], failure: Failure, __: Project) -> str:
    what, other = _image(failure)
    return (
        f"The registry does not have {what}, or shows it to nobody who is not logged in: see"
        f" whether its tag still exists, log in with docker login, or {other}."
    )


def _image_refused(_: re.Match[str], failure: Failure, __: Project) -> str:
    what, other = _image(failure)
    return f"The registry does not give {what}: log in with docker login, or {other}."


def _image_limited(_: re.Match[str], failure: Failure, __: Project) -> str:
    what, _other = _image(failure)
    return (
        f"The registry gives no more images for now, so not {what}: log in with docker login, which"
        " raises the limit, or try again later."
    )


def _image_unreached(_: re.Match[str], failure: Failure, __: Project) -> str:
    what, other = _image(failure)
    return (
        f"The engine does not reach the registry of {what}: see whether it has a network (a proxy"
        f" is the engine's own to know: docs.docker.com/engine/daemon/proxy), or {other} that it"
        " has already."
    )


def _image_platform(found: re.Match[str], failure: Failure, __: Project) -> str:
    what, _other = _image(failure)
    platform = found[1] or found[2]
    return (
        f"There is {what}, for other platforms, but not for {platform}: leave --platform out, or"
        " name another image."
    )


def _not_parsed(found: re.Match[str], _: Failure, project: Project) -> str:
    return f"The engine cannot read the Dockerfile: {found[1].strip()}.{edited(project)}"


def _no_file(found: re.Match[str], failure: Failure, project: Project) -> str:
    name = found["one"] or found["two"] or "a file"
    return (
        f"{shortened(failure.instruction or 'COPY')} finds no {name.lstrip('/')}: it is not in the"
        f" project, or .dockerignore keeps it out.{edited(project)}"
    )


def _killed(_: re.Match[str], failure: Failure, __: Project) -> str:
    return (
        f"{shortened(failure.instruction or 'A command')} was ended from outside, as the"
        " kernel does where memory runs out: give the engine more (Docker Desktop: Settings,"
        " Resources), or close what else runs."
    )


def _taken_away(_: re.Match[str], failure: Failure, __: Project) -> str:
    return (
        f"The container of {shortened(failure.instruction or 'a step')} was taken away while it"
        " ran, by another who uses the engine (docker system prune, docker rm): build again."
    )


# The first that fits is told: what is most certain comes first.
ENGINE_RULES = (
    rule(r"no space left on device|disk quota exceeded", _no_space),
    rule(r"removal of container \S+ is already in progress", _taken_away, quoted=False),
    rule(
        r"no matching manifest for ([\w/]+)|specified platform: wanted ([\w/]+)",
        _image_platform,
        at="FROM",
    ),
    rule(r"toomanyrequests|rate limit", _image_limited, at="FROM"),
    rule(
        r"manifest unknown|name unknown|not found: manifest|repository does not exist"
        r"|pull access denied|: not found",
        _image_unknown,
        at="FROM",
    ),
    rule(r"unauthorized|denied|no basic auth|authentication required", _image_refused, at="FROM"),
    rule(_NETWORK, _image_unreached, at="FROM"),
    rule(r"((?:dockerfile )?parse error.*)", _not_parsed, quoted=False),
    rule(
        r"(failed to process .*|failed to parse .*|invalid from flag .*)", _not_parsed, quoted=False
    ),
    rule(
        r"(the dockerfile .*cannot be empty|file with no instructions.*|no build stage in .*)",
        _not_parsed,
        quoted=False,
    ),
    rule(
        r"file not found in build context[^:]*: stat (?P<one>[^:]+)"
        r"|failed to compute cache key: .*?\"(?P<two>[^\"]+)\".*not found",
        _no_file,
        quoted=False,
    ),
)
# A command that was killed may have said anything before.
KILLED = rule(r"non-zero code: 137|exit code: 137", _killed)
