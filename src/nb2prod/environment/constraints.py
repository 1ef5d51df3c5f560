"""What install lines restrict: markers, which say where a requirement holds at all, and constraint
files (`pip install -c`), which choose versions of what is installed anyway and install nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nb2prod.analysis.facts import Install
from nb2prod.analysis.requirements import Requirement, parse_requirement
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.installed import read_installs
from nb2prod.environment.model import Attention, Pin
from nb2prod.environment.resolve import Resolution
from nb2prod.environment.versions import Asked, choose_version


def holding(installs: Iterable[Install], python: str) -> tuple[Install, ...]:
    """The installs without what their markers leave out on a version of Python, on Linux."""
    return tuple(
        install._replace(
            requirements=_holding(install.requirements, python),
            constraints=_holding(install.constraints, python),
        )
        for install in installs
    )


def _holding(requirements: Iterable[str], python: str) -> tuple[str, ...]:
    parsed = [(text, parse_requirement(text)) for text in requirements]
    return tuple(text for text, found in parsed if found is None or found.holds(python))


def constrained(
    resolution: Resolution, installs: Iterable[Install], runtime: Runtime
) -> Resolution:
    """The resolution with the pins that constraints name at versions that they allow.

    A pin that an install line asks for exactly stays; where a constraint forbids it, that is noted.
    """
    installs = tuple(installs)
    limits = [
        (found, Asked(found, False, install.location, text))
        for install in installs
        for text in install.constraints
        if (found := parse_requirement(text)) is not None and found.specifier
    ]
    if not limits:
        return resolution
    asked = read_installs(installs).asked
    notes: list[Attention] = list(resolution.attention)
    pins = {pin.name: pin for pin in resolution.pins}
    for limit, line in limits:
        pin = pins.get(limit.name)
        if pin is None:
            continue
        wanted = asked.get(limit.name)
        if wanted is not None and wanted.requirement.exact is not None:
            if not limit.allows(pin.version):
                said = f"{wanted.text} is asked for, which the constraint {line.text} forbids"
                notes.append(Attention(said, line.location))
            continue
        pins[limit.name] = _limited(pin, limit, line, wanted, runtime, notes)
    dependencies = tuple(
        replace(found, version=pins[found.distribution].version)
        if found.version is not None and found.distribution in pins
        else found
        for found in resolution.dependencies
    )
    ordered = tuple(pins[name] for name in sorted(pins))
    return replace(
        resolution,
        dependencies=dependencies,
        pins=ordered,
        attention=tuple(dict.fromkeys(notes)),
    )


def _limited(
    pin: Pin,
    limit: Requirement,
    line: Asked,
    wanted: Asked | None,
    runtime: Runtime,
    notes: list[Attention],
) -> Pin:
    if wanted is not None:
        both = limit.specifier
        if limit.exact is None or not wanted.requirement.allows(limit.exact):
            both = ",".join(filter(None, (wanted.requirement.specifier, limit.specifier)))
        requirement = replace(limit, extras=wanted.requirement.extras, specifier=both)
        line = replace(line, requirement=requirement, upgrade=wanted.upgrade)
    chosen = choose_version(limit.name, line, runtime, notes)
    if chosen is None:
        return pin
    kept = [found._replace(conflict=pin.version != chosen.version) for found in pin.evidence]
    evidence = dict.fromkeys(
        [*chosen.evidence, *(one for one in kept if one not in chosen.evidence)]
    )
    return replace(chosen, extras=pin.extras, evidence=tuple(evidence))
