"""What IPython's own lines bind, and where that cannot be seen."""

from __future__ import annotations

import pytest

from nb2prod.analysis.ipython_names import binds_unknown, keeps_names, names_bound_by_ipython
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell
from nb2prod.notebook.statements import ParsedCell


def parsed(*sources: str) -> list[ParsedCell]:
    return [parse_cell(Cell(number, "code", text)) for number, text in enumerate(sources, start=1)]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1", set()),
        ("x = !ls", {"x"}),
        ("a, (b, *c) = !ls", {"a", "b", "c"}),
        ("d['k'] = !ls", set()),
        ("x: list = !ls", {"x"}),
        ("x[\n0] = !ls", set()),
        ("if a:\n    x = !ls\n    y = %pwd", {"x", "y"}),
        ("!ls", set()),
        ("x = %env HOME", {"x"}),
        ("%env A=1", set()),
        ("%time x = 1", {"x"}),
        ("%time x, y = f()", {"x", "y"}),
        ("y = %time x", {"y"}),
        ("%time x = !ls", {"x"}),
        ("%time --no-raise-error x = 1", {"x"}),
        ("%time", set()),
        ("%time x =", set()),
        ("%%time\nx = 1", set()),
        ("%%time\nx = !ls", {"x"}),
        ("%prun x = f()", {"x"}),
        ("%prun -l 5 -s cumulative -q x = f()", {"x"}),
        ("%prun -q", set()),
        ("%timeit x = 1", set()),
        ("r = %timeit -o f()", {"r"}),
        ("%%timeit\nx = !ls", set()),
        ("%%timeit\n%time x = 1", set()),
        ("%memit x = 1", set()),
        ("%%capture", set()),
        ("%%capture out", {"out"}),
        ("%%capture --no-stderr out", {"out"}),
        ("%%capture out\nx = !ls", {"out", "x"}),
        ("%%capture out\n%%timeit\nx = !ls", {"out"}),
        ("%%bash\nx=1", set()),
        ("%%bash --out a --err=b\nls", {"a", "b"}),
        ("%%sh --out\nls", set()),
        ("%%script perl --bg --out a --proc p\nx", {"a", "p"}),
        ("%%python3 --out text\nx = 1", {"text"}),
        ("%%python3\nx = 1", set()),
        ("%%html --out a\nx", set()),
        ("%%writefile out.py\nx = 1", set()),
        ("%load_ext autoreload", set()),
        ("%matplotlib inline", set()),
        ("%store x", set()),
        ("%store -r x y", {"x", "y"}),
        ("%store -r", set()),
        ("%pylab --no-import-all", {"numpy", "matplotlib", "pylab", "mlab", "pyplot", "np", "plt"}),
        ("%sc -l files = ls", {"files"}),
        ("%sc ls", set()),
        ("%macro again 1-3", {"again"}),
        ("%%bigquery df --project p\nselect 1", {"df"}),
        ("%%bigquery --project p df\nselect 1", set()),
        ("%sql rows << select 1", {"rows"}),
        ("rows = %sql select 1", {"rows"}),
        ("%%R -i x -o y,z\ny <- x", {"y", "z"}),
        ("%R -o y y <- 1", {"y"}),
        ("/f (x := 1)", set()),
        ("/f (x:=1)", {"x"}),
        ("%run helpers.py", set()),
        ("this is no Python", set()),
    ],
)
def test_names(source: str, names: set[str]) -> None:
    (cell,) = parsed(source)
    assert set(names_bound_by_ipython(cell)) == names


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ("import x", []),
        ("from x import y", []),
        ("from x import *", [(1, 1)]),
        ("x = 1; from y import *\nfrom z import *", [(1, 8), (2, 1)]),
        ("if x:\n    try:\n        from y import *\n    except E: pass", [(1, 1)]),
        ("%%time\nfrom x import *", [(2, 1)]),
        ("%%timeit\nfrom x import *", []),
        ("%time from x import *", [(1, 1)]),
        ("%run helpers.py", [(1, 1)]),
        ("x = 1\nif x:\n    %run helpers", [(3, 5)]),
        ("%run", [(1, 1)]),
        ("%store -r", [(1, 1)]),
        ("%store -r x", []),
        ("%store x", []),
        ("%pylab inline", [(1, 1)]),
        ("%pylab --no-import-all", []),
        ("%matplotlib inline", []),
        ("%load x.py", [(1, 1)]),
        ("%%cython\ndef f(): pass", [(1, 1)]),
        ("%%bigquery df\nselect 1", []),
        ("%%bigquery --project p\nselect 1", [(1, 1)]),
        ("%sql select 1", [(1, 1)]),
        ("%%bash\nls", []),
        ("x = !ls", []),
    ],
)
def test_places_that_bind_what_cannot_be_seen(source: str, places: list[tuple[int, int]]) -> None:
    (cell,) = parsed(source)
    assert list(binds_unknown(cell)) == [Location(1, line, column) for line, column in places]


@pytest.mark.parametrize(
    ("sources", "names", "unknown"),
    [
        (("%%writefile helpers.py\nx = 1\ndef f(): y = 2", "%run helpers.py"), {"x", "f"}, False),
        (("%%file helpers.py\nimport a.b, c as d", "%run helpers"), {"a", "d"}, False),
        (("%%writefile ./helpers.py\nx = 1", "%run -i 'helpers.py' --epochs 3"), {"x"}, False),
        (("%%writefile a.py\nx = 1", "%run -t -N 3 a.py"), {"x"}, False),
        (("%%writefile a.py\nx = 1", "%%writefile -a a.py\ny = 1", "%run a.py"), {"x", "y"}, False),
        (("%%writefile a.py\nx = 1", "%%writefile a.py\ny = 1", "%run a.py"), {"y"}, False),
        (("%%writefile -a a.py\nx = 1", "%run a.py"), set(), True),
        (("%%writefile b.py\nx = 1", "%run a.py"), set(), True),
        (("%%writefile a.py\nx = (", "%run a.py"), set(), True),
        (("%%writefile a.py\nx = 1\nfrom y import *", "%run a.py"), {"x"}, True),
        (("%%writefile a.py\nx = 1", "%run -m a"), set(), True),
        (("%%writefile a.ipynb\nx = 1", "%run a.ipynb"), set(), True),
        (("%%writefile a.py\nx = 1", "%run a.py 'x"), {"x"}, False),
    ],
)
def test_a_file_of_the_notebook_s_own_that_is_run(
    sources: tuple[str, ...], names: set[str], unknown: bool
) -> None:
    cells = parsed(*sources)
    assert set(names_bound_by_ipython(cells[-1], cells)) == names
    assert bool(list(binds_unknown(cells[-1], cells))) is unknown


def test_a_file_that_is_written_later_is_not_there_yet() -> None:
    cells = parsed("%run a.py", "%%writefile a.py\nx = 1")
    assert list(names_bound_by_ipython(cells[0], cells)) == []
    assert list(binds_unknown(cells[0], cells)) == [Location(1, 1, 1)]


@pytest.mark.parametrize(
    ("source", "keeps"),
    [
        ("x = 1", True),
        ("%%time\nx = 1", True),
        ("%%capture\nx = 1", True),
        ("%%prun\nx = 1", True),
        ("%%timeit\nx = 1", False),
        ("%%capture\n%%timeit\nx = 1", False),
        ("%timeit x = 1\ny = 1", True),
    ],
)
def test_what_measures_keeps_no_names(source: str, keeps: bool) -> None:
    assert keeps_names(parsed(source)[0]) is keeps
