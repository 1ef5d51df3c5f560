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
        ("%time x = 1", "print(x)"),
        ("%%bash --out text\nls", "print(text)"),
        ("%store -r x", "print(x)"),
        ("%store -r", "print(x)"),
        ("%%writefile h.py\ndef helper(): pass", "%run h.py", "helper()"),
        ("%%timeit\ny = 1\nprint(y)",),
        ("%pylab inline", "plot(1)"),
    ],
)
def test_nothing_is_said_of(sources: tuple[str, ...]) -> None:
    assert found(*sources) == []


def test_a_name_is_told_once_with_its_first_place() -> None:
    assert found("a = 1", "print(a)\nprint(df.head(), df)", "df.tail()") == [
        (Location(2, 2, 7), "df")
    ]


@pytest.mark.parametrize(
    ("sources", "place", "name"),
    [
        (("%%timeit\nx = 1", "print(x)"), Location(2, 1, 7), "x"),
        (("%timeit x = 1", "print(x)"), Location(2, 1, 7), "x"),
        (("%%writefile h.py\ny = 1", "%run h.py", "print(x)"), Location(3, 1, 7), "x"),
        (("%store -r y", "print(x)"), Location(2, 1, 7), "x"),
        (("%store x y", "print(x)"), Location(2, 1, 7), "x"),
        (("%%timeit\nfrom x import *", "print(x)"), Location(2, 1, 7), "x"),
    ],
)
def test_a_name_that_ipython_s_lines_do_not_bind(
    sources: tuple[str, ...], place: Location, name: str
) -> None:
    assert found(*sources) == [(place, name)]


def test_the_notebook_s_own_history_is_not_there_either() -> None:
    assert found("5", "print(_)") == [(Location(2, 1, 7), "_")]
