"""Repositories that a notebook clones, and what it takes of them."""

from __future__ import annotations

import json

import pytest

import nb2prod
from nb2prod.notebook.reader import read_bytes

COMMIT = "0123abcd" * 5
URL = "https://host.example.invalid/a/b.git"


def migration(*cells: str) -> nb2prod.Migration:
    found = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    document = {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return nb2prod.plan(read_bytes(json.dumps(document).encode(), "n"))


@pytest.mark.parametrize(
    ("cells", "clones"),
    [
        ([f"!git clone {URL}"], [(URL, None)]),
        ([f"!git clone -q --depth 1 {URL} code"], [(URL, None)]),
        ([f"!git clone -b v1.0 {URL}"], [(URL, "v1.0")]),
        ([f"!git clone --branch=main {URL} && ls"], [(URL, "main")]),
        ([f"!git clone {URL}\n%cd b\n!git checkout {COMMIT}"], [(URL, COMMIT)]),
        ([f"!git clone {URL}", f"!cd b && git checkout -q {COMMIT[:8]}"], [(URL, COMMIT[:8])]),
        ([f"!git clone {URL} && git -C b reset --hard {COMMIT}"], [(URL, COMMIT)]),
        ([f"%%bash\ngit clone {URL}\ncd b\ngit switch dev"], [(URL, "dev")]),
        ([f"!git lfs clone {URL}"], [(URL, None)]),
        ([f"import os\nos.system('git clone {URL}')"], [(URL, None)]),
        ([f"if 1:\n    !git clone {URL}", f"!git clone {URL} x"], [(URL, None), (URL, None)]),
        (["!git status", "!git checkout main", "!pip install git+" + URL], []),
    ],
)
def test_clones(cells: list[str], clones: list[tuple[str, str | None]]) -> None:
    assert [(found.url, found.revision) for found in migration(*cells).facts.clones] == clones


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (f"!git clone {URL}", f"clones {URL}, which may be other code tomorrow"),
        (f"!git clone -b v1 {URL}", f"takes v1 of {URL}, which may be other code tomorrow"),
        (f"!git clone {URL} && cd b && git checkout {COMMIT}", None),
    ],
)
def test_what_may_change_needs_a_person(cell: str, said: str | None) -> None:
    reasons = [note.reason for note in migration("x = 1", cell).attention]
    assert [said in reason for reason in reasons if said] == [True] * bool(said)
    assert bool(reasons) == bool(said)
