"""NB209: definitions that a later cell replaces unused."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (("def f():\n    return g(1)\n", "def f():\n    return g(2)\n"), (2, 1, 1)),
        (("x = 1\ndef f(): g()\n", "y = 1\n", "y = 2\ndef f(): h()\n"), (3, 2, 1)),
        (("class A:\n    x = 1\n", "class A:\n    x = 2\n"), (2, 1, 1)),
        (("async def f(): g()\n", "def f(): g()\n"), (2, 1, 1)),
        (("def f(): f()\n", "x.f()\n", "def f(): g()\n"), (3, 1, 1)),
        (("def f(): g()\n", "def ff(): pass\n", "def f(): h()\n"), (3, 1, 1)),
        (("@torch.no_grad()\ndef f(): g()\n", "@tf.function\ndef f(): h()\n"), (2, 2, 1)),
        (("def f(): g()\ndef f(): h()\n", "def f(): i()\n"), (2, 1, 1)),
    ],
)
def test_defined_anew(cells: tuple[str, ...], place: tuple[int, int, int]) -> None:
    assert places(written(*cells), "NB209") == [place]


def test_it_says_where_the_first_is() -> None:
    [finding] = found(written("def f(): g()\n", "def f(): h()\n"), "NB209")
    assert finding.message.startswith("`f` is defined in cell 1 already, differently, and nothing")


def test_each_replaces_the_one_before() -> None:
    cells = [f"def f():\n    return g({number})\n" for number in range(3)]
    assert places(written(*cells), "NB209") == [(2, 1, 1), (3, 1, 1)]


@pytest.mark.parametrize(
    "cells",
    [
        ("def f(): g()\n", "def f(): g()\n"),
        ("def f(): g()\n", "f()\n", "def f(): h()\n"),
        ("def f(): g()\nf()\n", "def f(): h()\n"),
        ("def f(): g()\n", "f()\ndef f(): h()\n"),
        ("def f(): g()\n", "%timeit f()\n", "def f(): h()\n"),
        ("def f(): g()\n", "def other(): f()\n", "def f(): h()\n"),
        ("def f(): g()\ndef f(): h()\n",),
        ("def f():\n    pass\n", "def f(): h()\n"),
        ("def f():\n    '''Your turn.'''\n    ...\n", "def f(): h()\n"),
        ("def f():\n    raise NotImplementedError\n", "def f(): h()\n"),
        ("@overload\ndef f(x): g()\n", "def f(x): h()\n"),
        ("@patch\ndef f(self: A): g()\n", "@patch\ndef f(self: B): g()\n"),
        ("@app.get('/')\ndef f(): g()\n", "@app.get('/b')\ndef f(): h()\n"),
        ("class A:\n    x = 1\n", "class A(A):\n    y = 1\n"),
        ("def f(x): g()\n", "def f(x, old=f): h()\n"),
        ("def _(): g()\n", "def _(): h()\n"),
        ("if x:\n    def f(): g()\n", "def f(): h()\n"),
        ("class A:\n    def f(self): g()\n", "class B:\n    def f(self): h()\n"),
        ("%%writefile a.py\ndef f(): g()\n", "def f(): h()\n"),
    ],
)
def test_nothing_to_find(cells: tuple[str, ...]) -> None:
    assert places(written(*cells), "NB209") == []
