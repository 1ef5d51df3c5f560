"""Time that grows with the notebook and no faster: four times the lines, cells, outputs or findings
take at most five times the steps. Steps are counted, so that a busy machine makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.fixing import fix_content
from nb2prod.hygiene.model import Profile
from tests.hygiene.counting import Counts, counted
from tests.hygiene.shapes import SHAPES, content

ALL = Profile(frozenset(rule.code for rule in RULES))
_MOST = 5
_SIZE = 24
# Shapes whose findings have fixes, each of a kind of its own.
_FIXED = (
    *("comments", "cells that run out of order", "empty cells", "cells of one id", "errors apart"),
    *("Python 2", "outputs apart", "installs", "paths", "suppressed lines", "idle suppressions"),
    *("ignoring comments", "tags", "widgets", "people", "secrets", "secret cells"),
    *("printed secrets", "wildcards", "imports", "random numbers", "platform modules"),
)


def steps(shape: str, size: int, work: Callable[[bytes], object]) -> Counts:
    """The steps for a notebook of a size, after one of another name has loaded what is needed."""
    made = content(shape, size, f"n{size}")
    return counted(lambda: work(made))


def check(made: bytes) -> object:
    return check_content(made, "nb.ipynb", ALL)


def fix(made: bytes) -> object:
    return fix_content(made, "nb.ipynb", ALL, unsafe=True)


def worst(small: Counts, large: Counts) -> str:
    """The functions that grew too fast, the worst first."""
    fast = {
        name: (count, small[name]) for name, count in large.items() if count > _MOST * small[name]
    }
    ordered = sorted(fast.items(), key=lambda item: item[1], reverse=True)
    return ", ".join(f"{name} {before} → {after}" for name, (after, before) in ordered[:6])


def grows_too_fast(shape: str, size: int, work: Callable[[bytes], object]) -> str:
    """The functions that make a shape grow too fast; "" where none does."""
    work(content(shape, size, "warm"))
    small, large = steps(shape, size, work), steps(shape, 4 * size, work)
    total = sum(large.values())
    # A function that grows with the square may be small beside all others yet.
    loud = [name for name, count in large.items() if count > 0.05 * total]
    if total > _MOST * sum(small.values()) or any(
        large[name] > 2 * _MOST * max(small[name], 50) for name in loud
    ):
        return worst(small, large) or "many"
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_checking_grows_with_the_notebook(shape: str) -> None:
    found = grows_too_fast(shape, _SIZE, check)
    assert not found


@pytest.mark.slow
@pytest.mark.parametrize("shape", _FIXED)
def test_fixing_grows_with_the_notebook(shape: str) -> None:
    assert not grows_too_fast(shape, _SIZE // 2, fix)


def test_what_grows_with_the_square_is_seen() -> None:
    def square(size: int) -> Counts:
        return counted(lambda: [abs(a - b) for a in range(size) for b in range(size)])

    small, large = square(20), square(80)
    assert sum(large.values()) > _MOST * sum(small.values())
    assert "test_growth" in worst(small, large)


def test_steps_are_the_same_every_time() -> None:
    steps("cells", _SIZE, check)
    first, second = steps("cells", _SIZE, check), steps("cells", _SIZE, check)
    assert first == second
