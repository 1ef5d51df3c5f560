"""Trees that several stages share, and the walk over them."""

from __future__ import annotations

import ast

import pytest

from nb2prod.notebook import trees
from nb2prod.notebook.trees import forget_trees, share_tree, shared_tree, tree_of, walk


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x = [y for y in z if y] + f(*a, b=1)\n",
        "@d\nasync def f(a: int, *b, c=1, **d) -> None:\n    async with a as b: yield\n",
        "match x:\n    case {'a': [1, *r], **k} | C(b=2): pass\n",
        "try:\n    f'{x!r:>{w}}'\nexcept* E as e:\n    raise\nfinally:\n    del x, y\n",
    ],
)
def test_the_walk_is_that_of_the_standard_library(source: str) -> None:
    tree = tree_of(source)
    # Without what says how a node is meant and consists of nothing itself: `Load`, `Add`.
    meant = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop)
    expected = [node for node in ast.walk(tree) if not isinstance(node, meant)]
    assert [node for node in walk(tree) if not isinstance(node, meant)] == expected
    assert not any(isinstance(node, ast.expr_context) for node in walk(tree))


def test_a_tree_is_made_once_and_forgotten() -> None:
    tree = tree_of("x = 1")
    share_tree("x = 1", tree)
    assert shared_tree("x = 1") is tree
    forget_trees()
    again = shared_tree("x = 1")
    assert again is not tree
    assert shared_tree("x = 1") is again


def test_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_trees()
    monkeypatch.setattr(trees, "_REMEMBERED", 2)
    first, second = shared_tree("a"), shared_tree("b")
    shared_tree("c")
    assert shared_tree("b") is second
    assert shared_tree("a") is not first
