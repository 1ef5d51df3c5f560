"""Names that nothing in the notebook binds."""

from __future__ import annotations

import pytest

from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell
from nb2prod.program.undefined import undefined_names


def found(*sources: str) -> list[tuple[Location, str]]:
    cells = [parse_cell(Cell(number, "code", text)) for number, text in enumerate(sources, start=1)]
    return list(undefined_names(cells))


@pytest.mark.parametrize(
    "sources",
    [
        ("print(len([1]))", "exit()"),
        ("x = 1", "print(x)"),
        ("def f():\n    return y", "y = 2"),
        ("print(later)", "later = 1"),
        ("for i in range(3):\n    print(i)",),
        ("[a for a in 'abc']",),
        ("import os.path\nos.getcwd()",),
        ("files = !ls\nprint(files)",),
        ("%%capture out\n1", "out.show()"),
        ("display(1)",),
        ("print(__name__)",),
        ("from pylab import *", "plot(sin(1))"),
        ("exec(code)",),
        ("%run helpers.py", "helper()"),
        ("try:\n    unicode\nexcept NameError:\n    unicode = str",),
        ("prose is no Python", "print(x)"),
    ],
)
def test_nothing_is_said_of(sources: tuple[str, ...]) -> None:
    assert found(*sources) == []


def test_a_name_is_told_once_with_its_first_place() -> None:
    assert found("a = 1", "print(a)\nprint(df.head(), df)", "df.tail()") == [
        (Location(2, 2, 7), "df")
    ]


def test_the_notebook_s_own_history_is_not_there_either() -> None:
    assert found("5", "print(_)") == [(Location(2, 1, 7), "_")]
