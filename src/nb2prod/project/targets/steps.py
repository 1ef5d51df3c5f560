"""Steps that several targets name alike, and how they name several things."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from nb2prod.project.markdown import code
from nb2prod.project.targets.workload import Workload

EXAMPLE_REGISTRY = "registry.example/you"


def listed(names: Sequence[str]) -> str:
    """`a, b and c`; there is at least one."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def building(tag: str | None = None) -> str:
    """What builds the image and pushes it, in the project's directory; `tag` where its files do not
    call it so.
    """
    named = f" --tag {shlex.quote(tag)}" if tag else ""
    build = code(f"nb2prod build{named} --push")
    return f"{build}, or `docker build` as README's section Image has it, and `docker push`"


def push(workload: Workload, puller: str) -> str:
    """How the image comes to where it is pulled from; `puller` is who pulls it."""
    image = code(workload.image)
    if "@" in workload.image:
        return f"See that {puller} can pull {image}: an image with its digest is there already."
    if "/" in workload.image:
        return f"Build the image {image} and push it to where {puller} can pull it: {building()}."
    example = code(f"--image {EXAMPLE_REGISTRY}/{workload.name}:1")
    return (
        f"Give the image a full name, in a registry that {puller} can pull from: convert again with"
        f" {example}. Then build it and push it: {building()}."
    )
