"""Paths that are put together from literals."""

from __future__ import annotations

import ast

import pytest

from nb2prod.analysis.joined_paths import joined_paths
from nb2prod.analysis.paths import find_roots


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("os.path.join('/a', 'b', c, 'd')", [("/a", "b")]),
        ("Path('/a') / 'b' / c / 'd'", [("/a", "b")]),
        ("Path('/a', 'b') / 'c'", [("/a", "b", "c")]),
        ("f(Path('/a') / 'b', osp.join('c', 'd'))", [("/a", "b"), ("c", "d")]),
        ("os.path.join(os.path.join('/a', 'b'), 'c')", [("/a", "b")]),
        # one literal, none, or something else
        ("os.path.join('/a', b)", []),
        ("Path('/a')", []),
        ("a / 'b'", []),
        ("1 / 2", []),
        ("', '.join(['a', 'b'])", []),
        ("print('a', 'b')", []),
    ],
)
def test_what_is_joined(code: str, expected: list[tuple[str, ...]]) -> None:
    assert [found.texts for found in joined_paths(ast.parse(code))] == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["/content", "drive", "MyDrive", "a"], (3, "/content/drive/MyDrive")),
        (["/content", "drive/MyDrive/a", "b"], (2, "/content/drive/MyDrive/a")),
        (["/", "content"], (2, "/content")),
        (["..", "input", "a"], (2, "../input")),
        # the first one names the directory alone; none does
        (["/content", "a"], None),
        (["/content/drive/MyDrive", "a"], None),
        (["/a", "content"], None),
    ],
)
def test_how_many_reach_the_directory(parts: list[str], expected: tuple[int, str] | None) -> None:
    assert find_roots("kaggle", [], []).covering(parts) == expected
