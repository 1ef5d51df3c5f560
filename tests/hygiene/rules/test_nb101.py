"""NB101: files that are no notebooks, and notebooks that break the format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hygiene.build import code, document, found, text, written

CONFLICT = (
    '{\n "cells": [\n<<<<<<< HEAD\n {}\n=======\n {}\n>>>>>>> other\n ],\n "nbformat": 4\n}\n'
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"{", "not valid JSON (line 1)"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "no cells"),
        (b'{"a": 1}', "no cells"),
        (b'{"cells": {}, "nbformat": 4}', "no list of cells"),
        (b'{"cells": [1], "nbformat": 4}', "Cell 1".lower()),
        (b'{"cells": [], "nbformat": 9}', "nbformat 9"),
        (CONFLICT.encode(), "merge conflict"),
        (b'{"cells": ' + b"[" * 200_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_notebook(content: bytes, said: str) -> None:
    [finding] = found(content)
    assert (finding.code, finding.location) == ("NB101", None)
    assert said in finding.message


@pytest.mark.parametrize("depth", [100, 450, 900, 2000, 50_000])
def test_values_within_values(depth: int) -> None:
    """How deep the decoder reads, and how deep rules can follow, is Python's matter."""
    metadata = b'{"a": ' + b"[" * depth + b"]" * depth + b"}"
    findings = found(
        b'{"cells": [], "nbformat": 4, "nbformat_minor": 4, "metadata": %s}' % metadata
    )
    assert [finding.code for finding in findings] in ([], ["NB101"])
    assert all("nested too deeply" in finding.message for finding in findings)
    assert bool(findings) or depth < 50_000
    assert not findings or depth > 100


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (code("", execution_count="1"), "execution_count"),
        ({**code(""), "source": 1}, "source"),
        ({**code(""), "cell_type": "maths"}, "no known kind"),
        (code("", metadata={"tags": ["a,b"]}), "tags"),
        (code("", outputs=[{"output_type": "stream", "text": "x"}]), "no name"),
        (code("", outputs=[{"output_type": "sound"}]), "no known kind"),
        (code("", id="abc"), "does not know: `id`"),
        (text("", attachments={"a": 1}), "attachments"),
    ],
)
def test_a_cell_that_breaks_the_format(cell: dict[str, Any], said: str) -> None:
    [finding] = found(written("x = 1", cell), "NB101")
    assert finding.location is not None
    assert finding.location.cell == 2
    assert said in finding.message


@pytest.mark.parametrize(
    "content",
    [
        written("x = 1", text("# A")),
        written(code("", id="a-b_1"), nbformat_minor=5),
        written(code(""), nbformat_minor=5),  # Jupyter gives an id when it reads
        json.dumps({"worksheets": [{"cells": []}], "nbformat": 3, "metadata": {}}).encode(),
        b"\xef\xbb\xbf" + written("x = 1"),
        json.dumps(document({**code(""), "source": "x"})).encode(),
    ],
)
def test_a_valid_notebook(content: bytes) -> None:
    assert found(content, "NB101") == []
