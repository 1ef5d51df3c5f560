"""How the benchmark of names counts answers and reads the peers' requirements."""

from __future__ import annotations

import json
import sqlite3
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.names import Score, _index, _requirements


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        ({"a", "c"}, (2, 0, 0, 0)),
        ({"b", "c", "d"}, (2, 0, 0, 0)),  # b is as good as a, and d is allowed
        ({"a", "b"}, (1, 1, 0, 0)),
        ({"a", "x", "y"}, (1, 1, 2, 0)),
        (set(), (0, 2, 0, 0)),
        (None, (0, 2, 0, 1)),
    ],
)
def test_what_counts(answer: set[str] | None, counts: tuple[int, int, int, int]) -> None:
    score = Score()
    score.judge({"required": [["a", "b"], ["c"]], "allowed": ["d"]}, answer)
    assert (score.found, score.missed, score.invented, score.silent) == counts


def test_shares() -> None:
    score = Score(found=3, missed=1, invented=2)
    assert (score.precision, score.recall) == (0.6, 0.75)
    assert (Score().precision, Score().recall) == (0, 0)


def test_requirements_are_read_with_and_without_versions() -> None:
    text = "# by x\n\nnumpy==2.1\nscikit_learn~=1.0\nPIL\na[b]>=1\nWARNING: no requirement\n"
    assert list(_requirements(text)) == ["numpy", "scikit-learn", "pil", "a"]


def test_without_pigars_database_the_index_has_nothing(tmp_path: Path) -> None:
    with _index(tmp_path) as address, pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{address}numpy/json", timeout=10)
    caught.value.close()
    assert caught.value.code == 404


def test_the_index_knows_what_pigars_database_knows(tmp_path: Path) -> None:
    place = tmp_path / "pigar" / "lib" / "python3" / "site-packages" / "pigar"
    place.mkdir(parents=True)
    with closing(sqlite3.connect(place / ".db.sqlite3")) as database:
        database.execute("CREATE TABLE distributions (id INTEGER, name VARCHAR)")
        database.execute("INSERT INTO distributions VALUES (1, 'Foo_Bar')")
        database.commit()
    with (
        _index(tmp_path) as address,
        urllib.request.urlopen(f"{address}foo-bar/json", timeout=10) as reply,
    ):
        assert json.load(reply)["releases"] == {"1": []}
