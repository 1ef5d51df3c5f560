from __future__ import annotations

import ast
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2prod.notebook.model import Cell
from nb2prod.program.markdown import as_comment, title_of


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("text", ["text"]),
        ("# Title", ["Title"]),
        ("## A **bold** `code` title ##", ["A bold code title"]),
        ("text\n# Title", ["text", "", "Title"]),
        ("# [Linked](https://example.invalid) title", ["Linked title"]),
        ("see [here](https://example.invalid/a)", ["see [here](https://example.invalid/a)"]),
        ("- a\n- b", ["- a", "- b"]),
        ("a\n\n\n\n\nb", ["a", "", "b"]),
        ("\n\na\n\n", ["a"]),
        ("a\tb", ["a    b"]),
        ("<b>a</b> <br/>c<!-- d\ne -->", ["a c"]),
        ("a < b > c", ["a < b > c"]),
        ("<img src='a'>", []),
        ("<p style='\n  a: b;\n'>c</p>", ["c"]),
        ("a &amp; b &lt;c&gt;", ["a & b <c>"]),
        ("a\n\n---\n", ["a"]),
        ("---", []),
        ("![a](b.png)", []),
        ("[![a](b.png)](https://example.invalid)", []),
        ("![a][b]", []),
        ("![a](data:image/png;base64,AAAA)", []),
        ("", []),
        ("  \n \n", []),
        ("```\ncode   here\n```", ["```", "code   here", "```"]),
        ("| a | " + "b" * 100 + " |", ["| a | " + "b" * 100 + " |"]),
        (" ".join(["word"] * 25), [" ".join(["word"] * 19), " ".join(["word"] * 6)]),
        ("h" * 120, ["h" * 120]),
    ],
)
def test_as_comment(source: str, lines: list[str]) -> None:
    assert as_comment(source) == lines


@pytest.mark.parametrize(
    ("sources", "title"),
    [
        (["# Title"], "Title"),
        (["text", "text\n\n### Third *level*"], "Third *level*"),
        (["```\n# comment\n```\n# Title"], "Title"),
        (["#no heading", "#"], None),
        (["# <br>", "## ![x](y)", "# Title"], "Title"),
        (["# Copyright 2019 Somebody", "# Title"], "Title"),
        (["## Introduction", "## What it does"], "What it does"),
        (["# A &amp; B"], "A & B"),
        ([], None),
    ],
)
def test_the_title(sources: list[str], title: str | None) -> None:
    assert title_of([Cell(1, "markdown", source) for source in sources]) == title


def test_a_title_stands_above_the_code() -> None:
    code = [Cell(number, "code", "x = 1") for number in (1, 2)]
    heading = Cell(3, "markdown", "# Title")
    assert title_of([heading, *code]) == "Title"
    assert title_of([code[0], heading, code[1]]) == "Title"
    assert title_of([*code, heading]) is None


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_line_of_a_comment_can_end_it(source: str) -> None:
    for line in as_comment(source):
        assert line.isprintable()


def test_cells_of_text_stand_above_the_code_that_they_introduce(
    body_of: Callable[..., str],
) -> None:
    cells = (
        Cell(0, "markdown", "# Load\n\nthe data"),
        "import os\nx = 1",
        Cell(0, "markdown", "<img src='a'>"),
        Cell(0, "raw", "raw"),
        "y = 2",
        Cell(0, "markdown", "The end."),
    )
    assert body_of(*cells) == "# Load\n#\n# the data\nx = 1\n\ny = 2\n\n# The end."


def test_the_first_heading_is_the_module_s_docstring(module_of: Callable[..., str]) -> None:
    module = module_of(Cell(0, "markdown", 'A\n# The "best" \\ """model"""'), "x = 1")
    assert ast.get_docstring(ast.parse(module)) == "The \"best\" \\ '''model'''."


@settings(max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_text_gets_out_of_its_place(module_of: Callable[..., str], text: str) -> None:
    module = module_of(Cell(0, "markdown", f"# {text}\n{text}\nbreakout = 1"), "x = 1")
    names = {node.id for node in ast.walk(ast.parse(module)) if isinstance(node, ast.Name)}
    assert "breakout" not in names
