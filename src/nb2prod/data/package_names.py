"""What a system package is called in each release that an image can have.

Facts in `tables/system_package_names.tsv`, kept by hand. `tools/check_package_names.py` asks apt
whether each release has what the table says. A name that the table does not hold is not known to
be another one anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, cast, get_args

from nb2prod.data._files import read_rows

Release = Literal["ubuntu20.04", "ubuntu22.04", "ubuntu24.04", "bookworm"]
RELEASES: tuple[Release, ...] = get_args(Release)

_TITLES: Mapping[Release, str] = {
    "ubuntu20.04": "Ubuntu 20.04",
    "ubuntu22.04": "Ubuntu 22.04",
    "ubuntu24.04": "Ubuntu 24.04",
    "bookworm": "Debian 12",
}
_IN_TAG = re.compile(r"(?:^|[-:])(?:(ubuntu)[:-]?(\d\d\.\d\d)|(bookworm))(?=$|-)")
# Of NVIDIA's own archive, which NVIDIA's images know and the slim Python ones do not.
_OF_NVIDIA = re.compile(r"(cuda-|libcudnn|libcublas-|libnccl|libnvinfer|nsight-)")


@dataclass(frozen=True, slots=True)
class _Package:
    """One row: the name in each release, None where it has no such package."""

    names: Mapping[Release, str | None]
    remark: str


def release_of(reference: str) -> Release | None:
    """The release that an image's reference names ("…-ubuntu22.04"); None where it names none, or
    one that the table does not hold.
    """
    tag = reference.partition("@")[0].rpartition("/")[2]
    found = _IN_TAG.search(tag)
    if found is None:
        return None
    name = f"{found[1]}{found[2]}" if found[1] else found[3]
    return cast(Release, name) if name in RELEASES else None


def release_title(release: Release) -> str:
    """The release as people call it: "Ubuntu 24.04"."""
    return _TITLES[release]


def names() -> tuple[str, ...]:
    """All names of which the table says what they are called elsewhere."""
    return tuple(_table())


def name_in(release: Release | None, name: str) -> str | None:
    """The name of a package in a release, whichever release's name it is given by; None where the
    release has no such package. What the table does not hold keeps its name, and so does everything
    in a release that is not known.
    """
    plain, colon, architecture = name.partition(":")
    if release is None:
        return name
    if release == "bookworm" and _OF_NVIDIA.match(plain):
        return None
    found = _table().get(plain)
    there = plain if found is None else found.names[release]
    return None if there is None else f"{there}{colon}{architecture}"


def remark_on(name: str) -> str:
    """What to know of a package where a release does not have it; "" where there is nothing."""
    plain = name.partition(":")[0]
    if _OF_NVIDIA.match(plain):
        return "it is in NVIDIA's archive, which only the images with CUDA know"
    found = _table().get(plain)
    return found.remark if found is not None else ""


@cache
def _table() -> Mapping[str, _Package]:
    table: dict[str, _Package] = {}
    for row in read_rows("system_package_names.tsv"):
        names = row[0].split()
        written = row[1:5] or ["="] * len(RELEASES)
        columns = zip(RELEASES, written, strict=True)
        there = {one: {"=": names[0], "-": None}.get(text, text) for one, text in columns}
        package = _Package(MappingProxyType(there), row[5] if len(row) > 5 else "")
        table.update(dict.fromkeys(names, package))
    return MappingProxyType(table)
