"""NB104: notebooks in other languages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hygiene.build import found, written


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}, "R"),
        (
            {
                "kernelspec": {"name": "julia-1.9", "display_name": "Julia"},
                "language_info": {"name": "Julia"},
            },
            "Julia",
        ),
    ],
)
def test_a_notebook_in_another_language(metadata: dict[str, Any], language: str) -> None:
    content = written("x <- 1  # noqa: NB303", metadata=metadata)
    [finding] = found(content)
    assert finding.code == "NB104"
    assert language in finding.message


@pytest.mark.parametrize(
    "metadata",
    [
        {"language_info": {"name": "R"}},
        {"kernelspec": {"name": "julia-1.9", "display_name": "Julia"}},
    ],
)
def test_either_of_the_two_names_it(metadata: dict[str, Any]) -> None:
    assert len(found(written("x <- 1", metadata=metadata), "NB104")) == 1


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"language_info": {"name": "python"}},
        {"kernelspec": {"name": "python3", "display_name": "x"}},
    ],
)
def test_a_notebook_in_python(metadata: dict[str, Any]) -> None:
    assert found(written("x = 1", metadata=metadata), "NB104") == []
