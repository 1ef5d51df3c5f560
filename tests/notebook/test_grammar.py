"""How long it takes to say which Python a cell needs."""

from __future__ import annotations

import time

import pytest

from nb2prod.notebook.grammar import needed_python

NEWER = "type Row = list[int]\n"


def test_newer_grammar_among_nested_brackets_is_still_found() -> None:
    assert needed_python(NEWER + "x = " + "[" * 50 + "]" * 50) == (3, 12)


@pytest.mark.parametrize("depth", [201, 20_000])
def test_brackets_deeper_than_any_python_takes_cost_no_time(depth: int) -> None:
    started = time.process_time()
    assert needed_python(NEWER + "x = " + "[" * depth + "]" * depth) is None
    assert time.process_time() - started < 2
