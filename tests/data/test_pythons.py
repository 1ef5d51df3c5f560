"""Ends of life of Python, and which Pythons an image can get."""

from __future__ import annotations

from datetime import date

import pytest

from nb2prod.data.pythons import oldest_python, python


@pytest.mark.parametrize(
    ("minor", "released", "end", "ended", "latest"),
    [
        ("3.7", "2018-06-27", "2023-06-27", True, None),
        ("3.8", "2019-10-14", "2024-10-07", True, "3.8.20"),
        ("3.9", "2020-10-05", "2025-10-31", True, "3.9.25"),
        ("3.10", "2021-10-04", "2026-10", True, "3.10.22"),
        ("3.12", "2023-10-02", "2028-10", False, "3.12.16"),
        ("3.14", "2025-10-07", "2030-10", False, "3.14.10"),
    ],
)
def test_what_is_known_of_a_python(
    minor: str, released: str, end: str, ended: bool, latest: str | None
) -> None:
    found = python(minor)
    assert found is not None
    assert (found.released, found.end_of_life) == (released, end)
    assert (found.ended, found.latest) == (ended, latest)


def test_the_table_is_in_order_and_of_its_own_minor_versions() -> None:
    pythons = [found for minor in range(6, 15) if (found := python(f"3.{minor}"))]
    assert len(pythons) == 9
    days = [date.fromisoformat(found.released) for found in pythons]
    assert days == sorted(days)
    assert all(
        found.latest is None or found.latest.startswith(f"{found.minor}.") for found in pythons
    )
    assert all(found.end_of_life > found.released for found in pythons)
    assert python("2.7") is None


def test_the_oldest_python_that_an_image_can_get() -> None:
    assert oldest_python() == "3.8"
