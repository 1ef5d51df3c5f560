"""What an image holds, as plain values. Text is the image's own and may be anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Origin:
    """What an installer recorded of a distribution that it took from no index (PEP 610): of an
    archive, of a repository (`vcs`), or of a directory. What it did not record is empty.
    """

    url: str
    archive: bool
    sha256: str
    vcs: str
    commit: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """An installed Python distribution. `place` is its site-packages in the image; `size` the bytes
    of its files, None where it does not list them; `origin` where it came from, None for an index.
    `expression`, `licence` and `classifiers` are what its metadata says of its licence; `texts`
    begin the licence files that it brings, where there is no expression.
    """

    name: str
    version: str
    place: str
    expression: str
    licence: str
    texts: tuple[str, ...]
    classifiers: tuple[str, ...]
    requirements: tuple[str, ...]
    homepage: str
    urls: tuple[str, ...]
    summary: str
    size: int | None
    installer: str
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """A package of the system, by dpkg's own fields; `size` is in bytes. `named` are the licences
    in a machine-readable copyright file; `common` those that another one refers to.
    """

    name: str
    version: str
    architecture: str
    source: str
    size: int | None
    depends: tuple[str, ...]
    provides: str
    homepage: str
    named: tuple[str, ...]
    common: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repository:
    """A copy of a git repository that the program clones: `url` is the address that it is cloned
    by, `place` where the copy is in the image, `commits` are those that it has.
    """

    url: str
    place: str
    commits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Python:
    """The image's Python: `base` is where it is installed; `markers` is what PEP 508 asks of it."""

    version: str
    base: str
    markers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is inside an image. `release` is its os-release; `has_dpkg` says whether its system
    packages are known at all; `problems` are files that could not be read.
    """

    python: Python
    release: Mapping[str, str]
    distributions: tuple[Distribution, ...]
    packages: tuple[SystemPackage, ...]
    repositories: tuple[Repository, ...]
    has_dpkg: bool
    problems: tuple[str, ...]


def from_json(found: Mapping[str, Any]) -> Inventory:
    """What `inside/contents.py` printed. Raises KeyError, TypeError or ValueError for anything
    else: it ran in the image. What comes twice is taken once.
    """
    distributions = [
        _checked(Distribution, {**one, "origin": one["origin"] and _checked(Origin, one["origin"])})
        for one in found["distributions"]
    ]
    packages = [_checked(SystemPackage, one) for one in found["packages"]]
    return Inventory(
        _checked(Python, found["python"]),
        _texts(found["release"]),
        tuple({(_plain(one.name), one.version, one.place): one for one in distributions}.values()),
        tuple({(one.name, one.version, one.architecture): one for one in packages}.values()),
        tuple(_checked(Repository, one) for one in found["repositories"]),
        bool(found["dpkg"]),
        tuple(map(str, found["problems"])),
    )


def _checked(kind: type[_T], record: Mapping[str, Any]) -> _T:
    values = {}
    for field in fields(kind):  # type: ignore[arg-type]
        value = record[field.name]
        if isinstance(value, list):
            value = tuple(value)
        elif isinstance(value, dict):
            value = _texts(value)
        if not _KINDS[str(field.type)](value):
            raise TypeError(f"{kind.__name__}.{field.name}")
        values[field.name] = value
    return kind(**values)


# How a value of each of the types above is known.
_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int | None": lambda value: value is None or isinstance(value, int),
    "tuple[str, ...]": lambda value: (
        isinstance(value, tuple) and all(isinstance(one, str) for one in value)
    ),
    "Mapping[str, str]": lambda value: isinstance(value, dict),
    "Origin | None": lambda value: value is None or isinstance(value, Origin),
}


def _texts(record: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in record.items()}


def _plain(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
