"""What depends on what inside an image, by the positions of the packages in its inventory."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from nb2prod.container.contents.model import Distribution, SystemPackage

if TYPE_CHECKING:
    from packaging.requirements import Requirement

Edges = Mapping[int, Collection[int]]

_PACKAGE = re.compile(r"\s*([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?")


def python_edges(
    distributions: Sequence[Distribution], markers: Mapping[str, str], direct: Iterable[str]
) -> Edges:
    """Each distribution with those beside it that it requires on that Python, extras included where
    something asks for them. `direct` are the program's own requirements. What is no requirement, or
    not installed, is left out.
    """
    from packaging.utils import canonicalize_name

    places: dict[tuple[str, str], list[int]] = {}
    for index, found in enumerate(distributions):
        places.setdefault((found.place, canonicalize_name(found.name)), []).append(index)
    requirements = [
        list(filter(None, map(_requirement, found.requirements))) for found in distributions
    ]
    extras: list[set[str]] = [{""} for _ in distributions]
    edges: dict[int, set[int]] = {index: set() for index in range(len(distributions))}
    for asked in filter(None, map(_requirement, direct)):
        for (_, name), indices in places.items():
            if name == canonicalize_name(asked.name):
                for index in indices:
                    extras[index].update(map(canonicalize_name, asked.extras))
    waiting = set(edges)
    while waiting:
        index = waiting.pop()
        for asked in requirements[index]:
            if not _applies(asked, markers, extras[index]):
                continue
            for target in places.get(
                (distributions[index].place, canonicalize_name(asked.name)), ()
            ):
                more = set(map(canonicalize_name, asked.extras)) - extras[target]
                if more:
                    extras[target] |= more
                    waiting.add(target)
                if target != index:
                    edges[index].add(target)
    return edges


def system_edges(packages: Sequence[SystemPackage]) -> Edges:
    """Each package with the installed ones that its Depends and Pre-Depends name, or that provide
    what they name; of alternatives the first that is installed.
    """
    named: dict[str, list[int]] = {}
    provided: dict[str, list[int]] = {}
    for index, found in enumerate(packages):
        named.setdefault(found.name, []).append(index)
        for one in _names(found.provides):
            provided.setdefault(one, []).append(index)
    edges: dict[int, set[int]] = {}
    for index, found in enumerate(packages):
        edges[index] = set()
        for alternatives in ",".join(found.depends).split(","):
            candidates = (
                named.get(name) or provided.get(name) or []
                for name in _names(alternatives.replace("|", ","))
            )
            chosen = next(filter(None, candidates), [])
            edges[index].update(_of_architecture(chosen, packages, found.architecture))
        edges[index].discard(index)
    return edges


def entries(edges: Edges, known: Iterable[int] = ()) -> list[int]:
    """Where to begin so that all is reached, beside what `known` reaches: what nothing depends on,
    and the first of each circle.
    """
    reached = _reached(edges, known)
    needed = {target for index, targets in edges.items() for target in targets if target != index}
    found = []
    for index in (*sorted(set(edges) - needed), *sorted(edges)):
        if index not in reached:
            found.append(index)
            reached |= _reached(edges, [index], reached)
    return found


def _reached(edges: Edges, start: Iterable[int], before: Collection[int] = ()) -> set[int]:
    reached: set[int] = set()
    waiting = list(start)
    while waiting:
        index = waiting.pop()
        if index not in reached and index not in before:
            reached.add(index)
            waiting.extend(edges[index])
    return reached


def _requirement(text: str) -> Requirement | None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except (InvalidRequirement, RecursionError):  # a deep one is nobody's
        return None


def _applies(asked: Requirement, markers: Mapping[str, str], extras: Collection[str]) -> bool:
    from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
    from packaging.version import InvalidVersion

    if asked.marker is None:
        return True
    try:
        return any(asked.marker.evaluate({**markers, "extra": extra}) for extra in extras)
    except (UndefinedComparison, UndefinedEnvironmentName, InvalidVersion, RecursionError):
        return False


def _names(field: str) -> list[str]:
    """The names of packages in a list of dpkg's, without versions and architectures."""
    matches = (_PACKAGE.match(one) for one in field.split(","))
    return [match.group(1) for match in matches if match]


def _of_architecture(
    indices: Collection[int], packages: Sequence[SystemPackage], architecture: str
) -> Collection[int]:
    """Those of one architecture where a package is there for several."""
    same = [one for one in indices if packages[one].architecture in (architecture, "all")]
    return same or indices
