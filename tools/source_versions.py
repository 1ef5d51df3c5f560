"""Which versions of a distribution exist only as source, and which of them are worth keeping.

For `tools/make_source_only.py`, from what a package index lists in the Simple API's JSON form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

_PYTHONS = range(8, 15)
_SINCE = "2019-01-01"
_SINCE_BEFORE_WHEELS = "2021-01-01"
_NEWEST = 12
_NEWEST_BEFORE_WHEELS = 3
# Versions that public notebooks pin though they were overtaken before the days that count, or that
# a release requires exactly though they are pre-releases (gradient 2.0.6 that of gql).
_PINNED: Mapping[str, frozenset[str]] = {
    "gql": frozenset({"3.0.0a6"}),
    "pyyaml": frozenset({"5.1", "5.1.1", "5.1.2", "5.2", "5.3", "5.3.1"}),
}


@dataclass(frozen=True, slots=True)
class Release:
    """One version: its source distribution, or `filename` "" where it has a wheel or no source.

    `wheel` says that there is one which installs here. `day` is that of the source, or of the
    first wheel. `pinned` says that notebooks or a release ask for exactly this version.
    """

    version: Version
    day: str
    wheel: bool
    filename: str = ""
    url: str = ""
    sha256: str = ""
    requires_python: str = ""
    pinned: bool = False


def releases(name: str, files: Iterable[Mapping[str, Any]], day: str) -> list[Release]:
    """The versions that an index lists and that install on Linux, lowest first.

    Yanked files and files of after `day` are passed over, and so are pre-releases that are not
    pinned, and files whose names say nothing, or whose day or hash is not known.
    """
    sources: dict[Version, Release] = {}
    wheels: dict[Version, str] = {}
    for file in files:
        uploaded = str(file.get("upload-time") or "")[:10]
        sha256 = str(file.get("hashes", {}).get("sha256", ""))
        if file.get("yanked") or not uploaded or uploaded > day:
            continue
        filename, python = str(file["filename"]), str(file.get("requires-python") or "")
        if filename.endswith(".whl"):
            version = _wheel(filename, name, python)
            if version is not None:
                wheels[version] = min(uploaded, wheels.get(version, uploaded))
        elif (version := _source(filename, name)) is not None and sha256:
            pinned = str(version) in _PINNED.get(canonicalize_name(name), ())
            url = str(file["url"])
            one = Release(version, uploaded, False, filename, url, sha256, python, pinned)
            # Of two archives the .tar.gz counts, which comes before the .zip.
            sources[version] = min(sources.get(version, one), one, key=lambda it: it.filename)
    found = {version: Release(version, first, True) for version, first in wheels.items()}
    return sorted({**sources, **found}.values(), key=lambda one: one.version)


def first_with_wheel(listed: Iterable[Release]) -> Version | None:
    """The lowest version that has a wheel; None where none ever had one."""
    return min((one.version for one in listed if one.wheel), default=None)


def chosen(listed: list[Release], frozen: Set[Version]) -> list[Release]:
    """The source-only versions worth keeping, lowest first; the pinned and `frozen` in any case."""
    source = [one for one in listed if not one.wheel]
    if not source:
        return []
    # An installer passes over pre-releases, so that none overtakes another version.
    ordinary = [one for one in listed if not one.version.is_prerelease]
    later = bool(ordinary) and ordinary[-1].wheel
    since = _SINCE_BEFORE_WHEELS if later else _SINCE
    # A version counts as long as no higher one was there: until then, it is what pip installed.
    current = []
    ended = "9999"
    for one in reversed(ordinary):
        if not one.wheel and ended >= since and one.day < ended:
            current.append(one)
        ended = min(ended, one.day)
    kept = {one.version for one in current[: _NEWEST_BEFORE_WHEELS if later else _NEWEST]}
    halves: dict[tuple[str, bool], Version] = {}
    for one in current:
        halves.setdefault((one.day[:4], one.day[5:7] > "06"), one.version)
    kept.update(halves.values())
    kept.update(one.version for one in source if one.pinned)
    return [one for one in source if one.version in kept or one.version in frozen]


def _source(filename: str, name: str) -> Version | None:
    try:
        found, version = parse_sdist_filename(filename)
    except (InvalidSdistFilename, InvalidVersion):
        return None
    if found != canonicalize_name(name):
        return None
    pinned = str(version) in _PINNED.get(found, ())
    return version if pinned or not version.is_prerelease else None


def _wheel(filename: str, name: str, python: str) -> Version | None:
    """The version of a wheel that some supported Python on Linux x86_64 installs."""
    try:
        found, version, _, tags = parse_wheel_filename(filename)
    except (InvalidWheelFilename, InvalidVersion):
        return None
    if found != canonicalize_name(name) or version.is_prerelease:
        return None
    try:
        specifiers = SpecifierSet(python)
    except InvalidSpecifier:
        specifiers = SpecifierSet()
    fits = any(
        tags & _installable(minor) and specifiers.contains(f"3.{minor}.20") for minor in _PYTHONS
    )
    return version if fits else None


@cache
def _installable(minor: int) -> frozenset[Tag]:
    """The tags of the wheels that CPython 3.`minor` takes on Linux x86_64 with a recent glibc."""
    platforms = [f"manylinux_2_{glibc}_x86_64" for glibc in range(40, 4, -1)]
    platforms += ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"]
    platforms += ["linux_x86_64"]
    interpreter = f"cp3{minor}"
    return frozenset(
        [
            *cpython_tags((3, minor), abis=[interpreter], platforms=platforms),
            *compatible_tags((3, minor), interpreter=interpreter, platforms=platforms),
        ]
    )
