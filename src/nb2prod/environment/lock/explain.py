"""Why a set of requirements cannot be met, in the notebook's terms, and what would go instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nb2prod.environment.lock.ladder import Ask, Ground, Refused, Settled, settle
from nb2prod.environment.lock.pins import stands
from nb2prod.environment.lock.pythons import OtherPython
from nb2prod.environment.lock.uv import named_in
from nb2prod.environment.model import Attention, Pin
from nb2prod.environment.python_version import minor_of
from nb2prod.location import Evidence

# How many ways out are tried; each is a resolution.
_MOST_TRIALS = 12


def explain(
    refused: Refused, ground: Ground, ask: Ask, other: OtherPython | None = None
) -> Attention:
    """Who asks for what, uv's derivation, and the nearest set that resolves; `other` is a Python on
    which everything would.
    """
    if "has no publish time" in refused.answer.why:
        return Attention(
            "the package index does not say when its files came, which a lock as of a day needs"
        )
    involved = _involved(refused, ground.pins)
    asked = ", ".join(f"{_told(pin)}{_place(pin)}" for pin in involved)
    said = f"{asked or 'what the notebook asks for'} cannot be installed: {refused.answer.why}"
    if len(involved) > 1:
        said = f"{asked} cannot be installed together: {refused.answer.why}"
    missing = [name for name in refused.answer.wheels_required if name not in ground.allowed]
    ways = []
    if other is not None:
        ways.append(f"--python {minor_of(other.version)}")
    nearest = _nearest(involved, ground, ask)
    if nearest:
        ways.append(nearest)
    way = f" What would go: {' or '.join(ways)}." if ways else ""
    if missing:
        names = " ".join(f"--allow-build {name}" for name in missing)
        way += f" To let what exists only as source say what it requires: {names}."
    place = next((found.location for pin in involved if (found := _line(pin))), None)
    return Attention(f"{said}{way}", place)


def _involved(refused: Refused, pins: Iterable[Pin]) -> list[Pin]:
    named = set(named_in((pin.name for pin in pins), refused.answer.why))
    return [pin for pin in pins if pin.name in named]


def _nearest(involved: list[Pin], ground: Ground, ask: Ask) -> str:
    """One of the versions that stand gives way: the first for which everything else resolves."""
    standing = [pin for pin in involved if stands(pin)]
    # The last word of the notebook is the likeliest to be meant: earlier ones are tried first.
    for pin in sorted(standing, key=_order)[:_MOST_TRIALS]:
        softer = replace(pin, evidence=(Evidence("default", "left open"),))
        pins = tuple(softer if one is pin else one for one in ground.pins)
        outcome = settle(replace(ground, pins=pins), ask)
        if isinstance(outcome, Settled):
            version = outcome.resolved.versions.get(pin.name)
            if version is not None and version != pin.version:
                return f"{pin.name}=={version} instead of {pin.version}"
    return ""


def _order(pin: Pin) -> tuple[int, int, str]:
    line = _line(pin)
    place = line.location if line else None
    return (place.cell, place.line, pin.name) if place else (0, 0, pin.name)


def _line(pin: Pin) -> Evidence | None:
    return next((one for one in pin.evidence if one.location is not None), None)


def _place(pin: Pin) -> str:
    line = _line(pin)
    return f" ({line.location})" if line else ""


def _told(pin: Pin) -> str:
    return pin.name if not stands(pin) else pin.requirement
