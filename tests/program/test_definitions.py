"""What goes to module level, what is given its variables, and what stays in the flow."""

from __future__ import annotations

import ast

import pytest

from nb2prod.program.definitions import definitions
from nb2prod.program.pieces import TopStatement


def sorted_out(code: str) -> tuple[set[str], dict[str, tuple[str, ...]]]:
    """The names that go to module level, and the functions that take variables with these."""
    flow = [
        TopStatement(tree, ast.unparse(tree), 1, i) for i, tree in enumerate(ast.parse(code).body)
    ]
    imports = frozenset(i for i, one in enumerate(flow) if isinstance(one.tree, ast.Import))
    found = definitions(flow, imports, {"config"})
    top = [flow[index].tree for index in sorted(found.top)]
    names = {getattr(tree, "name", "") or ast.unparse(tree).partition(" ")[0] for tree in top}
    return names, dict(found.keywords)


@pytest.mark.parametrize(
    ("code", "top", "keywords"),
    [
        ("def f(a):\n    return len(a)", {"f"}, {}),
        ("import math\ndef f(a):\n    return math.pi", {"f"}, {}),
        ("def f():\n    return g()\ndef g():\n    return f()", {"f", "g"}, {}),
        # constants
        ("N = 3\ndef f():\n    return N\nf()", {"N", "f"}, {}),
        ("N = 3\nprint(N)", set(), {}),
        ("N = (1, -2, 'a' * 3)\ndef f(a=N):\n    return a\nf()", {"N", "f"}, {}),
        ("N = [1]\ndef f():\n    return N\nf()", {"f"}, {"f": ("N",)}),
        ("N = 3\ndef f():\n    return N\nf()\nN = 4", {"f"}, {"f": ("N",)}),
        ("def f():\n    return N\nf()\nN = 3", {"f"}, {"f": ("N",)}),
        # what reads variables and is only called
        ("x = []\ndef f():\n    return x\nprint(f())", {"f"}, {"f": ("x",)}),
        ("x = []\ndef f():\n    return config, x\nf()", {"f"}, {"f": ("config", "x")}),
        (
            "x = []\ny = []\ndef f():\n    return x\ndef g():\n    return f(), y\ng()",
            {"f", "g"},
            {"f": ("x",), "g": ("x", "y")},
        ),
        ("x = []\ndef f(n):\n    return g(n)\ndef g(n):\n    return f(n) or x\nf(1)", {"f", "g"}, {"f": ("x",), "g": ("x",)}),
        # what stays
        ("x = []\ndef f():\n    return x\nfs = [f]", set(), {}),
        ("x = []\ndef f():\n    yield x\nf()", set(), {}),
        ("x = []\ndef f(a=x):\n    return a\nf()", set(), {}),
        ("x = []\n@print\ndef f():\n    return x\nf()", set(), {}),
        ("x = []\ndef f():\n    return x\ndef g(x):\n    return f()\ng(1)", set(), {}),
        ("x = []\ndef f():\n    global x\n    x = 1\nf()", set(), {}),
        ("x = []\ndef f():\n    return lambda: x\nf()\nx = 1", set(), {}),
        ("__x = []\ndef f():\n    return __x\nf()", set(), {}),
        ("def f():\n    return 1\ndef f():\n    return 2", set(), {}),
        ("def f(a=print('now')):\n    return a", set(), {}),
        ("import random\ndef f(a=random.random()):\n    return a", set(), {}),
        ("import os\nclass A:\n    home = os.environ['HOME']", set(), {}),
        ("import os\ndef f(home=os.environ['HOME']):\n    return home", set(), {}),
        ("import pandas\nclass A:\n    rows = pandas.read_csv('a')", set(), {}),
        ("import datetime\ndef f(day: datetime.date):\n    return day", {"f"}, {}),
        ("import torch\nclass A:\n    device = torch.device('cpu')", {"A"}, {}),
        ("def f(k=(n := 1)):\n    return k", set(), {}),
        ("class A:\n    print('made')", set(), {}),
        ("class A:\n    x = 1\nclass B(A):\n    y = 2", {"A", "B"}, {}),
        ("class A:\n    def __init_subclass__(cls):\n        print(cls)\nclass B(A):\n    y = 2", {"A"}, {}),
        ("x = []\nclass A:\n    def f(self):\n        return x", set(), {}),
        # decorators of the notebook
        ("def d(f):\n    def w():\n        return f()\n    return w\n@d\ndef g():\n    return 1", {"d", "g"}, {}),
        ("def d(f):\n    print(f)\n    return f\n@d\ndef g():\n    return 1", {"d"}, {}),
        # a builtin's name
        ("def f():\n    return len([])\nprint(f())\ndef len(a):\n    return 7", {"f"}, {"f": ("len",)}),
    ],
)  # fmt: skip
def test_what_becomes_of_definitions(
    code: str, top: set[str], keywords: dict[str, tuple[str, ...]]
) -> None:
    assert sorted_out(code) == (top, keywords)
