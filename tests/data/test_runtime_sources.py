"""The images against the source tables, which are read here in a way of their own."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from nb2prod.data._runtime_tables import VARIANTS, snapshots
from nb2prod.data.runtimes import named_runtime, runtime_at, runtimes, span

pytestmark = pytest.mark.corpus


def source(shared: Path, name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((shared / "data" / name).read_text(encoding="utf-8"))
    return table


def freeze_of(packages: Mapping[str, str]) -> dict[str, str]:
    return {name: version.split("@")[0] for name, version in packages.items()}


def replay(entries: list[Mapping[str, Any]], day: str) -> tuple[dict[str, str], str, str] | None:
    """The packages, the Python and the day of the last entry that is not after the day."""
    packages: dict[str, str] = {}
    python = found = ""
    for entry in entries:
        if entry["date"] > day:
            break
        for name, version in entry["d"].items():
            packages[name] = version
        python, found = entry.get("python", python), entry["date"]
    left = {name: version for name, version in packages.items() if version is not None}
    return (left, python, found) if found else None


def sampled_days() -> Iterator[str]:
    """Forty days over the whole span, the first and the last among them."""
    first, last = date.fromisoformat(span().first), date.fromisoformat(span().last)
    days = random.Random(7).sample(range(1, (last - first).days), 38)
    yield from (str(first + timedelta(number)) for number in sorted([0, *days]))
    yield str(last)


@pytest.mark.parametrize("gpu", [False, True])
def test_every_named_runtime_equals_its_source(shared_directory: Path, gpu: bool) -> None:
    named = source(shared_directory, "colab_named_full.json")
    assert [one.name for one in runtimes() if one.platform == "colab"] == sorted(named)
    for name, entry in named.items():
        runtime = named_runtime(name, gpu=gpu)
        assert runtime is not None
        variant = "gpu" if gpu and "gpu" in entry["variants"] else "main"
        assert runtime.freeze == freeze_of(entry["variants"][variant])
        assert (runtime.python, runtime.date) == (entry["python"], entry["date"])
        assert entry["commit"].startswith(runtime.commit)


@pytest.mark.parametrize("day", list(sampled_days()))
def test_the_image_of_a_day_equals_its_source(shared_directory: Path, day: str) -> None:
    variants = source(shared_directory, "colab_runtimes.json")["variants"]
    together = [entry for entry in variants["main"] if entry["date"] < "2025-12-10"]
    for gpu in (False, True):
        wanted = (replay(variants["gpu"], day) or replay(together, day)) if gpu else None
        packages, python, found = wanted or replay(variants["main"], day) or ({}, "", "")
        runtime = runtime_at(day, gpu=gpu)
        assert runtime is not None
        assert runtime.freeze == freeze_of(packages)
        assert (runtime.python, runtime.date) == (python, found)
        served = {name: text for name, text in packages.items() if name in runtime.packages}
        assert {*served, *runtime.unservable} == {*packages}
        for name, text in served.items():
            assert runtime.packages[name] == re.split("[+@]", text)[0]


def test_every_snapshot_of_the_source_is_there(shared_directory: Path) -> None:
    variants = source(shared_directory, "colab_runtimes.json")["variants"]
    for variant in VARIANTS:
        known = [(one.date, one.commit) for one in snapshots(variant)]
        assert known == [(entry["date"], entry["commit"]) for entry in variants[variant]]
