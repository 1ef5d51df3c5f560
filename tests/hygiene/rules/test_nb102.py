"""NB102: the metadata of widgets that lack `state`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hygiene.build import fixed, found, written

TYPE = "application/vnd.jupyter.widget-state+json"
MODEL = {"model_module": "@jupyter-widgets/base", "model_name": "LayoutModel", "state": {}}


@pytest.mark.parametrize(
    ("held", "after"),
    [
        ({"a1": MODEL}, {TYPE: {"state": {"a1": MODEL}}}),
        ({"a1": MODEL, "b2": MODEL}, {TYPE: {"state": {"a1": MODEL, "b2": MODEL}}}),
        # A model whose id happens to be the word.
        ({"state": MODEL}, {TYPE: {"state": {"state": MODEL}}}),
    ],
)
def test_models_without_a_state(held: dict[str, Any], after: dict[str, Any]) -> None:
    content = written("x = 1", metadata={"a": 1, "widgets": {TYPE: held}, "z": 2})
    [finding] = found(content, "NB102")
    assert finding.location is None
    assert fixed(content, "NB102")["metadata"] == {"a": 1, "widgets": after, "z": 2}


def test_what_names_no_model_goes_only_when_asked() -> None:
    content = written("x = 1", metadata={"a": 1, "widgets": {TYPE: {"version": 2}}})
    assert len(found(content, "NB102")) == 1
    assert fixed(content, "NB102")["metadata"] == {"a": 1, "widgets": {TYPE: {"version": 2}}}
    assert fixed(content, "NB102", unsafe=True)["metadata"] == {"a": 1}


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"widgets": {TYPE: {"state": {}}}},
        {"widgets": {TYPE: {"state": {"a1": MODEL}, "version_major": 2}}},
        {"widgets": {"other": {}}},
        {"widgets": 1},
    ],
)
def test_what_is_as_it_should_be(metadata: dict[str, Any]) -> None:
    assert found(written("x = 1", metadata=metadata), "NB102") == []


def test_the_models_keep_their_bytes() -> None:
    held = json.dumps({"a1": MODEL}, indent=5)
    content = f'{{"cells": [], "metadata": {{"widgets": {{"{TYPE}": {held}}}}}, "nbformat": 4,'
    content += ' "nbformat_minor": 0}'
    from nb2prod.hygiene.fixing import fix_content
    from tests.hygiene.build import only

    done = fix_content(content.encode(), "nb.ipynb", only("NB102"), unsafe=False)
    assert done.content.decode() == content.replace(held, f'{{"state": {held}}}')
