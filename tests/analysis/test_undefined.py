"""Names that nothing in the notebook binds."""

from __future__ import annotations

import pytest

from nb2prod.analysis.undefined import undefined_names
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell


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
        ("x = y = 5 apples", "print(x, y)"),
        ("print 'a'\nfor a, b in c: pass\nimport os as o", "print(a, b, o)"),
        ("from x import *\nthis is prose", "print(x)"),
        ("class A:\n    b = 1\n    c = [b for _ in (1,)]\n    def f(self): return __class__",),
        ("def f(a, *b, c=1, **d):\n    global e\n    e = lambda x: (a, b, c, d, x)", "print(e)"),
        ("def f():\n    def g(): return h\n    h = 1",),
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


def test_each_name_of_a_line_is_told() -> None:
    assert [name for _, name in found("x = a + b")] == ["a", "b"]


def test_a_function_is_told_of_only_where_no_cell_reads_the_name() -> None:
    functions = "def f():\n    return [df, df]\ndef g(x=1):\n    return df"
    assert found(functions) == [(Location(1, 2, 13), "df"), (Location(1, 4, 12), "df")]
    assert found(functions, "df") == [(Location(2, 1, 1), "df")]


@pytest.mark.parametrize(
    "cell",
    [
        "def f():\n    local = 1\nprint(local)",
        "[local for local in 'ab']\nprint(local)",
        "class A:\n    local = 1\n    def f(self):\n        return local",
        "%time print(local)",
        "v = %time local",
        ",print local.x\n;print a\n/local b",
    ],
)
def test_what_another_scope_binds_is_bound_nowhere(cell: str) -> None:
    assert "local" in [name for _, name in found(cell)]


def test_a_cell_that_does_not_parse_says_nothing_of_the_others() -> None:
    assert found("print 'hi'", "print(nope)") == [(Location(2, 1, 7), "nope")]


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
