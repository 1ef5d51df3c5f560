"""Versions of Python: until when each has fixes of security, and which of them an image can get.

Facts in `tables/pythons.json`: the days from the release schedules that are PEPs, and what
the uv of the generated Dockerfile offers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from nb2prod.data._files import read_json


@dataclass(frozen=True, slots=True)
class Python:
    """A minor version ("3.9") and the day of its release. `end_of_life` is a day or a month
    ("2025-10-31", "2026-10"); `ended` whether that was before the table was made; `latest` the
    newest patch that an image can get, None where it can get none.
    """

    minor: str
    released: str
    end_of_life: str
    ended: bool
    latest: str | None


def python(minor: str) -> Python | None:
    """What is known of a minor version; None for one that the table does not hold."""
    row: dict[str, Any] | None = _table()["pythons"].get(minor)
    if row is None:
        return None
    # A month counts as its first day: "2026-10" is before "2026-10-05".
    ended = row["end_of_life"] < _table()["date"]
    return Python(minor, row["released"], row["end_of_life"], ended, row["latest"])


def oldest_python() -> str:
    """The oldest minor version that an image can get."""
    return available_pythons()[0]


def available_pythons() -> tuple[str, ...]:
    """The minor versions that an image can get, oldest first."""
    rows: dict[str, dict[str, Any]] = _table()["pythons"]
    return tuple(minor for minor, row in rows.items() if row["latest"])


@cache
def _table() -> dict[str, Any]:
    return read_json("pythons.json")
