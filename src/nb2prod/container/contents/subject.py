"""The image that a bill of materials is of, as a component of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nb2prod.container.contents import components, purls
from nb2prod.container.contents.audit import Audit
from nb2prod.container.contents.model import Inventory
from nb2prod.project.quoting import one_line

if TYPE_CHECKING:
    from cyclonedx.model.component import Component


@dataclass(frozen=True, slots=True)
class Subject:
    """The image that the bill is of: its name, the engine's identifier of it, the digest that a
    registry has it under (None where none does), what it runs on, and its base's name and digest.
    """

    reference: str
    identity: str
    digest: str | None
    architecture: str | None
    base: str | None
    base_digest: str | None


def of_image(subject: Subject, found: Inventory, audit: Audit | None) -> Component:
    """The image, with its base, and what is to be known of the inventory and of the audit."""
    from cyclonedx.model.component import Component, ComponentType, Pedigree
    from docker.utils import parse_repository_tag

    purl = purls.of_image(subject.reference, subject.digest, subject.architecture)
    name, tag = subject.reference, None
    if purl is not None:
        name, tag = parse_repository_tag(subject.reference.partition("@")[0])
    bases = []
    if subject.base is not None:
        base = one_line(subject.base)
        bases = [
            Component(
                type=ComponentType.CONTAINER,
                name=base,
                purl=purls.of_image(subject.base, subject.base_digest, subject.architecture),
                bom_ref=f"base:{base}",
            )
        ]
    unknown = None if found.has_dpkg else "not known: the image has no database of dpkg's"
    return Component(
        type=ComponentType.CONTAINER,
        name=one_line(name),
        version=tag,
        bom_ref=f"image:{subject.identity}",
        purl=purl,
        pedigree=Pedigree(ancestors=bases) if bases else None,
        properties=[
            *components.properties(
                {
                    "image-id": subject.identity,
                    "base-image": subject.base,
                    "system-packages": unknown,
                    "audited": audit and f"{audit.share} Python packages, by {audit.shown}",
                }
            ),
            *(
                one
                for label, texts in (
                    ("unreadable", found.problems),
                    ("audited-without-local-version", audit.shortened if audit else ()),
                    ("not-audited", audit.left_out if audit else ()),
                )
                for text in texts
                for one in components.properties({label: text})
            ),
        ],
    )
