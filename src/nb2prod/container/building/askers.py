"""Who asked for a package: the cell of the notebook, as far as `nb2prod.json`, the lock and the
notebook's own imports tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from packaging.utils import canonicalize_name

from nb2prod.container.project import Project
from nb2prod.errors import Nb2prodError
from nb2prod.location import Location

_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)==")
_VIA = re.compile(r"\s+#\s+(?:via\s*)?(\S+)?")


def asks_for_system_package(project: Project, name: str) -> str:
    """A sentence with a blank before it; empty where nobody knows."""
    return _sentence(name, _records(project, "system_packages", lambda one: one), name)


def asks_for_package(project: Project, requirement: str) -> str:
    """The same for a Python package, with or without its version: the cell that asks for it, or for
    what requires it.
    """
    name = canonicalize_name(requirement.partition("==")[0])
    pins = _records(project, "pins", canonicalize_name)
    if name in pins:
        return _sentence(name, pins, name) or _imported(project, name, name)
    through = _first_pin(_required_by(project), name, pins)
    if through is None:
        return ""
    return (
        _sentence(through, pins, through, required=True)
        or _imported(project, through, through, required=True)
        or f" {through} requires it."
    )


def _records(project: Project, key: str, named: Any) -> dict[str, Mapping[str, Any]]:
    return {named(str(one["name"])): one for one in project.manifest.get(key, ())}


def _sentence(
    name: str, records: Mapping[str, Mapping[str, Any]], shown: str, *, required: bool = False
) -> str:
    for found in records.get(name, {}).get("evidence", ()):
        if found["cell"] is not None:
            place = Location(found["cell"], found["line"] or 1)
            return _asked(place, f" ({found['detail']})", shown, required=required)
    return ""


def _asked(place: Location, detail: str, name: str, *, required: bool) -> str:
    where = str(place).capitalize()
    return f" {where} asks for {f'{name}, which requires it' if required else 'it'}{detail}."


def _required_by(project: Project) -> dict[str, tuple[str, ...]]:
    """Who requires each package, by the comments of the lock."""
    try:
        lines = (project.root / "requirements.lock").read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        pin = _PIN.match(line)
        if pin is not None:
            current = found.setdefault(canonicalize_name(pin[1]), [])
        elif (via := _VIA.fullmatch(line)) is not None and via[1]:
            current.append(canonicalize_name(via[1]))
    return {name: tuple(others) for name, others in found.items()}


def _first_pin(
    required_by: Mapping[str, Iterable[str]], name: str, pins: Mapping[str, Any]
) -> str | None:
    """The nearest pin that leads to the package."""
    seen, waiting = {name}, [name]
    for current in waiting:
        for other in required_by.get(current, ()):
            if other in pins:
                return other
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return None


def _imported(project: Project, name: str, shown: str, *, required: bool = False) -> str:
    """The cell that imports it, where no cell installs it."""
    from nb2prod.analysis.gather import gather
    from nb2prod.data.distributions import distribution_for
    from nb2prod.notebook.reader import read

    try:
        imports = gather(read(project.root / "notebooks" / "original.ipynb")).imports
    except (Nb2prodError, OSError):
        return ""
    for found in imports:
        top = found.module.partition(".")[0]
        if name in (
            canonicalize_name(top),
            canonicalize_name(distribution_for(found.module) or top),
        ):
            return _asked(found.location, f" (import {found.module})", shown, required=required)
    return ""
