"""A CycloneDX bill of materials of an image: what is in it, under which licence, what requires
what, and what is known to be vulnerable. The same image gives the same bytes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nb2prod.container.contents import components
from nb2prod.container.contents.audit import Audit
from nb2prod.container.contents.model import Inventory
from nb2prod.container.contents.relations import Parts, relate
from nb2prod.container.contents.subject import Subject, of_image
from nb2prod.container.contents.vulnerabilities import of_vulnerability
from nb2prod.container.project import Project
from nb2prod.project.quoting import one_line
from nb2prod.version import __version__

if TYPE_CHECKING:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:nb2prod:sbom")


def render(subject: Subject, project: Project, found: Inventory, audit: Audit | None) -> str:
    """The bill as CycloneDX 1.6 in JSON. It has no date, and its serial number is made of the
    image and of what was found in the audit.
    """
    from cyclonedx.output.json import JsonV1Dot6

    document = json.loads(JsonV1Dot6(_bill(subject, project, found, audit)).output_as_string())
    del document["metadata"]["timestamp"]
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n"


def _bill(subject: Subject, project: Project, found: Inventory, audit: Audit | None) -> Bom:
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.tool import ToolRepository

    tool = Component(
        type=ComponentType.APPLICATION,
        name="nb2prod",
        version=__version__,
        bom_ref=f"nb2prod@{__version__}",
    )
    image = of_image(subject, found, audit)
    bom = Bom(
        metadata=BomMetaData(component=image, tools=ToolRepository(components=[tool])),
        serial_number=_serial(subject, audit),
    )
    parts = _parts(project, found)
    for component in parts.all:
        bom.components.add(component)
    relate(bom, image, parts, project, found)
    if audit is not None:
        for one in audit.found:
            bom.vulnerabilities.add(of_vulnerability(one, audit, found, parts.distributions))
    return bom


def _parts(project: Project, found: Inventory) -> Parts:
    from cyclonedx.model.component import Component, ComponentType

    taken: dict[str, int] = {}
    return Parts(
        Component(
            type=ComponentType.APPLICATION,
            name=project.package,
            bom_ref=f"program:{project.package}",
            properties=components.properties(
                {"project": project.name, "notebook": _notebook(project)}
            ),
        ),
        components.of_release(found.release),
        components.of_python(found),
        [_distinct(components.of_distribution(one), taken) for one in found.distributions],
        [
            _distinct(components.of_system_package(one, found.release), taken)
            for one in found.packages
        ],
        [
            _distinct(one, taken)
            for repository in found.repositories
            for one in components.of_repository(repository)
        ],
    )


def _distinct(component: Component, taken: dict[str, int]) -> Component:
    """The component, under a reference of its own where another has the same."""
    reference = str(component.bom_ref)
    taken[reference] = taken.get(reference, 0) + 1
    if taken[reference] > 1:
        component.bom_ref.value = f"{reference} ({taken[reference]})"
    return component


def _serial(subject: Subject, audit: Audit | None) -> uuid.UUID:
    """One for each content that the bill of an image can have."""
    if audit is None:
        return uuid.uuid5(_NAMESPACE, subject.identity)
    return uuid.uuid5(_NAMESPACE, f"{subject.identity} {audit.shown} {audit.found}")


def _notebook(project: Project) -> str:
    notebook: Mapping[str, object] = project.manifest.get("notebook", {})
    return one_line(f"{notebook.get('name')} (SHA-256 {notebook.get('sha256')})")
