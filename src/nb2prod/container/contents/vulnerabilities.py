"""Known vulnerabilities as a CycloneDX bill of materials has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nb2prod.container.contents.audit import Audit, Vulnerability, public_version
from nb2prod.container.contents.model import Inventory

if TYPE_CHECKING:
    from cyclonedx.model import vulnerability as cyclonedx
    from cyclonedx.model.component import Component


def of_vulnerability(
    one: Vulnerability, audit: Audit, found: Inventory, distributions: Sequence[Component]
) -> cyclonedx.Vulnerability:
    """One vulnerability, with the components that have it. `distributions` are those of the
    inventory, in its order.
    """
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
