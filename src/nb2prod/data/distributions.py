"""From what a notebook imports to what has to be installed for it.

Facts, strongest first: `tables/import_overrides.tsv` (reviewed by hand, a reason in each row),
`tables/imports.tsv` (pipreqs' mapping and pigar's database, Apache-2.0 and BSD-3-Clause, reduced to
distributions in use and to what they settle), and the name itself when a distribution in use has
it. In use means: among the most downloaded ones (`tables/popularity.tsv`) or installed in some
image of Colab.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from nb2prod.data._files import read_date, read_rows

# Google's generated clients carry their API's version in the module: google.cloud.vision_v1p3beta1.
_API_VERSION = re.compile(r"_v\d\w*")


class Tabled(NamedTuple):
    """What the tables say of a module, and why.

    `distribution` is None where the reviewers found that none can be named. `decisive` is the part
    of the dotted name that decided: of "google.cloud.storage.blob" it is "google.cloud.storage".
    """

    decisive: str
    distribution: str | None
    reason: str


@lru_cache(maxsize=4096)
def tabled(module: str) -> Tabled | None:
    """What the tables say of the dotted `module`; None where they say nothing.

    The longest part of the dotted name that has an answer decides: "google.cloud.storage.blob" is
    google-cloud-storage although "google" alone is nobody's.
    """
    original = module.split(".")
    if module.startswith("google."):
        module = _API_VERSION.sub("", module)
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        decisive = ".".join(original[:length])
        if prefix in _import_names():
            return Tabled(decisive, *_import_names()[prefix])
        answer = _namespaced(parts[:length])
        if answer:
            return Tabled(decisive, answer, "a namespace: the dotted name names the distribution")
    return None


def distribution_for(module: str) -> str | None:
    """The distribution (normalised name) that ships the dotted `module`, by the tables or because
    one in use has its name; None when no table knows.
    """
    found = tabled(module)
    if found is not None:
        return found.distribution
    own_name = normalise(module.partition(".")[0])
    return own_name if is_known(own_name) else None


def is_namespace(module: str) -> bool:
    """Whether many distributions share the package, so that its name alone is nobody's."""
    return module in _shared()


def newest_version(distribution: str) -> str | None:
    """The newest version that the popularity table saw; None for one it does not hold."""
    version, _ = _popularity().get(normalise(distribution), (None, None))
    return version or None


def newest_version_date(distribution: str) -> str | None:
    """The month ("2026-07") of that newest version; None where the table does not say."""
    _, month = _popularity().get(normalise(distribution), (None, None))
    return month or None


@cache
def survey_day() -> str:
    """The day (UTC) on which the tables' inputs were gathered; they know nothing later."""
    return read_date("popularity.tsv")


def is_known(distribution: str) -> bool:
    """Whether the distribution is among the most downloaded or was in any image of Colab."""
    name = normalise(distribution)
    if name in _popularity():
        return True
    from nb2prod.data.runtimes import in_any_runtime

    return in_any_runtime(name)


def is_named(distribution: str) -> bool:
    """Whether the distribution is known, or one of those that the tables answer with."""
    return is_known(distribution) or normalise(distribution) in _answers()


def popular(count: int) -> tuple[str, ...]:
    """The `count` most downloaded distributions, most downloaded first."""
    return tuple(_popularity())[:count]


def normalise(name: str) -> str:
    """A distribution's name in the form that PEP 503 compares by."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _import_names() -> Mapping[str, tuple[str | None, str]]:
    """Module to distribution and reason; None where the reviewers found that none can be named."""
    names: dict[str, tuple[str | None, str]] = {
        module: (name, f"{by.replace(',', ' and ')} say so" if "," in by else f"{by} says so")
        for module, name, by in read_rows("imports.tsv")
    }
    for module, name, reason in read_rows("import_overrides.tsv"):
        names[module] = (None if name == "-" else name, reason)
    return MappingProxyType(names)


@cache
def _answers() -> frozenset[str]:
    return frozenset(name for name, _ in _import_names().values() if name and "*" not in name)


@cache
def _shared() -> frozenset[str]:
    """The packages that name nobody themselves although there are rows below them."""
    names = _import_names()
    parents = {module.rpartition(".")[0] for module in names if "." in module}
    return frozenset(module for module in parents if module in names and names[module][0] is None)


@cache
def _namespaces() -> tuple[tuple[list[str], str], ...]:
    """Namespaces of distributions: the parts of the namespace, and the pattern of their names."""
    return tuple(
        (module.removesuffix(".*").split("."), name)
        for module, (name, _) in _import_names().items()
        if name and module.endswith(".*")
    )


def _namespaced(parts: list[str]) -> str | None:
    """The distribution that a dotted name inside a namespace spells, if it is in use."""
    for namespace, pattern in _namespaces():
        depth = len(namespace)
        if len(parts) > depth and parts[:depth] == namespace:
            candidate = normalise(pattern.replace("*", "-".join(parts[depth:])))
            if is_known(candidate):
                return candidate
    return None


@cache
def _popularity() -> Mapping[str, tuple[str, str]]:
    return MappingProxyType(
        {name: (version, month) for name, version, month in read_rows("popularity.tsv")}
    )
