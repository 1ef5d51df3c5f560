"""Where the flow ends up, inside `main()` or as a script, and what moves to the top."""

from __future__ import annotations

import json

import pytest

import nb2prod
from nb2prod.notebook.reader import read_bytes


def plan(*sources: str) -> nb2prod.Migration:
    empty: dict[str, object] = {"cell_type": "code", "execution_count": None}
    cells = [{**empty, "metadata": {}, "outputs": [], "source": source} for source in sources]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return nb2prod.plan(read_bytes(json.dumps(document).encode(), "n"))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("from math import *\nprint(pi)\npi = 3", "pi may come from `from math import *`"),
        ("import os\nos.environ['A'] = '1'\nfrom numpy import *", "`from numpy import *` binds"),
        ("def f():\n    global n\n    n = 1", "only functions assign n"),
        ("n = 0\ndef f():\n    def g():\n        global n\n        n += 1\n    return g", "global"),
        ("sum = sum([1])\nprint(sum)", "sum is a builtin"),
        ("exec('x = 1')", "exec()"),
        ("print(globals())", "globals()"),
        ("if __name__ == '__main__':\n    print(1)", "__name__"),
        ("x = 1\nclass A:\n    x = x", "class A"),
        ("import pickle\nn = [1]\nclass A:\n    def f(self):\n        return n", "pickle"),
        ("import unittest\nclass T(unittest.TestCase):\n    pass\nunittest.main()", "test runner"),
    ],
)
def test_what_only_a_script_can_do(source: str, reason: str) -> None:
    layout = plan("y = 2", source).program.layout
    assert layout.rung == "script"
    assert reason in layout.reason
    assert layout.location is not None


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\ndef f():\n    return x\nprint(f())",
        "print(sum([1]))",
        "x = 1\ndel x",
        "class A:\n    y = 1",
        "import pickle\nclass A:\n    pass\npickle.dumps(A())",
        "for i in range(3):\n    pass\nprint(i)",
        "import asyncio\nawait asyncio.sleep(0)",
        "from math import *\nprint(pi)",
        "n = 0\ndef f():\n    global n\n    n += 1\nf()",
        "sum = 5\nprint(sum)",
    ],
)
def test_what_runs_in_main_as_it_ran_in_the_notebook(source: str) -> None:
    assert plan(source).program.layout.rung == "main"


def top(migration: nb2prod.Migration) -> str:
    """What stands above `main`."""
    return migration.program.modules[0].source.partition("def main(")[0]


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("x = 1", "import numpy as np"), "import numpy as np"),
        (("def f(a):\n    return len(a)",), "def f(a):"),
        (("import math\ndef f(a):\n    return math.pi * a",), "def f(a):"),
        (("def f():\n    return g()\ndef g():\n    return 1",), "def f():"),
        (("!ls", "import helpers"), "import helpers"),
        (("!git clone https://a.example.invalid/b", "import numpy"), "import numpy"),
        (("import sys\nsys.path.append('lib')", "import numpy"), "import numpy"),
        (("import numpy", "import os\nos.environ['A'] = '1'", "import numpy"), "import numpy"),
    ],
)
def test_it_moves_to_the_top(cells: tuple[str, ...], line: str) -> None:
    assert line in top(plan(*cells)).splitlines()


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("x = []\ndef f():\n    return x",), "def f():"),
        (("def f():\n    return 1", "def f():\n    return 2"), "def f():"),
        (("x = []\ndef f(a=x):\n    return a",), "def f(a=x):"),
        (("import os\nos.environ['A'] = '1'", "import numpy"), "import numpy"),
        (("import sys\nsys.path.append('lib')", "import helpers"), "import helpers"),
        (("%%writefile numpy.py\nx = 1", "import numpy"), "import numpy"),
        (("!git clone https://a.example.invalid/b", "import helpers"), "import helpers"),
        (("!git clone https://a.example.invalid/numpy", "import numpy"), "import numpy"),
        (("import numpy as np", "np = 1"), "import numpy as np"),
    ],
)
def test_it_stays_where_it_is(cells: tuple[str, ...], line: str) -> None:
    assert line not in top(plan(*cells)).splitlines()
    assert line in plan(*cells).program.modules[0].source


def test_imports_of_others_keep_their_order_and_the_standard_library_comes_first() -> None:
    made = top(plan("import seaborn\nimport numpy", "import sys\nimport json"))
    order = [line for line in made.splitlines() if line.startswith("import ")]
    assert order == ["import json", "import sys", "import seaborn", "import numpy"]


def test_the_entry_point_and_the_configuration_avoid_the_notebook_s_names() -> None:
    program = plan("def main():\n    return 1", "config = main()\nclass Config:\n    pass").program
    assert program.entry_point == "run_notebook"
    assert "def run_notebook(job_config: JobConfig)" in program.modules[0].source


def test_pandas_is_set_up_once() -> None:
    cells = ("import pandas as pd\npd.DataFrame()", "import pandas as pd\nx = 1", "import pandas")
    source = plan(*cells).program.modules[0].source
    assert source.count("set_option") == 1
    assert source.index("set_option") < source.index("DataFrame()")
