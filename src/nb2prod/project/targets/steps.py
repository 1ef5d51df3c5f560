"""Steps that several targets name alike, and how they name several things."""

from __future__ import annotations

from collections.abc import Sequence

from nb2prod.project.markdown import code
from nb2prod.project.targets.workload import Workload


def listed(names: Sequence[str]) -> str:
    """`a, b and c`; there is at least one."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def push(workload: Workload, puller: str) -> str:
    """How the image comes to where it is pulled from; `puller` is who pulls it."""
    image = code(workload.image)
    if "@" in workload.image:
        return f"See that {puller} can pull {image}: an image with its digest is there already."
    said = f"Push the image {image} to a registry that {puller} can pull from"
    if "/" in workload.image:
        return f"{said}."
    example = f"--image registry.example/you/{workload.name}:1"
    return f"{said}, under a full name: convert again with {code(example)}, or edit the files."
