"""The tables of images as such: what they hold, how large they are, how fast they are read."""

from __future__ import annotations

import re
import time
from pathlib import Path

import nb2prod.data
from nb2prod.data._runtime_tables import VARIANTS, contents, snapshots

TABLES = Path(nb2prod.data.__file__).with_name("tables")


def test_every_version_of_every_image_is_what_an_index_can_be_asked_for() -> None:
    odd = {
        (snapshot.date, name, version)
        for variant in VARIANTS
        for snapshot in snapshots(variant)
        for name, version in contents(variant, snapshot.number).packages.items()
        if not re.fullmatch(r"\d[\w.]*", version)
    }
    assert odd == set()


def test_the_tables_stay_small() -> None:
    """Plain, before the wheel compresses them to a third."""
    names = ["runtimes.json", "runtime_packages.tsv"]
    assert 50_000 < sum((TABLES / name).stat().st_size for name in names) < 200_000


def test_an_image_is_rebuilt_in_no_time() -> None:
    contents.__wrapped__("main", 0)  # reads the tables
    took = []
    for number in range(200, 205):
        before = time.perf_counter()
        assert contents.__wrapped__("main", number).packages
        took.append(time.perf_counter() - before)
    assert min(took) < 0.06
