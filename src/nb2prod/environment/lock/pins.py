"""Pins as requirements, and pins after a resolution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from nb2prod.analysis.requirements import parse_requirement
from nb2prod.environment.model import Pin, Unpinned
from nb2prod.location import Evidence

# The kinds of evidence whose versions may give way, the weakest first.
YIELDING = ("default", "table", "runtime", "recorded-output")


def stands(pin: Pin) -> bool:
    """Whether the version is the notebook's own or the user's word, which nothing overrules."""
    return pin.evidence[0].kind not in YIELDING


def unversioned(wanted: Pin | Unpinned) -> Unpinned:
    """What the notebook's install lines leave of a requirement without its version."""
    if isinstance(wanted, Unpinned):
        return wanted
    return Unpinned(wanted.name, wanted.extras, limits(wanted), wanted.evidence)


def limits(pin: Pin) -> str:
    """What the install lines say of the version, other than one version (">=4.30,<5")."""
    found = (
        parse_requirement(one.detail)
        for one in pin.evidence
        if one.kind == "pinned" and not one.conflict
    )
    said = [one.specifier for one in found if one and one.name == pin.name and one.exact is None]
    return ",".join(dict.fromkeys(filter(None, said)))


def with_versions(pins: Iterable[Pin], versions: Mapping[str, str]) -> tuple[Pin, ...]:
    """The pins at the versions of a resolution; evidence of others becomes a conflict."""
    return tuple(_at(pin, versions.get(pin.name, pin.version)) for pin in pins)


def pinned_now(
    unpinned: Iterable[Unpinned], versions: Mapping[str, str], day: str
) -> tuple[Pin, ...]:
    """What no table knew a version of, in the version that the index gave."""
    return tuple(
        Pin(
            one.name,
            versions[one.name],
            one.extras,
            (
                Evidence("lock", f"{versions[one.name]} is the newest of {day} that goes with all"),
                *one.evidence,
            ),
        )
        for one in unpinned
        if one.name in versions
    )


def _at(pin: Pin, version: str) -> Pin:
    if version == pin.version:
        return pin
    said = Evidence("lock", f"{pin.version} does not go with the rest, {version} does")
    others = tuple(
        one if one.kind == "pinned" and not one.conflict else replace(one, conflict=True)
        for one in pin.evidence
    )
    return replace(pin, version=version, evidence=(said, *others))
