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


def requirement(wanted: Pin | Unpinned, version: str | None = None) -> str:
    """It as a requirement at a version; without one, as far as the install lines limit it."""
    if isinstance(wanted, Pin):
        wanted = Unpinned(wanted.name, wanted.extras, limits(wanted), wanted.evidence)
    return (replace(wanted, specifier=f"=={version}") if version else wanted).requirement


def is_later(now: str | None, newest: str) -> bool:
    """Whether what is asked for now, if anything is, is higher than the newest version."""
    from packaging.version import InvalidVersion, Version

    try:
        return now is None or Version(now) > Version(newest)
    except InvalidVersion:
        return False


def limits(pin: Pin) -> str:
    """What the install lines say of the version, other than one version (">=4.30,<5")."""
    found = (
        parse_requirement(one.detail)
        for one in pin.evidence
        if one.kind == "pinned" and not one.conflict
    )
    said = [one.specifier for one in found if one and one.name == pin.name and one.exact is None]
    return ",".join(dict.fromkeys(filter(None, said)))


def with_versions(pins: Iterable[Pin], versions: Mapping[str, str], day: str) -> tuple[Pin, ...]:
    """The pins at the versions of a resolution as of a day; evidence of others is a conflict."""
    return tuple(_at(pin, versions.get(pin.name, pin.version), day) for pin in pins)


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


def _at(pin: Pin, version: str, day: str) -> Pin:
    if version == pin.version:
        return pin
    said = Evidence(
        "lock", f"as of {day}, {version} goes with the rest, and {pin.version} does not"
    )
    others = tuple(
        one if one.kind == "pinned" and not one.conflict else one._replace(conflict=True)
        for one in pin.evidence
    )
    return replace(pin, version=version, evidence=(said, *others))
