"""NB105: the ids of cells."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nb2prod.hygiene.fixing import fix_content
from tests.hygiene.build import code, fixed, found, only, places, text, written


def newer(*ids: Any, minor: int = 5) -> bytes:
    """A notebook with cells of these ids; None for a cell without one."""
    cells = [code("x = 1\n", **({} if one is None else {"id": one})) for one in ids]
    return written(*cells, nbformat_minor=minor)


@pytest.mark.parametrize(
    ("ids", "cells"),
    [
        ((None,), [1]),
        ((None, "a", None), [1]),
        (("a", "a"), [2]),
        (("a", "b", "a", "a"), [3, 4]),
        (("", "b"), [1]),
        (("a b",), [1]),
        (("ä",), [1]),
        (("a" * 65,), [1]),
        ((7, "a"), [1]),
        (("a", None, "a"), [2, 3]),
    ],
)
def test_what_is_no_id(ids: tuple[Any, ...], cells: list[int]) -> None:
    content = newer(*ids)
    assert places(content, "NB105") == [(cell, 1, 1) for cell in cells]
    after = [cell["id"] for cell in fixed(content, "NB105")["cells"]]
    assert len(set(after)) == len(after)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", one) for one in after)
    kept = [one for one in dict.fromkeys(ids) if isinstance(one, str) and one.isalpha()]
    assert [one for one in kept if len(one) < 9 and one.isascii()] == [
        one for one in after if one in kept
    ]


@pytest.mark.parametrize(
    "content",
    [
        newer("a", "b-1", "c_2", "A" * 64),
        newer("a", "a", minor=4),
        newer(None, None, minor=4),
        written(nbformat_minor=5),
    ],
)
def test_nothing_to_find(content: bytes) -> None:
    assert found(content, "NB105") == []


def test_ids_are_the_same_for_everybody_and_differ_by_content() -> None:
    cells = [code("x = 1\n"), code("x = 1\n"), text("x = 1\n")]
    content = written(*cells, nbformat_minor=5)
    first, again = fixed(content, "NB105"), fixed(content, "NB105")
    assert first == again
    assert len({cell["id"] for cell in first["cells"]}) == 3
    other = fixed(written(code("y = 1\n"), *cells[1:], nbformat_minor=5), "NB105")
    assert other["cells"][0]["id"] != first["cells"][0]["id"]
    assert other["cells"][1]["id"] == first["cells"][1]["id"]


def test_a_derived_id_that_is_taken() -> None:
    [taken] = [cell["id"] for cell in fixed(newer(None), "NB105")["cells"]]
    after = [cell["id"] for cell in fixed(newer(None, taken), "NB105")["cells"]]
    assert after[1] == taken
    assert after[0] != taken


def test_fixing_twice_changes_nothing() -> None:
    once = fix_content(newer(None, "a", "a"), "nb.ipynb", only("NB105"), unsafe=False)
    twice = fix_content(once.content, "nb.ipynb", only("NB105"), unsafe=False)
    assert once.findings == []
    assert twice.content == once.content
