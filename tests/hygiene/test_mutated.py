"""Notebooks that are changed at random: whatever a file holds, checking and fixing it ends, without
an exception, with JSON, and with nothing left to fix. `benchmarks/mutate_check.py` tries more.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from nb2prod.hygiene.context import Context
from nb2prod.hygiene.fixing import Fixed, fix_content
from tests.hygiene import watching
from tests.hygiene.mutations import mutated, texts

_EACH = 250


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 8 * _EACH, _EACH))
def test_mutated_notebooks(first: int) -> None:
    found = list(watching.watched(range(first, first + _EACH)))
    assert not found, "\n".join(f"{one.seed} {one.kind} {one.said}" for one in found[:5])


def test_a_seed_is_a_notebook() -> None:
    assert [mutated(seed) for seed in range(30)] == [mutated(seed) for seed in range(30)]
    assert len({mutated(seed) for seed in range(100)}) > 90
    assert len(texts()) > 500


def test_enough_of_them_are_notebooks_with_something_to_fix() -> None:
    contents = [mutated(seed) for seed in range(100)]
    opened = [one for one in contents if not _is_refused(one)]
    assert 40 < len(opened) < 100
    fixed = [one for one in opened if fix_content(one, "a", watching.ALL, unsafe=True).fixed]
    assert len(fixed) > 15


def _is_refused(content: bytes) -> bool:
    return Context("a", content, watching.ALL).problem is not None


@pytest.mark.parametrize(
    ("bent", "kind"),
    [
        (lambda content, *_, **__: 1 // 0, "exception"),
        (lambda content, *_, **__: _done(b"{"), "no JSON after the fixes"),
        (lambda content, *_, **__: _done(content + b" "), "changed without a fix"),
    ],
)
def test_troubles_are_seen(monkeypatch: pytest.MonkeyPatch, bent: object, kind: str) -> None:
    content = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()
    assert not list(watching.troubles(0, content, unsafe=True))
    monkeypatch.setattr(watching, "fix_content", bent)
    assert kind in [one.kind for one in watching.troubles(0, content, unsafe=True)]


def _done(content: bytes) -> Fixed:
    return Fixed(content, [], Counter())


def test_what_does_not_come_back_is_given_up() -> None:
    found = list(watching.watched([1, 2], seconds=0.0))
    assert [(one.seed, one.kind) for one in found] == [(1, "hang"), (2, "hang")]
