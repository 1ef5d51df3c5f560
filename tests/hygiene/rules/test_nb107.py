"""NB107: cells that do not parse."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("x = (1\n", 1, "not complete"),
        ("y = 1\nprint 1\n", 2, "Python 2"),
        ("x = = 1\n", 1, "not valid Python 3"),
        ("This cell loads the data of last year.\n", 1, "text"),
        ("return 1\n", 1, "`return`"),
    ],
)
def test_a_cell_that_does_not_parse(source: str, line: int, said: str) -> None:
    [finding] = found(written("x = 1", source, "!pip install x"), "NB107")
    assert finding.location is not None
    assert (finding.location.cell, finding.location.line) == (2, line)
    assert said in finding.message


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x = 1\n",
        "%time x = 1\n!ls\nx?\n",
        "%%bash\nif [ 1 ]; then ls; fi\n",
        "await f()\n",
        ">>> x = 1\n>>> y = 2\n",
        "  x = 1\n  y = 2\n",
        "pip install x\n",
    ],
)
def test_a_cell_that_parses(source: str) -> None:
    assert found(written(source), "NB107") == []


def test_it_stops_nothing_else() -> None:
    content = written("x = (1", "!pip install x", "x = )")
    assert places(content, "NB107", "NB303") == [(1, 1, 1), (2, 1, 1), (3, 1, 1)]
