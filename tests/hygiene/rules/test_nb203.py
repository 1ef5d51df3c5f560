"""NB203: cells that were not run among cells that were."""

from __future__ import annotations

import pytest

from tests.hygiene.build import Json, code, places, text, written

RUN = code("x = 1", execution_count=1)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([RUN, code("y = 2")], [2]),
        ([RUN, code("# a comment\ny = 2")], [2]),
        ([RUN, code("%%bash\n# nothing")], [2]),
        ([code("y = 2"), text("a"), RUN, code("z = 2")], [1, 4]),
    ],
)
def test_a_cell_that_was_not_run(cells: list[Json], found: list[int]) -> None:
    assert places(written(*cells), "NB203") == [(number, 1, 1) for number in found]


@pytest.mark.parametrize(
    "cells",
    [
        [RUN, code("y = 2", execution_count=7)],
        [code("x = 1"), code("y = 2")],
        [RUN, code("y", outputs=[{"output_type": "stream", "name": "stdout", "text": ["2"]}])],
        [RUN, code("  \n")],
        [RUN, code("# x = 1\n\n  # y = 2")],
        [RUN, text("not code")],
        [],
    ],
)
def test_nothing_to_find(cells: list[Json]) -> None:
    assert places(written(*cells), "NB203") == []
