"""NB206: outputs and counts in a project that keeps none."""

from __future__ import annotations

import pytest

from tests.hygiene.build import Json, code, fixed, found, text, written

PRINTED: Json = {"output_type": "stream", "name": "stdout", "text": ["a\n"]}
RESULT: Json = {
    "output_type": "execute_result",
    "data": {"text/plain": "1"},
    "metadata": {},
    "execution_count": 3,
}


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        (code("x\n", outputs=[PRINTED]), "output"),
        (code("x\n", outputs=[RESULT], execution_count=3), "output"),
        (code("x\n", execution_count=3), "metadata"),
    ],
)
def test_results(cell: Json, part: str) -> None:
    content = written("y = 1\n", cell)
    [finding] = found(content, "NB206")
    assert finding.location is not None
    assert (finding.location.cell, finding.part) == (2, part)
    assert fixed(content, "NB206") == fixed(written("y = 1\n", code("x\n")), "NB206")


@pytest.mark.parametrize(
    ("cell", "metadata"),
    [
        (code("x\n"), {}),
        (text("x\n"), {}),
        (code("x\n", outputs=[PRINTED], metadata={"tags": ["keep_output"]}), {}),
        (code("x\n", outputs=[PRINTED], metadata={"keep_output": True}), {}),
        (code("x\n", outputs=[PRINTED]), {"keep_output": True}),
    ],
)
def test_nothing_to_clear(cell: Json, metadata: Json) -> None:
    assert found(written(cell, metadata=metadata), "NB206") == []
