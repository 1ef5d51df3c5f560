"""NB103: no kernel, or no language."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hygiene.build import KERNEL, Json, document, fixed, found, text, written

SHORT = {"display_name": "Python 3", "name": "python3"}
PYTHON = {"name": "python"}


@pytest.mark.parametrize(
    ("metadata", "word", "after"),
    [
        ({}, "kernelspec", {"kernelspec": KERNEL}),
        ({"kernelspec": {}}, "kernelspec", {"kernelspec": KERNEL}),
        (
            {"kernelspec": {"display_name": "mine", "name": ""}},
            "kernelspec",
            {"kernelspec": {**KERNEL, "display_name": "mine"}},
        ),
        (
            {"language_info": PYTHON},
            "kernelspec",
            {"kernelspec": KERNEL, "language_info": PYTHON},
        ),
        (
            {"kernelspec": SHORT, "z": 1},
            "language_info",
            {"kernelspec": SHORT, "language_info": PYTHON, "z": 1},
        ),
        (
            {"kernelspec": SHORT, "language_info": {}},
            "language_info",
            {"kernelspec": SHORT, "language_info": PYTHON},
        ),
    ],
)
def test_what_is_missing(metadata: Json, word: str, after: Json) -> None:
    content = written("x = 1\n", metadata=metadata)
    [finding] = found(content, "NB103")
    assert (finding.location, finding.part) == (None, "metadata")
    assert f"`{word}`" in finding.message
    assert fixed(content, "NB103")["metadata"] == after


@pytest.mark.parametrize(
    ("metadata", "more"),
    [
        ({"kernelspec": KERNEL}, {}),
        ({"kernelspec": SHORT, "language_info": PYTHON}, {}),
        ({}, {"nbformat": 3, "nbformat_minor": 0}),
    ],
)
def test_nothing_is_missing(metadata: Json, more: Json) -> None:
    assert found(written("x = 1\n", metadata=metadata, **more), "NB103") == []


@pytest.mark.parametrize("cells", [(), (text("# A title\n"),), ("\n",)])
def test_a_notebook_without_code_needs_no_kernel(cells: tuple[Any, ...]) -> None:
    assert found(written(*cells), "NB103") == []


@pytest.mark.parametrize(
    "language",
    [{"name": "R"}, {"name": "python", "version": "2.7.18"}],
)
def test_other_languages_are_left_to_a_person(language: Json) -> None:
    [finding] = found(written("x <- 1\n", metadata={"language_info": language}), "NB103")
    assert finding.fix is None


def test_metadata_that_are_not_there() -> None:
    whole = document("x = 1\n")
    del whole["metadata"]
    after = fixed(json.dumps(whole).encode(), "NB103")
    assert after["metadata"] == {"kernelspec": KERNEL}
