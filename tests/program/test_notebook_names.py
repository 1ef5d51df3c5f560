"""Names that a notebook has and a module has not, and cells that are meant to fail."""

from __future__ import annotations

import pytest

from nb2prod.analysis.gather import gather
from nb2prod.notebook.model import Cell, Notebook, Origin
from nb2prod.program.build import build
from nb2prod.program.model import Ledger, Program


def built(*cells: str, tags: dict[int, list[str]] | None = None) -> tuple[Program, Ledger]:
    numbered = tuple(
        Cell(number, "code", cell, {"tags": (tags or {}).get(number, [])})
        for number, cell in enumerate(cells, start=1)
    )
    notebook = Notebook("job", "0" * 64, "4.5", numbered, Origin("jupyter", ()), {}, {})
    return build(notebook, gather(notebook), "job", "3.12")


def source(*cells: str, tags: dict[int, list[str]] | None = None) -> str:
    return built(*cells, tags=tags)[0].modules[0].source


def test_the_value_shown_last_is_kept_where_it_is_read() -> None:
    text = source("1 + 1", "x = 2\nx", "y = _")
    assert "    _ = x\n    display(_)\n" in text
    assert "    display(1 + 1)\n" in text


@pytest.mark.parametrize(
    "cells",
    [
        ("y = _",),  # nothing is shown before it
        ("1 + 1;", "y = _"),
        ("print(1)", "y = _"),
        ("1 + 1", "def f():\n    return _", "f()"),  # who knows what is shown before the call
    ],
)
def test_where_nobody_knows_the_value_a_person_is_asked(cells: tuple[str, ...]) -> None:
    _, ledger = built(*cells)
    assert ledger.count("attention") == 1


def test_builtins_are_the_module() -> None:
    text = source("names = dir(__builtins__)")
    assert "import builtins\n" in text
    assert "names = dir(builtins)" in text


def test_the_program_goes_on_behind_a_cell_that_is_meant_to_fail() -> None:
    text = source("x = 1\n1 / 0", "y = 2", tags={1: ["raises-exception"]})
    assert "    try:\n        x = 1\n" in text
    assert "    except Exception:  # the notebook goes on" in text
    assert "        traceback.print_exc()\n" in text
    assert "try" not in source("x = 1\n1 / 0", "y = 2", tags={1: ["parameters"]})


def test_a_stop_for_a_person_is_not_caught() -> None:
    text = source("%no_such_magic 1", tags={1: ["raises-exception"]})
    assert "raise NotImplementedError" in text
    assert "try" not in text


def test_a_name_that_is_nowhere_may_be_what_the_cell_is_to_show() -> None:
    program, ledger = built("undefined_name", "x = 1", tags={1: ["raises-exception"]})
    assert ledger.count("attention") == 0
    assert "display(undefined_name)" in program.modules[0].source
