"""NB201: cells that were not run from top to bottom."""

from __future__ import annotations

import pytest

from tests.hygiene.build import Json, code, fixed, found, places, text, written

OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["1\n"]}


def run(*counts: int | None) -> list[Json]:
    return [code("x = 1", execution_count=count) for count in counts]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (run(2, 1), [2]),
        (run(1, 5, 2, 3, 1), [3, 5]),
        (run(3, None, 2), [3]),
        (run(3, 0, 2), [3]),
        ([*run(3), text("a"), *run(2)], [3]),
    ],
)
def test_out_of_order(cells: list[Json], numbers: list[int]) -> None:
    assert places(written(*cells), "NB201") == [(number, 1, 1) for number in numbers]


@pytest.mark.parametrize(
    "cells",
    [run(1, 2, 3), run(1, 7, 9), run(2, 2), run(None, None), run(3, None), run(1, 0, 2, 0), []],
)
def test_in_order(cells: list[Json]) -> None:
    assert places(written(*cells), "NB201") == []


def test_what_is_said() -> None:
    [finding] = found(written(*run(7, 3)), "NB201")
    assert "the count [3] below the [7] of cell 1" in finding.message
    assert finding.part == "metadata"


def test_the_fix_clears_the_results_of_all_cells() -> None:
    cells = [code("x = 1", execution_count=2, outputs=[OUTPUT]), *run(1, 5)]
    after = fixed(written(*cells), "NB201", unsafe=True)
    assert [cell["execution_count"] for cell in after["cells"]] == [None] * 3
    assert [cell["outputs"] for cell in after["cells"]] == [[]] * 3
    assert fixed(written(*cells), "NB201")["cells"][0]["outputs"] == [OUTPUT]
