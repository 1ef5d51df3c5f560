"""What lies in `tables/runtimes.json` and `tables/runtime_packages.tsv`, which
`tools/make_runtimes.py` writes: the snapshots of Colab's images, and one image's packages.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from nb2prod.data._files import read_json, read_rows

Variant = Literal["main", "gpu"]
VARIANTS: tuple[Variant, ...] = ("main", "gpu")
_REMOVED = "-"


class Snapshot(NamedTuple):
    """The place of a freeze in the table: its number within its variant, and its head."""

    variant: Variant
    number: int
    date: str
    commit: str
    python: str
    ubuntu: str | None


class Contents(NamedTuple):
    """One image's packages, in the four views that `Runtime` has of them."""

    freeze: Mapping[str, str]
    packages: Mapping[str, str]
    builds: Mapping[str, str]
    unservable: Mapping[str, str]


@cache
def heads() -> Mapping[str, Any]:
    """`runtimes.json` as it lies on disk."""
    return MappingProxyType(read_json("runtimes.json"))


@cache
def snapshots(variant: Variant) -> tuple[Snapshot, ...]:
    """Every freeze of a variant, oldest first."""
    table = heads()["variants"][variant]
    pythons, ubuntus = table["pythons"], table["ubuntus"]
    found: list[Snapshot] = []
    python, ubuntu = "", None
    for number, line in enumerate(table["snapshots"]):
        date, commit = line.split()
        python, ubuntu = pythons.get(str(number), python), ubuntus.get(str(number), ubuntu)
        found.append(Snapshot(variant, number, date, commit, python, ubuntu))
    return tuple(found)


def snapshot_at(day: str, *, gpu: bool) -> Snapshot | None:
    """The newest freeze not after the ISO date `day`; None where that is before the first.

    `main` is asked for the image with a GPU as long as there was one image for both. No freeze of
    the image with a GPU is known of the four weeks after that; the last common one stands for it.
    """
    if gpu:
        found = _last(snapshots("gpu"), day)
        if found is not None:
            return found
        common = [one for one in snapshots("main") if one.date < heads()["one_image_until"]]
        return _last(tuple(common), day)
    return _last(snapshots("main"), day)


def _last(candidates: tuple[Snapshot, ...], day: str) -> Snapshot | None:
    # ISO dates order as text.
    count = bisect_right(candidates, day, key=lambda one: one.date)
    return candidates[count - 1] if count else None


@cache
def histories() -> Mapping[str, tuple[str, ...]]:
    """For each distribution that any image had: its versions over time in `VARIANTS`."""
    return MappingProxyType(
        {name: tuple(columns) for name, *columns in read_rows("runtime_packages.tsv")}
    )


# One conversion asks for one or two images; a long run over many must not keep them all.
@lru_cache(maxsize=16)
def contents(variant: Variant, number: int, changes: tuple[tuple[str, str], ...] = ()) -> Contents:
    """The packages of a freeze, with `changes` made to it."""
    column = VARIANTS.index(variant)
    state = {name: _value(columns[column], number) for name, columns in histories().items()}
    state.update(changes)
    freeze: dict[str, str] = {}
    packages: dict[str, str] = {}
    builds: dict[str, str] = {}
    unservable: dict[str, str] = {}
    for name in sorted(state):
        if state[name] == _REMOVED:
            continue
        version, _, reason = state[name].partition("#")
        freeze[name] = version
        if reason:
            unservable[name] = heads()["reasons"][reason]
            continue
        packages[name], local, _ = version.partition("+")
        if local:
            builds[name] = version
    return Contents(*map(MappingProxyType, (freeze, packages, builds, unservable)))


def _value(history: str, number: int) -> str:
    """The last value of "0=1.2 17=1.3 40=-" that snapshot `number` has seen."""
    found = _REMOVED
    for change in history.split():
        since, _, value = change.partition("=")
        if int(since) > number:
            break
        found = value
    return found
