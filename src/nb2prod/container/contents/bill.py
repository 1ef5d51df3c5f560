"""A CycloneDX bill of materials of an image: what is in it, under which licence, what requires
what, and what is known to be vulnerable. The same image gives the same bytes.
"""

from __future__ import annotations

import json
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nb2prod.container.contents import components, graph, purls
from nb2prod.container.contents.audit import Audit, Vulnerability, public_version
from nb2prod.container.contents.model import Inventory
from nb2prod.container.project import Project
from nb2prod.project.quoting import one_line
from nb2prod.version import __version__

if TYPE_CHECKING:
    from cyclonedx.model import vulnerability as cyclonedx
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:nb2prod:sbom")
_OWN = "/opt/venv"


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
    image = _image(subject, found, audit)
    bom = Bom(
        metadata=BomMetaData(component=image, tools=ToolRepository(components=[tool])),
        serial_number=_serial(subject, audit),
    )
    parts = _parts(project, found)
    for component in parts.all:
        bom.components.add(component)
    _relate(bom, image, parts, project, found)
    if audit is not None:
        for one in audit.found:
            bom.vulnerabilities.add(_vulnerability(one, audit, found, parts.distributions))
    return bom


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is inside the image; distributions and packages as the inventory has them."""

    program: Component
    release: Component
    python: Component
    distributions: Sequence[Component]
    packages: Sequence[Component]

    @property
    def all(self) -> tuple[Component, ...]:
        return (self.program, self.release, self.python, *self.distributions, *self.packages)


def _parts(project: Project, found: Inventory) -> _Parts:
    from cyclonedx.model.component import Component, ComponentType

    taken: dict[str, int] = {}
    return _Parts(
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
    )


def _relate(bom: Bom, image: Component, parts: _Parts, project: Project, found: Inventory) -> None:
    """Say what depends on what; whatever nothing asks for is there for what it was installed with:
    the program, its Python, the system.
    """
    direct = _requirements(project)
    required = graph.python_edges(found.distributions, found.python.markers, direct)
    own = _of_program(found, required, direct)
    others = graph.entries(required, own)
    of_program = [*own, *(index for index in others if _is_own(found, index))]
    of_python = [index for index in others if not _is_own(found, index)]
    interpreters = {f"python{found.python.markers.get('python_version', '')}", "python3"}
    from_system = [
        index
        for index, one in enumerate(found.packages)
        if one.name in interpreters and found.python.base == "/usr"
    ]
    system = graph.system_edges(found.packages)
    distributions, packages = parts.distributions, parts.packages

    bom.register_dependency(image, [parts.program, parts.release])
    bom.register_dependency(
        parts.program,
        [
            parts.python,
            *(distributions[index] for index in of_program),
            *(packages[index] for index in _declared(project, found)),
        ],
    )
    bom.register_dependency(
        parts.python,
        [
            *(distributions[index] for index in of_python),
            *(packages[index] for index in from_system),
        ],
    )
    bom.register_dependency(parts.release, [packages[index] for index in graph.entries(system)])
    for edges, nodes in ((required, distributions), (system, packages)):
        for index, targets in edges.items():
            bom.register_dependency(nodes[index], [nodes[one] for one in targets])


def _image(subject: Subject, found: Inventory, audit: Audit | None) -> Component:
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
                    "audited": audit and f"{audit.asked} Python packages, by {audit.shown}",
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


def _vulnerability(
    one: Vulnerability, audit: Audit, found: Inventory, distributions: Sequence[Component]
) -> cyclonedx.Vulnerability:
    from cyclonedx.model import vulnerability as cyclonedx
    from cyclonedx.model.impact_analysis import ImpactAnalysisAffectedStatus
    from packaging.utils import canonicalize_name

    affected = [
        component
        for component, installed in zip(distributions, found.distributions, strict=True)
        if canonicalize_name(installed.name) == one.package
        and public_version(installed.version) == one.asked
    ]
    source = cyclonedx.VulnerabilitySource(name=audit.shown)
    return cyclonedx.Vulnerability(
        bom_ref=f"{one.identifier} in {one.package}@{one.asked}",
        id=one.identifier,
        source=source,
        references=[
            cyclonedx.VulnerabilityReference(id=alias, source=source) for alias in one.aliases
        ],
        description=one.description or None,
        recommendation=f"Fixed in {', '.join(one.fixed)}." if one.fixed else None,
        affects=[
            cyclonedx.BomTarget(
                ref=str(component.bom_ref),
                versions=[
                    cyclonedx.BomTargetVersionRange(
                        version=component.version,
                        status=ImpactAnalysisAffectedStatus.AFFECTED,
                    ),
                    *(
                        cyclonedx.BomTargetVersionRange(
                            version=fixed,
                            status=ImpactAnalysisAffectedStatus.UNAFFECTED,
                        )
                        for fixed in one.fixed
                    ),
                ],
            )
            for component in affected
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


def _requirements(project: Project) -> list[str]:
    """What the program itself requires: as its pyproject.toml says, which has extras, else the
    pins of its manifest.
    """
    try:
        document = tomllib.loads((project.root / "pyproject.toml").read_text("utf-8"))
        stated = document["project"]["dependencies"]
        if isinstance(stated, list):
            return [one for one in stated if isinstance(one, str)]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return [pin["name"] for pin in project.manifest.get("pins", [])]


def _of_program(found: Inventory, edges: graph.Edges, direct: Sequence[str]) -> list[int]:
    """The distributions that the program itself requires."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    names = set()
    for text in direct:
        try:
            names.add(canonicalize_name(Requirement(text).name))
        except InvalidRequirement:
            continue
    return [
        index
        for index in edges
        if _is_own(found, index) and canonicalize_name(found.distributions[index].name) in names
    ]


def _is_own(found: Inventory, index: int) -> bool:
    """Whether it is in the program's environment, and not in the Python beside it."""
    return found.distributions[index].place.startswith(f"{_OWN}/")


def _declared(project: Project, found: Inventory) -> list[int]:
    """The system's packages that the project installs for the program."""
    names = {one["name"].partition(":")[0] for one in project.manifest.get("system_packages", [])}
    return [index for index, one in enumerate(found.packages) if one.name in names]


def _notebook(project: Project) -> str:
    notebook: Mapping[str, object] = project.manifest.get("notebook", {})
    return one_line(f"{notebook.get('name')} (SHA-256 {notebook.get('sha256')})")
