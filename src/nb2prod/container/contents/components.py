"""What is inside an image as components of a CycloneDX bill of materials.

All text is the image's: it is put on one line, without control characters, and where it is no
address or no package's name it is not used as one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nb2prod.container.contents import licences, purls
from nb2prod.container.contents.model import Distribution, Inventory, Repository, SystemPackage
from nb2prod.project.quoting import one_line

if TYPE_CHECKING:
    from cyclonedx.model import ExternalReference, HashType, Property
    from cyclonedx.model.component import Component


def of_distribution(found: Distribution) -> Component:
    """A Python distribution."""
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence

    name = one_line(found.name) or "unnamed"
    version = one_line(found.version)
    purl = purls.of_distribution(found)
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=version or None,
        description=one_line(found.summary) or None,
        bom_ref=str(purl) if purl is not None else f"python:{name}@{version}",
        purl=purl,
        licenses=licences.of_distribution(found),
        hashes=_hashes(found),
        external_references=_references(found),
        evidence=ComponentEvidence(occurrences=[Occurrence(location=one_line(found.place))]),
        properties=properties({"installer": found.installer, "installed-size": found.size}),
    )


def of_system_package(found: SystemPackage, release: Mapping[str, str]) -> Component:
    """A package of dpkg's."""
    from cyclonedx.model.component import Component, ComponentType

    name = one_line(found.name) or "unnamed"
    purl = purls.of_system_package(found, release)
    label = f"{name}@{one_line(found.version)}:{one_line(found.architecture)}"
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=one_line(found.version) or None,
        bom_ref=str(purl) if purl is not None else f"system:{label}",
        purl=purl,
        licenses=licences.of_system_package(found),
        external_references=_website(found.homepage),
        properties=properties({"source-package": found.source, "installed-size": found.size}),
    )


def of_python(found: Inventory) -> Component:
    """The interpreter. One that is not the distribution's own has a CPE, by which the National
    Vulnerability Database knows it; the distribution's is patched, and known by its package.
    """
    from cyclonedx.model.component import Component, ComponentType
    from packageurl import PackageURL

    version = one_line(found.python.version)
    implementation = one_line(found.python.markers.get("implementation_name", "")) or "python"
    name = one_line(found.python.markers.get("platform_python_implementation", "")) or "Python"
    purl = PackageURL("generic", None, implementation, version)
    is_plain = implementation == "cpython" and re.fullmatch(r"\d+\.\d+\.\d+", version)
    has_cpe = is_plain and found.python.base != "/usr"
    return Component(
        type=ComponentType.PLATFORM,
        name=name,
        version=version,
        bom_ref=str(purl),
        purl=purl,
        licenses=licences.of_python(implementation),
        cpe=f"cpe:2.3:a:python:python:{version}:*:*:*:*:*:*:*" if has_cpe else None,
        properties=properties({"prefix": found.python.base}),
    )


def of_repository(found: Repository) -> list[Component]:
    """A copy of a repository: one component for each commit that it has. Its licence is among its
    objects, which nobody looked at.
    """
    from cyclonedx.model import ExternalReference, ExternalReferenceType, XsUri
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence

    address = purls.public_url(found.url)
    last = (address or found.place).rstrip("/").rpartition("/")[2]
    name = one_line(last.removesuffix(".git")) or "unnamed"
    references = []
    if address is not None:
        references = [ExternalReference(type=ExternalReferenceType.VCS, url=XsUri(address))]
    components = []
    for commit in map(one_line, found.commits or ("",)):
        purl = purls.of_commit(found.url, commit)
        components.append(
            Component(
                type=ComponentType.LIBRARY,
                name=name,
                version=commit or None,
                bom_ref=str(purl) if purl is not None else f"repository:{name}@{commit}",
                purl=purl,
                external_references=references,
                evidence=ComponentEvidence(
                    occurrences=[Occurrence(location=one_line(found.place))]
                ),
            )
        )
    return components


def of_release(release: Mapping[str, str]) -> Component:
    """The operating system, as os-release calls it."""
    from cyclonedx.model.component import Component, ComponentType

    name = one_line(release.get("ID", "")) or "linux"
    version = one_line(release.get("VERSION_ID", ""))
    return Component(
        type=ComponentType.OPERATING_SYSTEM,
        name=name,
        version=version or None,
        description=one_line(release.get("PRETTY_NAME", "")) or None,
        bom_ref=f"system:{name}@{version}",
    )


def properties(values: Mapping[str, object]) -> list[Property]:
    """Properties under nb2prod's name; what is empty is left out."""
    from cyclonedx.model import Property

    return [
        Property(name=f"nb2prod:{name}", value=one_line(str(value)))
        for name, value in values.items()
        if value not in (None, "")
    ]


def _hashes(found: Distribution) -> list[HashType]:
    """Of the archive that it was installed from, where the installer recorded one (PEP 610); the
    lock has several for each version and does not tell which of them was taken.
    """
    from cyclonedx.model import HashAlgorithm, HashType

    if found.origin is None or not re.fullmatch(r"[0-9a-f]{64}", found.origin.sha256):
        return []
    return [HashType(alg=HashAlgorithm.SHA_256, content=found.origin.sha256)]


def _references(found: Distribution) -> list[ExternalReference]:
    from cyclonedx.model import ExternalReference, ExternalReferenceType, XsUri

    references = _website(found.homepage)
    kinds = {
        "homepage": ExternalReferenceType.WEBSITE,
        "documentation": ExternalReferenceType.DOCUMENTATION,
        "repository": ExternalReferenceType.SCM,
        "source": ExternalReferenceType.SCM,
        "source code": ExternalReferenceType.SCM,
        "issues": ExternalReferenceType.ISSUE_TRACKER,
        "tracker": ExternalReferenceType.ISSUE_TRACKER,
        "bug tracker": ExternalReferenceType.ISSUE_TRACKER,
    }
    for one in found.urls:
        label, _, url = one.partition(",")
        kind, address = kinds.get(label.strip().lower()), purls.public_url(url.strip())
        if kind is not None and address is not None:
            references.append(ExternalReference(type=kind, url=XsUri(address)))
    return references


def _website(homepage: str) -> list[ExternalReference]:
    from cyclonedx.model import ExternalReference, ExternalReferenceType, XsUri

    address = purls.public_url(homepage)
    if address is None:
        return []
    return [ExternalReference(type=ExternalReferenceType.WEBSITE, url=XsUri(address))]
