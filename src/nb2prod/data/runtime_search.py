"""Which of Colab's images fits what is known of a notebook, and what the images know of a version.

Answers come from the snapshots of Colab's images alone (`tables/runtimes.json`,
`tables/runtime_packages.tsv`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from nb2prod.data._runtime_tables import Snapshot, histories, snapshot_at, snapshots
from nb2prod.data.runtimes import Runtime, runtime_at

_FRAMEWORKS = ("torch", "tensorflow", "jax")


@dataclass(frozen=True, slots=True)
class Match:
    """The day of the image that fits some versions best, and how many of them it had.

    `before` is true when all of them are older than the first image's: then `day` is the first's.
    Where no image had any of them, `nearest` is the framework whose version decides.
    """

    day: str
    agreeing: int
    compared: int
    before: bool = False
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class SeenVersion:
    """A version of a distribution and the day of the image that had it."""

    version: str
    day: str


def runtime_with_python(minor: str, day: str, *, gpu: bool) -> Runtime | None:
    """Colab's image with that Python ("3.9") that is nearest to the day; None where none had it.

    Of two as near, the earlier one.
    """
    wanted = date.fromisoformat(day)
    days = {one.date: abs(date.fromisoformat(one.date) - wanted) for one in snapshots("main")}
    for nearest in sorted(days, key=lambda one: (days[one], one)):
        # What is asked for by its day is the day's last image.
        found = snapshot_at(nearest, gpu=gpu)
        if found is not None and _minor(found.python) == minor:
            return runtime_at(nearest, gpu=gpu)
    return None


def matching_day(versions: Mapping[str, str], minor: str | None) -> Match | None:
    """The last day on which an image had most of the versions (without local parts), and the Python
    where one is given; None where no image had any of them and no Python is given.
    """
    heads = snapshots("main")
    # Of two images of one day, the day stands for the last.
    last = {one.date: one for one in heads}.values()
    usable = [one.number for one in last if minor is None or _minor(one.python) == minor]
    if minor is not None and not usable:
        first = heads[0]
        older = tuple(map(int, minor.split("."))) < tuple(map(int, _minor(first.python).split(".")))
        return Match(first.date, 0, len(versions), before=True) if older else None
    points: Counter[int] = Counter()
    compared = older_than_first = 0
    for name, version in versions.items():
        values = _values(name, len(heads))
        if not any(values):
            continue
        compared += 1
        older_than_first += _older(version, next(filter(None, values)))
        points.update(number for number in usable if values[number] == version)
    if points:
        number = max(points, key=lambda number: (points[number], number))
        return Match(heads[number].date, points[number], compared)
    if compared and older_than_first == compared:
        return Match(heads[0].date, 0, compared, before=True)
    for name in filter(versions.__contains__, _FRAMEWORKS):
        # What others need of a framework changes with it: its last image that was not newer.
        values = _values(name, len(heads))
        not_newer = [one for one in usable if values[one] and _older(values[one], versions[name])]
        if not_newer:
            return Match(heads[not_newer[-1]].date, 0, compared, nearest=name)
    return Match(heads[usable[-1]].date, 0, compared) if minor is not None else None


def version_by(distribution: str, day: str, *, gpu: bool) -> SeenVersion | None:
    """The last version of a distribution that an image had on that day or before."""
    snapshot = snapshot_at(day, gpu=gpu)
    return _seen(distribution, snapshot, range(snapshot.number, -1, -1)) if snapshot else None


def version_after(distribution: str, day: str) -> SeenVersion | None:
    """The first version of a distribution that an image had after that day."""
    heads = snapshots("main")
    later = [one.number for one in heads if one.date > day]
    return _seen(distribution, heads[0], later)


def versions_seen(distribution: str) -> Iterator[SeenVersion]:
    """Every version of a distribution that an image had, the last first, each with its last day."""
    heads = snapshots("main")
    seen: set[str] = set()
    for number, version in reversed(list(enumerate(_values(distribution, len(heads))))):
        if version and version not in seen:
            seen.add(version)
            yield SeenVersion(version, heads[number].date)


def _seen(distribution: str, like: Snapshot, numbers: range | list[int]) -> SeenVersion | None:
    heads = snapshots(like.variant)
    values = _values(distribution, len(heads), 1 if like.variant == "gpu" else 0)
    number = next((number for number in numbers if values[number]), None)
    return SeenVersion(values[number], heads[number].date) if number is not None else None


def _values(distribution: str, count: int, column: int = 0) -> list[str]:
    """The version, as an index has it, in each snapshot of a variant; "" where there is none."""
    columns = histories().get(distribution, ())
    values = [""] * count
    for change in (columns[column] if columns else "").split():
        since, _, value = change.partition("=")
        version = "" if value == "-" or "#" in value else value.partition("+")[0]
        values[int(since) :] = [version] * (count - int(since))
    return values


def _minor(python: str) -> str:
    return ".".join(python.split(".")[:2])


def _older(version: str, other: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version) < Version(other)
    except InvalidVersion:
        return False
