"""Which version of a distribution: what the notebook pins, else what its runtime had, else the
newest that the tables saw.
"""

from __future__ import annotations

from dataclasses import dataclass

from nb2prod.analysis.requirements import Requirement
from nb2prod.data.distributions import newest_version, newest_version_date
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.model import Attention, Pin
from nb2prod.location import Evidence, Location


@dataclass(frozen=True, slots=True)
class Asked:
    """What the notebook's install lines ask for of one distribution."""

    requirement: Requirement
    upgrade: bool
    location: Location
    text: str
    earlier: tuple[Evidence, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """The install line as evidence."""
        return Evidence("pinned", self.text, self.location)


def choose_version(
    name: str, wanted: Asked | None, runtime: Runtime, notes: list[Attention]
) -> Pin | None:
    """The pin of the distribution `name` (normalised), or None with a note of why there is none.

    `wanted` is the last word of the notebook's install lines on it. Without a network: what the
    notebook pins holds, else what the runtime had, else the newest that the tables saw.
    """
    extras = wanted.requirement.extras if wanted else ()
    preinstalled = runtime.packages.get(name)
    if wanted is not None and (exact := wanted.requirement.exact) is not None:
        public, _, build = exact.lower().partition("+")
        evidence = [wanted.evidence, *_conflicts(wanted)]
        if preinstalled and preinstalled != public:
            evidence.append(
                Evidence("runtime", f"{runtime.name} has {preinstalled}", conflict=True)
            )
        return Pin(name, public, extras, tuple(evidence), build or None)
    newest, month = newest_version(name), newest_version_date(name)
    from_table = Evidence("table", f"{newest} was the newest in {month}") if newest else None
    from_runtime = (
        Evidence("runtime", f"{runtime.name} has {preinstalled}") if preinstalled else None
    )
    order = [(preinstalled, from_runtime), (newest, from_table)]
    if wanted is not None and wanted.upgrade:
        order.reverse()
    for version, reason in order:
        if version and reason and (wanted is None or wanted.requirement.allows(version)):
            asked = (wanted.evidence,) if wanted else ()
            return Pin(name, version, extras, (reason, *asked))
    if wanted is not None and (version := wanted.requirement.named) is not None:
        return Pin(
            name, version, extras, (Evidence("pinned", f"{wanted.text} names it", wanted.location),)
        )
    if wanted is not None:
        reason_text = (
            f"no version of {name} that meets {wanted.text!r} is known without an index; pin one"
        )
        notes.append(Attention(reason_text, wanted.location))
    else:
        notes.append(Attention(f"no version of {name} is known without an index; pin one"))
    return None


def _conflicts(wanted: Asked) -> list[Evidence]:
    """Earlier install lines that ask for another version than the last one."""
    said = [found for found in wanted.earlier if "==" in found.detail]
    other = [found for found in said if found.detail != wanted.text]
    return [Evidence(found.kind, found.detail, found.location, conflict=True) for found in other]
