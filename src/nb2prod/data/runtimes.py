"""Images of Colab and Kaggle: which Python and which packages a notebook found when it ran.

Facts: the package freezes that googlecolab/backend-info publishes since 2022-09-13, as snapshots by
day and by the names Colab gives some of them, and the images of Colab from which
Kaggle/docker-python builds Kaggle's. Of earlier images nothing is known here: the questions about
them get None, and `span` says where the knowledge begins. Colab's freezes are a day or two ahead of
what it serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Literal

from nb2prod.data._runtime_tables import (
    Contents,
    Snapshot,
    Variant,
    contents,
    heads,
    histories,
    snapshot_at,
    snapshots,
)

Platform = Literal["colab", "kaggle"]
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Runtime:
    """One image: `main` is Colab's without a GPU, `gpu` the one with; until 2025-12-10 `main` was
    both.

    `packages` holds the versions to ask the default index for, under normalised names. `builds`
    holds the full version, local part included, where the image had a build of its own
    ("2.11.0+cu128"). `unservable` gives the reason for each package that no index can serve.
    `freeze` is what the image itself said of all of them, "" where it named a file or a repository.

    `name` is what `find_runtime` takes. `date` is the day of the image, never the day that was
    asked for. `python` has no patch number before 2023-08, and `ubuntu` is not known before it.
    An image of Kaggle has Colab's packages of `based_on`; what Kaggle adds to them is not known.
    """

    name: str
    date: str
    python: str
    ubuntu: str | None
    variant: str
    commit: str
    packages: Mapping[str, str]
    unservable: Mapping[str, str]
    builds: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    freeze: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    platform: Platform = "colab"
    based_on: str | None = None

    @property
    def described(self) -> str:
        """The image in words, for evidence: "Colab's runtime of 2024-06-10"."""
        if self.platform == "kaggle":
            return f"Kaggle's image of {self.date}, built from Colab's of {self.based_on}"
        if self.name.startswith("colab-"):
            return f"Colab's runtime of {self.date}"
        return f"Colab's runtime {self.name}"


@dataclass(frozen=True, slots=True)
class RuntimeName:
    """A runtime that has a name: Colab's own ("2025.07") or an image of Kaggle ("kaggle:2025-12").

    `based_on` is the day of the image of Colab that Kaggle's is built from.
    """

    name: str
    platform: Platform
    date: str
    python: str
    based_on: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The days of the first and the last image of a platform that the tables know, and how many."""

    first: str
    last: str
    count: int


@cache
def newest_runtime(*, gpu: bool) -> Runtime:
    """The newest runtime that the table knows."""
    return _dated(snapshots("gpu" if gpu else "main")[-1])


def runtime_at(day: str, *, gpu: bool, platform: Platform = "colab") -> Runtime | None:
    """The newest image not after the day (UTC, "2024-06-11"); None before the platform's first.

    After the last image that is known, that one is the answer. Raises `ValueError` for what is no
    day.
    """
    day = date.fromisoformat(day).isoformat()
    if platform == "kaggle":
        images = [image for image in heads()["kaggle"] if image["date"] <= day]
        return _kaggle(images[-1], gpu=gpu) if images else None
    snapshot = snapshot_at(day, gpu=gpu)
    return _dated(snapshot) if snapshot is not None else None


def named_runtime(name: str, *, gpu: bool) -> Runtime | None:
    """The runtime that Colab calls "2025.07", or Kaggle's image "kaggle:2025-12"; None for another.

    Colab's named runtimes are known by their contents, which are not those of their day.
    """
    for image in heads()["kaggle"]:
        if _kaggle_name(image) == name:
            return _kaggle(image, gpu=gpu)
    entry = heads()["named"].get(name)
    if entry is None:
        return None
    variant: Variant = "gpu" if gpu and "gpu" in entry else "main"
    found = entry[variant]
    packages = contents(variant, found["snapshot"], tuple(found["changes"].items()))
    head = Snapshot(
        variant, found["snapshot"], entry["date"], entry["commit"], entry["python"], entry["ubuntu"]
    )
    return _runtime(name, head, packages)


def runtimes() -> tuple[RuntimeName, ...]:
    """Every runtime that has a name: Colab's, then Kaggle's, oldest first."""
    named = [
        RuntimeName(name, "colab", entry["date"], entry["python"])
        for name, entry in sorted(heads()["named"].items())
    ]
    for image in heads()["kaggle"]:
        base = snapshot_at(image["gpu"], gpu=True)
        python = base.python if base else ""
        named.append(
            RuntimeName(_kaggle_name(image), "kaggle", image["date"], python, image["gpu"])
        )
    return tuple(named)


def span(platform: Platform = "colab") -> Span:
    """From when to when images are known; before that, `runtime_at` has no answer."""
    if platform == "kaggle":
        days = [image["date"] for image in heads()["kaggle"]]
    else:
        days = [one.date for one in snapshots("main")]
    return Span(days[0], days[-1], len(days))


def in_any_runtime(distribution: str) -> bool:
    """Whether any image ever had the distribution, by its normalised name, from an index."""
    changes = " ".join(histories().get(distribution, ())).split()
    return any("#" not in change and not change.endswith("=-") for change in changes)


def _dated(snapshot: Snapshot) -> Runtime:
    return _runtime(f"colab-{snapshot.date}", snapshot, contents(snapshot.variant, snapshot.number))


def _kaggle_name(image: Mapping[str, str]) -> str:
    """By its month; of two in one month the last has that name, the other that of its day."""
    month = image["date"][:7]
    same = [other["date"] for other in heads()["kaggle"] if other["date"].startswith(month)]
    return f"kaggle:{month if image['date'] == same[-1] else image['date']}"


def _kaggle(image: Mapping[str, str], *, gpu: bool) -> Runtime:
    base = image["gpu" if gpu else "main"]
    snapshot = snapshot_at(base, gpu=gpu)
    assert snapshot is not None, "the tables know no image of Kaggle older than Colab's first"
    packages = contents(snapshot.variant, snapshot.number)
    return _runtime(_kaggle_name(image), snapshot, packages, image["date"], based_on=base)


def _runtime(
    name: str,
    head: Snapshot,
    packages: Contents,
    day: str | None = None,
    *,
    based_on: str | None = None,
) -> Runtime:
    return Runtime(
        name=name,
        date=day or head.date,
        python=head.python,
        ubuntu=head.ubuntu,
        variant=head.variant,
        commit=head.commit,
        packages=packages.packages,
        unservable=packages.unservable,
        builds=packages.builds,
        freeze=packages.freeze,
        platform="kaggle" if based_on else "colab",
        based_on=based_on,
    )
