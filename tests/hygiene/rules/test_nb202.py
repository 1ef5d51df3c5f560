"""NB202: execution counts that are missing or there twice."""

from __future__ import annotations

import pytest

from nb2prod.hygiene.engine import DEFAULT
from tests.hygiene.build import Json, code, fixed, found, places, written


def run(*counts: int | None) -> list[Json]:
    return [code("x = 1", execution_count=count) for count in counts]


@pytest.mark.parametrize(
    ("counts", "number", "said"),
    [
        ((1, 3), 2, "and [2] is not there"),
        ((1, 6), 2, "and [2] to [5] are not there"),
        ((2, 3), 1, "and [1] is not there"),
        ((1, 2, 2), 3, "as cell 2 was"),
        ((4, 1, 2), 1, "and [3] is not there"),
    ],
)
def test_a_gap(counts: tuple[int, ...], number: int, said: str) -> None:
    [finding] = found(written(*run(*counts)), "NB202")
    assert finding.location is not None
    assert finding.location.cell == number
    assert said in finding.message


@pytest.mark.parametrize(
    "counts", [(1, 2, 3), (2, 1, 3), (None, None), (1, None, 2), (0, 0, 1), (0, 0), ()]
)
def test_no_gap(counts: tuple[int | None, ...]) -> None:
    assert places(written(*run(*counts)), "NB202") == []


def test_it_is_off_by_default() -> None:
    assert "NB202" not in DEFAULT.enabled


def test_the_fix() -> None:
    after = fixed(written(*run(1, 3)), "NB202", unsafe=True)
    assert [cell["execution_count"] for cell in after["cells"]] == [None, None]
