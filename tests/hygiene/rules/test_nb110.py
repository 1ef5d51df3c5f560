"""NB110: long cells, long notebooks."""

from __future__ import annotations

import pytest

from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.model import Profile
from tests.hygiene.build import places, text, written


def lines(count: int) -> str:
    return "x = 1\n" * count


def with_options(**values: int) -> Profile:
    options = {name.replace("_", "-"): value for name, value in values.items()}
    return Profile(frozenset({"NB110"}), {"NB110": options})


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([lines(101)], [(1, 1, 1)]),
        ([lines(100) + "y = 2"], [(1, 1, 1)]),
        (["x = 1\n", lines(300)], [(2, 1, 1)]),
        (["x = 1\n"] * 101, [None]),
    ],
)
def test_too_long(cells: list[str], found: list[tuple[int, int, int] | None]) -> None:
    assert places(written(*cells), "NB110") == found


@pytest.mark.parametrize(
    "content",
    [
        written(lines(100)),
        written(lines(99) + "y = 2"),
        written(text("a\n" * 300)),
        written(*["x = 1\n"] * 100),
        written(),
    ],
)
def test_not_too_long(content: bytes) -> None:
    assert places(content, "NB110") == []


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (with_options(max_lines=3), 0),
        (with_options(max_lines=2), 1),
        (with_options(max_cells=2), 0),
        (with_options(max_cells=1), 1),
        (with_options(max_lines=2, max_cells=1), 2),
    ],
)
def test_the_limits_are_options(options: Profile, count: int) -> None:
    content = written(lines(3), "y = 1\n")
    assert len(check_content(content, "nb.ipynb", options)) == count
