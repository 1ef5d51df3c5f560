"""NB208: names that nothing in the notebook defines."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2prod.hygiene.engine import check_content
from tests.hygiene.build import code, found, only, places, written

FOUND = [
    (("print(x)",), (1, 1, 7)),
    (("y = 1", "y\nprint(x, x)", "x"), (2, 2, 7)),
    (("def f():\n    return x",), (1, 2, 12)),
    (("def f():\n    x = 1", "print(x)"), (2, 1, 7)),
    (("[x for x in 'a']", "print(x)"), (2, 1, 7)),
    (("%time print(x)",), (1, 1, 13)),
    (("v = %time x",), (1, 1, 11)),
    (("if 1:\n    %time z = x",), (1, 2, 15)),
    (("  a = 1\n  b = x",), (1, 2, 7)),
    (("%%timeit\nx = 1", "print(x)"), (2, 1, 7)),
    (("%%bash\nx=1", "print(x)"), (2, 1, 7)),
    (("%%writefile a.py\nx = 1", "print(x)"), (2, 1, 7)),
    (("%load_ext autoreload\n%autoreload 2\n%matplotlib inline\n!ls\nprint(x)",), (1, 5, 7)),
    (("x = (1", "print(y)"), (2, 1, 7)),
    (("get_ipython().run_line_magic('matplotlib', 'inline')\nprint(x)",), (1, 2, 7)),
    (("import numpy as np\nnp.var(1)\nprint(x)",), (1, 3, 7)),
    (("spark.read()",), (1, 1, 1)),
]


@pytest.mark.parametrize(("cells", "place"), FOUND)
def test_an_undefined_name(cells: tuple[str, ...], place: tuple[int, int, int]) -> None:
    [finding] = found(written(*cells), "NB208")
    assert finding.location is not None
    assert (finding.location.cell, finding.location.line, finding.location.column) == place
    assert "is defined nowhere in the notebook" in finding.message


@pytest.mark.parametrize(
    "cells",
    [
        ("x = 1", "print(x, len([]))"),
        ("print(x)", "x = 1"),
        ("def f():\n    return x", "x = 1"),
        ("def f():\n    global x\n    x = 1", "f()\nprint(x)"),
        ("try:\n    x\nexcept NameError:\n    pass",),
        ("x = = 1", "print(x)"),
        ("x 'a'", "print(x)"),
        ("__name__, __file__, __doc__",),
        # IPython's own names, and what its lines define.
        ("display(1); get_ipython(); In; Out; _; __; ___; _3; _i; _ii; _i3; _ih; _oh; _dh; exit",),
        ("%time x = 1", "print(x)"),
        ("%%time\nx = 1", "print(x)"),
        ("%%capture x\n1", "print(x)"),
        ("x = !ls", "print(x)"),
        ("x = %pwd", "print(x)"),
        ("%%bash --out x\nls", "print(x)"),
        ("%store -r x", "print(x)"),
        ("%%bigquery x\nselect 1", "print(x)"),
        ("%%writefile h.py\nx = 1", "%run h.py", "print(x)"),
        # Names that cannot be seen.
        ("from y import *", "print(x)"),
        ("exec('x = 1')", "print(x)"),
        ("globals()['x'] = 1", "print(x)"),
        ("%run helpers.py", "print(x)"),
        ("%run other.ipynb", "print(x)"),
        ("%pylab inline", "print(x)"),
        ("print(x)", "%load_ext somebodys_own"),
        ("%somebodys_own x", "print(x)"),
        ("%%somebodys_own\nx = 1", "print(x)"),
        ("get_ipython().run_cell('x = 1')", "print(x)"),
        ("get_ipython().user_ns['x'] = 1", "print(x)"),
        ("get_ipython().run_line_magic('load_ext', 'somebodys_own')", "print(x)"),
        ("import builtins\nbuiltins.x = 1", "print(x)"),
        ("from sympy import var\nvar('x')", "print(x)"),
        ("import gettext\ngettext.install('a')", "_('a'); print(x)"),
        ("from pyspark.sql import functions as F", "spark.read(); sc.stop()"),
        ("%%html\n<b>x</b>",),
        ("!echo $x {x}",),
    ],
)
def test_nothing_to_find(cells: tuple[str, ...]) -> None:
    assert places(written(*cells), "NB208") == []


def test_a_cell_that_is_to_fail() -> None:
    tagged = code("print(x)", metadata={"tags": ["raises-exception"]})
    assert places(written(tagged), "NB208") == []


@pytest.mark.parametrize(("helper", "expected"), [("x = 1\n", 0), ("z = 1\n", 1)])
def test_a_file_that_is_run(tmp_path: Path, helper: str, expected: int) -> None:
    (tmp_path / "helpers.py").write_text(helper, encoding="utf-8")
    content = written("%run helpers.py", "print(x)")
    assert len(check_content(content, "nb.ipynb", only("NB208"), tmp_path)) == expected


def test_a_name_is_told_by_one_rule() -> None:
    content = written("print(x, y)", "x = 1")
    assert [(one.code, one.message[:3]) for one in found(content, "NB207", "NB208")] == [
        ("NB207", "`x`"),
        ("NB208", "`y`"),
    ]


@pytest.mark.parametrize("kernel", ["pysparkkernel", "Spark"])
def test_the_names_of_a_kernel(kernel: str) -> None:
    metadata = {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}}
    assert places(written("spark.read(sc)", metadata=metadata), "NB208") == []
