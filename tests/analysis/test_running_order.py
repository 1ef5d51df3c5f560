"""The order in which a notebook's top level reads and binds names."""

from __future__ import annotations

from typing import Any

import pytest

from nb2prod.analysis.running_order import Event, running_order
from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell


def events(*sources: str) -> list[Event]:
    cells = [parse_cell(Cell(number, "code", text)) for number, text in enumerate(sources, start=1)]
    return list(running_order(cells))


def told(*sources: str) -> str:
    """The events in short: `+x` is bound, `x` is read, `x?` is read in some runs alone."""
    return " ".join(
        f"+{one.name or '*'}" if one.binds else f"{one.name}{'' if one.certain else '?'}"
        for one in events(*sources)
    )


class _Recording(dict[str, Any]):
    """A namespace that notes what is asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, bool]] = []

    def __getitem__(self, name: str) -> Any:
        self.seen.append((name, False))
        return super().__getitem__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.seen.append((name, True))
        super().__setitem__(name, value)


@pytest.mark.parametrize(
    "source",
    [
        "x = y = len('a')",
        "x = 1\nx += x",
        "x, (y, *z) = 1, (2, 3)",
        "x = {}\nx['a'] = len('b')\nx['a'] += 1",
        "x: int = 1",
        "for i in range(1):\n    print\nelse:\n    i",
        "if (n := 1) > 0:\n    n",
        "import os.path as p, sys\nfrom math import pi as q, e",
        "def f(a=len('a'), *, b=int) -> None:\n    return c",
        "d = lambda f: f\n@d\ndef g():\n    pass",
        "class A(dict, metaclass=type):\n    b = 1",
        "f = lambda a=len('a'): b",
        "from contextlib import nullcontext as c\nwith c(1) as a, c(a) as b:\n    b",
        "x = 1\nmatch x:\n    case 2 | 1 as y:\n        y",
        "g = (a for a in range(2))",
        "f'{len}{1:>{int(3)}}'",
        "print(*range(0), sep=str(1))",
        "x = [1, 2]\nx[len(x) - 1:]",
        "assert len('a'), never",
        "x = True\nx or never\ny = 1 if x else never",
        "try:\n    x = 1\nexcept ValueError:\n    never\nelse:\n    x\nfinally:\n    y = x",
        "x = 1\ny = 0 < x < 2",
    ],
)
def test_it_is_the_order_of_python(source: str) -> None:
    namespace = _Recording()
    exec(compile(source, "<cell>", "exec"), {}, namespace)
    seen = [(name, binds) for name, binds in namespace.seen if not name.startswith("__")]
    found = [(one.name, one.binds) for one in events(source) if one.certain]
    assert found == [one for one in seen if one in found or one[1]]
    assert {name for name, binds in seen if binds} == {name for name, binds in found if binds}


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("x: int",), ""),
        (("def f(a: T) -> T:\n    return b",), "+f"),
        (("[a + b for a in c if d]",), "c d b"),
        (("[e for a in c for b in a]",), "c e"),
        (("g = (b for a in c)",), "c +g"),
        (("[(x := a) for a in b]",), "b +x"),
        (("class A(B):\n    c = D\n    e = c",), "B D +A"),
        (("if a:\n    b\nelse:\n    c",), "a b? c?"),
        (("if __name__ == '__main__':\n    b",), "__name__ b"),
        (("while True:\n    a\n    break",), "a"),
        (("while a:\n    b",), "a b?"),
        (("try:\n    a\nexcept NameError:\n    b\nfinally:\n    c",), "a? NameError? b? c"),
        (("try:\n    a\nexcept KeyError as b:\n    c",), "a KeyError? +b c?"),
        (("with suppress(E):\n    a",), "suppress E a?"),
        (("with open(a):\n    b",), "open a b"),
        (("match a:\n    case {'b': b, **c}:\n        d",), "a +b +c d?"),
        (("del a",), "a"),
        (("from a import *",), "+*"),
        (("exec(a)",), "+* exec a"),
        # IPython's own lines, in their places.
        (("x = !ls\ny",), "+x +x y"),
        (("a\n%time b = c\nd",), "a c +b +b d"),
        (("%%capture out\na", "b"), "+out a b"),
        (("%%bash --out out\na",), "+out"),
        (("%run a.py\nb",), "+* b"),
        (("%%writefile a.py\nc = 1", "%run a.py\nb"), "+c b"),
        (("%%timeit\na = 1",), ""),
        ((",f a b",), "f"),
        # Cells that do not parse.
        (("a = b c\nimport d e", "f"), "+a +d +e f"),
        (("from a import *\nb c", "d"), "+* d"),
    ],
)
def test_what_is_told(sources: tuple[str, ...], expected: str) -> None:
    assert told(*sources) == expected


def test_places_count_characters_and_lines_of_the_cell() -> None:
    found = [
        (one.name, one.place.cell, one.place.line, one.place.column)
        for one in events("x = 'ä'; y", "\n  \nif z:\n    %time v")
    ]
    assert found == [("x", 1, 1, 1), ("y", 1, 1, 10), ("z", 2, 3, 4), ("v", 2, 4, 5)]


def test_deep_code_does_not_end_it() -> None:
    assert len(events("x = " + "+".join(["y"] * 900))) == 901
