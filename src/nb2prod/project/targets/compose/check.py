"""Whether a `compose.yaml` is what Compose takes, and says what is meant, before it is written.

The published schema is closed over what nb2prod writes: both generations of Compose ignore no
unknown key, but they differ in which they know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nb2prod.errors import InvalidSpec
from nb2prod.project.targets.schema_check import nearest, place_of, problems
from nb2prod.project.yaml_reading import load

COMPOSE = "compose.yaml"

# What Compose replaces: only variables that have to be there are to be put in, everything else is
# text with `$$`.
_DOLLAR = re.compile(r"\$(\$|\{([A-Za-z_][A-Za-z0-9_]*):\?[^${}]+\})?")


def check(files: Mapping[str, str]) -> None:
    """Raises `InvalidSpec` for the first thing that is wrong in `compose.yaml`."""
    if COMPOSE not in files:
        raise InvalidSpec(f"{COMPOSE} is missing.")
    problem = next(_problems(load(COMPOSE, files[COMPOSE])), None)
    if problem is not None:
        raise InvalidSpec(f"{COMPOSE}: {problem}.")


def _problems(document: Any) -> Iterator[str]:
    """What is wrong, the schema's part first: what follows reads the document as it is described.

    Only the first problem may therefore be asked for.
    """
    yield from problems(document, "compose")
    declared: Mapping[str, Any] = document["volumes"]
    for name, service in document["services"].items():
        yield from _volume_problems(("services", name, "volumes"), service["volumes"], declared)
        yield from _variable_problems(("services", name), service)
        if "sysctls" in service and "network_mode" in service:
            place = place_of(("services", name, "sysctls"))
            yield f"{place}: the machine's own network cannot be set so; leave one of both out"
        if "ports" in service and "network_mode" in service:
            place = place_of(("services", name, "ports"))
            yield f"{place}: ports do nothing in the machine's own network; leave one of both out"


def _volume_problems(
    path: tuple[str | int, ...], volumes: list[Mapping[str, Any]], declared: Mapping[str, Any]
) -> Iterator[str]:
    targets: set[str] = set()
    for number, volume in enumerate(volumes):
        source, target = volume["source"], volume["target"]
        if volume["type"] == "volume" and source not in declared:
            place = place_of((*path, number, "source"))
            yield f"{place}: there is no volume {source!r}{nearest(source, declared)}"
        if target in targets:
            yield f"{place_of((*path, number, 'target'))}: {target!r} is mounted twice"
        targets.add(target)


def _variable_problems(path: tuple[str | int, ...], found: object) -> Iterator[str]:
    """Every `$` is a `$$`, or begins a variable that has to be there."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from _variable_problems((*path, key), value)
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from _variable_problems((*path, number), value)
    elif isinstance(found, str):
        for match in _DOLLAR.finditer(found):
            variable = match.group(2)
            if match.group() == "$":
                yield f"{place_of(path)}: the $ of {found!r} begins a variable; $$ is the character"
            elif variable is not None and path[2:] not in (("environment", variable), ("user",)):
                yield f"{place_of(path)}: the variable {variable} has no place here"
