"""NB106: code cells with nothing in them."""

from __future__ import annotations

import pytest

from tests.hygiene.build import Json, code, fixed, places, sources, text, written

LAST = "z = 1\n"


@pytest.mark.parametrize(
    ("cells", "found", "after"),
    [
        (["", LAST], [1], [LAST]),
        (["x = 1\n", "  \n\t\n", LAST], [2], ["x = 1\n", LAST]),
        (["x = 1\n", "", "", "", LAST], [2], ["x = 1\n", LAST]),
        (["", "x = 1\n", "", LAST], [1, 3], ["x = 1\n", LAST]),
        # The last one stays, however many there are above it.
        (["x = 1\n", "", "", ""], [2], ["x = 1\n", ""]),
    ],
)
def test_an_empty_cell(cells: list[str], found: list[int], after: list[str]) -> None:
    content = written(*cells)
    assert places(content, "NB106") == [(cell, 1, 1) for cell in found]
    assert sources(fixed(content, "NB106")) == after


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"id": "a", "colab": {"base_uri": "x"}, "colab_type": "code", "outputId": "b"},
        {"collapsed": True, "jupyter": {"outputs_hidden": True}, "tags": []},
        {"_uuid": "a", "_cell_guid": "b", "trusted": True, "ExecuteTime": {}},
    ],
)
def test_what_editors_note_keeps_no_cell(metadata: Json) -> None:
    assert places(written(code("", metadata=metadata), LAST), "NB106") == [(1, 1, 1)]


@pytest.mark.parametrize(
    "cell",
    [
        code("x = 1\n"),
        code("# to be filled in\n"),
        text(""),
        code("", outputs=[{"output_type": "stream", "name": "stdout", "text": "a"}]),
        code("", attachments={"a.png": {}}),
        code("", metadata={"tags": ["parameters"]}),
        code("", metadata={"cellView": "form"}),
        code("", metadata={"slideshow": {"slide_type": "slide"}}),
        code("", metadata={"nbgrader": {"solution": True}}),
        code("", metadata={"deletable": False}),
    ],
)
def test_a_cell_that_stays(cell: Json) -> None:
    assert places(written(cell, LAST), "NB106") == []


@pytest.mark.parametrize("cells", [[], [""], ["x = 1\n", ""]])
def test_the_last_cell_is_left_alone(cells: list[str]) -> None:
    assert places(written(*cells), "NB106") == []
