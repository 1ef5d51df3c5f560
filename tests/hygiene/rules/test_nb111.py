"""NB111: a notebook without a title."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hygiene.build import found, text, written


@pytest.mark.parametrize(
    "cells",
    [
        ["x = 1\n"],
        ["# no heading, a comment\nx = 1\n"],
        [text("## Setup\n")],
        [text("Some words\n")],
        [text("see #12\n")],
        [text("a\n---\n")],
        ["x = 1\n", "x = 2\n", "x = 3\n", text("# Too late\n")],
    ],
)
def test_no_title(cells: list[Any]) -> None:
    [finding] = found(written(*cells), "NB111")
    assert finding.location is None


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [text("# Title\n")],
        [text("#Title\n")],
        [text("   # Title\n")],
        [text("[badge](x)\n\n# Title\n")],
        [text("Title\n=====\n")],
        [text('<h1 align="center">Title</h1>\n')],
        [text("---\nauthor: a\ntitle: b\n---\n")],
        [{**text("---\nauthor: a\ntitle: b\n---\n"), "cell_type": "raw"}],
        ["x = 1\n", text("words\n"), text("# Title\n")],
    ],
)
def test_a_title(cells: list[Any]) -> None:
    assert found(written(*cells), "NB111") == []
