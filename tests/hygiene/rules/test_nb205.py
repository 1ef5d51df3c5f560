"""NB205: large outputs, large notebooks."""

from __future__ import annotations

import pytest

from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.model import Profile
from tests.hygiene.build import Json, code, fixed, found, text, written


def printed(size: int) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": ["a" * 99 + "\n"] * (size // 100)}


def picture(size: int) -> Json:
    return {"output_type": "display_data", "data": {"image/png": "a" * size}, "metadata": {}}


@pytest.mark.parametrize(
    ("outputs", "kept", "words"),
    [
        ([printed(501_000)], [], ["output 1 of the cell has 501 kB"]),
        ([printed(100), picture(600_000)], [0], ["output 2 of the cell has 600 kB"]),
        (
            [picture(1_250_000), printed(100), printed(600_000)],
            [1],
            ["output 1 of the cell has 1.3 MB", "output 3 of the cell has 600 kB"],
        ),
    ],
)
def test_a_large_output(outputs: list[Json], kept: list[int], words: list[str]) -> None:
    content = written("x = 1\n", code("y()\n", outputs=outputs))
    findings = found(content, "NB205")
    assert [one.location and one.location.cell for one in findings] == [2] * len(words)
    assert all(word in one.message for one, word in zip(findings, words, strict=True))
    assert {one.part for one in findings} == {"output"}
    assert fixed(content, "NB205")["cells"][1]["outputs"] == outputs
    after = fixed(content, "NB205", unsafe=True)["cells"][1]["outputs"]
    assert after == [outputs[index] for index in kept]


@pytest.mark.parametrize(
    "content",
    [
        written("x = 1\n"),
        written(code("y()\n", outputs=[printed(499_000)])),
        written(code("y()\n", outputs=[printed(400_000), picture(400_000)])),
        written(text("a" * 600_000)),
        written("x = '" + "a" * 600_000 + "'\n"),
    ],
)
def test_nothing_too_large(content: bytes) -> None:
    assert found(content, "NB205") == []


def test_a_large_notebook() -> None:
    content = written(*[code("y()\n", outputs=[picture(450_000)])] * 12)
    [finding] = found(content, "NB205")
    assert finding.location is None
    assert finding.fix is None
    assert "5.4 MB" in finding.message


@pytest.mark.parametrize(
    ("options", "count"),
    [({"max-output-kb": 10}, 0), ({"max-output-kb": 1}, 1), ({"max-notebook-mb": 0}, 1)],
)
def test_the_limits_are_options(options: dict[str, object], count: int) -> None:
    content = written(code("y()\n", outputs=[printed(2_000)]))
    profile = Profile(frozenset({"NB205"}), {"NB205": options})
    assert len(check_content(content, "nb.ipynb", profile)) == count
