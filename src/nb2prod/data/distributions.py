"""From what a notebook imports to what has to be installed for it.

Facts, strongest first: `tables/import_overrides.tsv` (reviewed by hand, a reason in each row),
`tables/imports.tsv` (pipreqs' mapping, Apache-2.0, reduced to distributions that are in use), and
the name itself when a distribution in use has it. In use means: among the most downloaded ones
(`tables/popularity.tsv`) or installed in the newest Colab runtime.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from nb2prod.data._files import read_rows
from nb2prod.data.runtimes import newest_runtime

# Google's generated clients carry their API's version in the module: google.cloud.vision_v1p3beta1.
_API_VERSION = re.compile(r"_v\d\w*")


def distribution_for(module: str) -> str | None:
    """The distribution (normalised name) that ships the dotted `module`; None when no table knows.

    The longest part of the dotted name that has an answer decides: "google.cloud.storage.blob" is
    google-cloud-storage although "google" alone is nobody's.
    """
    if module.startswith("google."):
        module = _API_VERSION.sub("", module)
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        if prefix in _import_names():
            return _import_names()[prefix]
        answer = _namespaced(parts[:length])
        if answer:
            return answer
    own_name = normalise(parts[0])
    return own_name if is_known(own_name) else None


def newest_version(distribution: str) -> str | None:
    """The newest version that the popularity table saw; None for one it does not hold."""
    version, _ = _popularity().get(normalise(distribution), (None, None))
    return version or None


def newest_version_date(distribution: str) -> str | None:
    """The month ("2026-07") of that newest version; None where the table does not say."""
    _, month = _popularity().get(normalise(distribution), (None, None))
    return month or None


def is_known(distribution: str) -> bool:
    """Whether the distribution is among the most downloaded or in the newest Colab runtime."""
    name = normalise(distribution)
    return name in _popularity() or any(
        name in newest_runtime(gpu=gpu).packages for gpu in (False, True)
    )


def normalise(name: str) -> str:
    """A distribution's name in the form that PEP 503 compares by."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _import_names() -> Mapping[str, str | None]:
    """Module to distribution; None where the reviewers found that none can be named."""
    names: dict[str, str | None] = {row[0]: row[1] for row in read_rows("imports.tsv")}
    for module, name, _reason in read_rows("import_overrides.tsv"):
        names[module] = None if name == "-" else name
    return MappingProxyType(names)


@cache
def _namespaces() -> tuple[tuple[list[str], str], ...]:
    """Namespaces of distributions: the parts of the namespace, and the pattern of their names."""
    return tuple(
        (module.removesuffix(".*").split("."), name)
        for module, name in _import_names().items()
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
