"""NB207: names that are used above what defines them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2prod.hygiene.engine import check_content
from tests.hygiene.build import code, found, only, places, text, written

FOUND = [
    (("print(x)", "x = 1"), (1, 1, 7), "`x` is defined in cell 2, and used in cell 1"),
    (("print(x)\nx = 1",), (1, 1, 7), "`x` is used on line 1, and defined only on line 2"),
    (("x = x + 1",), (1, 1, 5), "`x`"),
    (("x += 1", "x = 1"), (1, 1, 1), "`x`"),
    (("del x", "x = 1"), (1, 1, 5), "`x`"),
    (("f(1)", "def f(a):\n    return a"), (1, 1, 1), "`f` is defined in cell 2"),
    (("A()", "class A:\n    pass"), (1, 1, 1), "`A`"),
    (("np.zeros(1)", "import numpy as np"), (1, 1, 1), "`np`"),
    (("for i in y:\n    print(i)", "y = [1]"), (1, 1, 10), "`y`"),
    (("for i in (1, 2):\n    print(last)\n    last = i",), (1, 2, 11), "`last`"),
    (("[a for a in y]", "y = 1"), (1, 1, 13), "`y`"),
    (("[y for a in (1,)]", "y = 1"), (1, 1, 2), "`y`"),
    (("g = (a for a in y)", "y = 1"), (1, 1, 17), "`y`"),
    (("with open(y) as f:\n    pass", "y = 1"), (1, 1, 11), "`y`"),
    (("class A:\n    b = y", "y = 1"), (1, 2, 9), "`y`"),
    (("def f(a=y):\n    pass", "y = 1"), (1, 1, 9), "`y`"),
    (("@y\ndef f():\n    pass", "y = 1"), (1, 1, 2), "`y`"),
    (("if y:\n    pass", "y = 1"), (1, 1, 4), "`y`"),
    (("y and z", "y = 1"), (1, 1, 1), "`y`"),
    (("a if y else b", "y = 1", "a = b = 1"), (1, 1, 6), "`y`"),
    (("if __name__ == '__main__':\n    y()", "y = 1"), (1, 2, 5), "`y`"),
    (("try:\n    y()\nexcept ImportError:\n    pass", "y = 1"), (1, 2, 5), "`y`"),
    (("match y:\n    case 1:\n        pass", "y = 1"), (1, 1, 7), "`y`"),
    (("f'{y}'", "y = 1"), (1, 1, 4), "`y`"),
    # Behind IPython's signs, and defined by them.
    (("%time x = y", "y = 1"), (1, 1, 11), "`y`"),
    (("z = %time y", "y = 1"), (1, 1, 11), "`y`"),
    (("print(x)", "%time x = 1"), (1, 1, 7), "`x`"),
    (("print(x)", "x = !ls"), (1, 1, 7), "`x` is defined in cell 2"),
    (("out.show()", "%%capture out\n1"), (1, 1, 1), "`out`"),
    (("  print(x)\n  x = 1",), (1, 1, 9), "`x`"),
    # What cannot be seen comes later, or binds nothing.
    (("print(x)", "from y import *", "x = 1"), (1, 1, 7), "`x`"),
    (("%load_ext autoreload\n%autoreload 2", "print(x)", "x = 1"), (2, 1, 7), "`x`"),
    (("%%bash\nx=1", "print(x)", "x = 1"), (2, 1, 7), "`x`"),
    (("%%timeit\nx = 1", "print(x)", "x = 1"), (2, 1, 7), "`x`"),
]


@pytest.mark.parametrize(("cells", "place", "said"), FOUND)
def test_used_above(cells: tuple[str, ...], place: tuple[int, int, int], said: str) -> None:
    [finding] = found(written(*cells), "NB207")
    assert finding.location is not None
    assert (finding.location.cell, finding.location.line, finding.location.column) == place
    assert said in finding.message


@pytest.mark.parametrize(
    "cells",
    [
        ("x = 1", "print(x)"),
        ("print(x)",),
        ("def f():\n    return y", "y = 1"),
        ("f = lambda: y", "y = 1"),
        ("g = (y for a in (1,))", "y = 1"),
        ("x: T = 1\ndef f(a: T) -> T: pass", "T = int"),
        # Not in every run.
        ("ok = False", "if ok:\n    y()", "y = 1"),
        ("ok = False", "ok and y()", "y = 1"),
        ("ok = False", "1 if not ok else y", "y = 1"),
        ("ok = False", "while ok:\n    y()", "y = 1"),
        ("try:\n    y\nexcept NameError:\n    y = 1",),
        ("try:\n    y\nexcept:\n    pass", "y = 1"),
        ("try:\n    pass\nexcept ImportError:\n    y()", "y = 1"),
        ("from contextlib import suppress\nwith suppress(NameError):\n    del y", "y = 1"),
        ("assert True, y", "y = 1"),
        # Bound by something else first.
        ("for i in (1,):\n    print(i)", "i = 1"),
        ("with open('a') as f:\n    f.read()", "f = 1"),
        ("if (n := 1) > 0:\n    print(n)", "n = 2"),
        ("[a for a in (1,)]", "a = 1"),
        ("[b for a in (1,) for b in (a,)]", "a = b = 1"),
        ("class A:\n    b = 1\n    c = b", "b = 1"),
        ("try:\n    import a\nexcept ImportError as e:\n    print(e)", "e = 1"),
        ("match 1:\n    case n:\n        print(n)", "n = 1"),
        ("import os.path as p, sys\nprint(p, sys)", "p = sys = 1"),
        ("def f():\n    global y\n    y = 1", "f()", "print(y)", "y = 2"),
        # By IPython.
        ("%time x = 1", "print(x)", "x = 2"),
        ("%prun -q x = 1", "print(x)", "x = 2"),
        ("x = !ls\nprint(x)", "x = 2"),
        ("x = %pwd\nprint(x)", "x = 2"),
        ("%%capture out\n1", "print(out)", "out = 2"),
        ("%%bash --out out\nls", "print(out)", "out = 2"),
        ("%store -r x", "print(x)", "x = 2"),
        ("%%writefile h.py\nx = 1", "%run h.py", "print(x)", "x = 2"),
        ("display(1); get_ipython(); In, Out, _, __, _1, _i, exit", "_ = In = display = 1"),
        # What came before cannot be seen.
        ("from y import *", "print(x)", "x = 1"),
        ("exec('x = 1')", "print(x)", "x = 1"),
        ("%run helpers.py", "print(x)", "x = 1"),
        ("%pylab", "print(x)", "x = 1"),
        ("%load_ext somebodys_own", "print(x)", "x = 1"),
        ("%somebodys_own", "print(x)", "x = 1"),
        ("%%somebodys_own\nwhat", "print(x)", "x = 1"),
        ("get_ipython().run_cell('x = 1')", "print(x)", "x = 1"),
        ("get_ipython().run_line_magic('own', '')", "print(x)", "x = 1"),
        ("import sympy\nsympy.var('x')", "print(x)", "x = 1"),
        ("x = 1 2", "print(x)", "x = 1"),
        ("from y import *\nnot python", "print(x)", "x = 1"),
        ("%%timeit\nprint(x)", "x = 1"),
        ("import pyspark", "spark.read()", "spark = 1"),
    ],
)
def test_nothing_to_find(cells: tuple[str, ...]) -> None:
    assert places(written(*cells), "NB207") == []


def test_a_name_is_told_once() -> None:
    content = written("print(x, y)", "print(x)", text("x = 1"), "x = 1", "print(x)", "x = y = 2")
    assert places(content, "NB207") == [(1, 1, 7), (1, 1, 10)]


def test_a_cell_that_is_to_fail() -> None:
    tagged = code("print(x)", metadata={"tags": ["raises-exception"]})
    assert places(written(tagged, "x = 1"), "NB207") == []


@pytest.mark.parametrize(("helper", "expected"), [("x = 1\n", 0), ("z = 1\n", 1)])
def test_a_file_that_is_run(tmp_path: Path, helper: str, expected: int) -> None:
    (tmp_path / "helpers.py").write_text(helper, encoding="utf-8")
    content = written("%run helpers.py", "print(x)", "x = 1")
    assert len(check_content(content, "nb.ipynb", only("NB207"), tmp_path)) == expected


def test_databricks_gives_names() -> None:
    metadata = {"application/vnd.databricks.v1+notebook": {"language": "python"}}
    cells = ("dbutils.fs.ls('/')", "dbutils = 1")
    assert places(written(*cells, metadata=metadata), "NB207") == []
    assert places(written(*cells), "NB207") == [(1, 1, 1)]
