"""NB204: errors among the saved outputs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hygiene.build import Json, code, fixed, found, places, written

PRINTED = {"output_type": "stream", "name": "stdout", "text": ["a\n"]}


def error(name: Any = "ValueError") -> Json:
    return {"output_type": "error", "ename": name, "evalue": "what was wrong", "traceback": []}


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ([error()], "`ValueError`"),
        ([PRINTED, error("KeyError")], "`KeyError`"),
        ([error("pkg.errors.Own"), error()], "`pkg.errors.Own`"),
        ([error("what was\nwrong")], "in an error"),
        ([error("")], "in an error"),
        ([{"output_type": "pyerr", "ename": "NameError"}], "`NameError`"),
    ],
)
def test_an_error(outputs: list[Json], said: str) -> None:
    [finding] = found(written("x = 1", code("x()", outputs=outputs)), "NB204")
    assert finding.location is not None
    assert (finding.location.cell, finding.part) == (2, "output")
    assert said in finding.message
    assert "what was" not in finding.message


@pytest.mark.parametrize(
    ("outputs", "metadata", "of_notebook"),
    [
        ([], {}, {}),
        ([PRINTED], {}, {}),
        ([{**PRINTED, "name": "stderr", "text": ["ValueError: x\n"]}], {}, {}),
        ([error()], {"tags": ["raises-exception"]}, {}),
        ([error()], {}, {"nbsphinx": {"allow_errors": True}}),
    ],
)
def test_no_error(outputs: list[Json], metadata: Json, of_notebook: Json) -> None:
    cell = code("x()", outputs=outputs, metadata=metadata)
    assert places(written(cell, metadata=of_notebook), "NB204") == []


def test_the_fix_removes_nothing_but_errors() -> None:
    content = written(code("x()", outputs=[PRINTED, error(), error()]))
    assert fixed(content, "NB204", unsafe=True)["cells"][0]["outputs"] == [PRINTED]
    assert len(fixed(content, "NB204")["cells"][0]["outputs"]) == 3
