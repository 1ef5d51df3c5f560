"""Whether a `compose.yaml` is what Compose takes, and says what is meant, before it is written.

The published schema is closed over what nb2prod writes: both generations of Compose ignore no
unknown key, but they differ in which they know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nb2prod.project.targets.schema_check import (
    Place,
    check_file,
    nearest,
    place_of,
    problems,
    texts,
)

COMPOSE = "compose.yaml"

# What Compose replaces: only variables that have to be there are to be put in, everything else is
# text with `$$`.
_DOLLAR = re.compile(r"\$(\$|\{([A-Za-z_][A-Za-z0-9_]*):\?[^${}]+\})?")


def check(files: Mapping[str, str]) -> None:
    """Raises `InvalidSpec` for the first thing that is wrong in `compose.yaml`."""
    check_file(files, COMPOSE, _problems)


def _problems(document: Any) -> Iterator[str]:
    """What is wrong, the schema's part first: the rest reads the document as it is described."""
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
    path: Place, volumes: list[Mapping[str, Any]], declared: Mapping[str, Any]
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


def _variable_problems(path: Place, service: object) -> Iterator[str]:
    """Every `$` is a `$$`, or begins a variable that has to be there."""
    for place, text in texts(service, path):
        for match in _DOLLAR.finditer(text):
            variable = match.group(2)
            if match.group() == "$":
                yield f"{place_of(place)}: the $ of {text!r} begins a variable; $$ is the character"
            elif variable is not None and place[2:] not in (("environment", variable), ("user",)):
                yield f"{place_of(place)}: the variable {variable} has no place here"
