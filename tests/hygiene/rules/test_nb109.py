"""NB109: names of files."""

from __future__ import annotations

import pytest

from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.model import Finding
from tests.hygiene.build import only, written


def check(path: str) -> list[Finding]:
    return check_content(written("x = 1\n"), path, only("NB109"))


@pytest.mark.parametrize(
    "stem",
    [
        "Untitled",
        "Untitled3",
        "untitled-1",
        "Untitled_12",
        "Untitled Notebook 2024-01-31 10_20_30",
        "New Notebook 2024-01-31 10_20_30 (1)",
        "notebook0a1b2c3d4e",
        "__notebook__",
        "__notebook_source__",
    ],
)
def test_a_name_that_an_editor_gave(stem: str) -> None:
    [finding] = check(f"work/{stem}.ipynb")
    assert finding.location is None
    assert "editor" in finding.message


@pytest.mark.parametrize(
    "stem",
    [
        "train-Copy1",
        "Untitled1-Copy12",
        "Copy of train",
        "Copy_of_train",
        "Copy of Copy of train",
        "train - Copy",
        "train - Copy (2)",
        "train copy",
        "train copy 2",
        "train (1)",
        "train(12)",
    ],
)
def test_a_copy(stem: str) -> None:
    [finding] = check(f"{stem}.ipynb")
    assert "copy" in finding.message


@pytest.mark.parametrize(
    "stem",
    [
        "a:b",
        "what?",
        "a*",
        "a|b",
        'a"b',
        "<a>",
        "a\tb",
        "a\u200bb",
        "con",
        "LPT1",
        "-x",
        " x",
        "x ",
    ],
)
def test_a_name_that_does_not_travel(stem: str) -> None:
    [finding] = check(f"{stem}.ipynb")
    assert "rename" in finding.message


@pytest.mark.parametrize(
    "path",
    [
        "train.ipynb",
        "Untitled/train.ipynb",
        "-x/train.ipynb",
        "a?/train.ipynb",
        "untitled_goose_game.ipynb",
        "deep copy.ipynb",
        "shallow vs deep copy.ipynb",
        "zero-copy.ipynb",
        "copy-on-write.ipynb",
        "copyright.ipynb",
        "notebook.ipynb",
        "notebook1.ipynb",
        "sales (2023).ipynb",
        "my notebook.ipynb",
        "größe-東京.ipynb",
        "console.ipynb",
        "01-load_data.v2.ipynb",
        "-",
    ],
)
def test_nothing_to_find(path: str) -> None:
    assert check(path) == []
