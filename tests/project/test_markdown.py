from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from nb2prod.project import markdown
from nb2prod.project.quoting import one_line

TEXT = st.one_of(
    st.text(min_size=1),
    st.text(st.sampled_from("\\`*_[]<>()#+-=.!|~$&;:/ \n\t1aé"), min_size=1),
)
READER = MarkdownIt("commonmark").enable("table")


def tokens(source: str) -> list[Token]:
    found: list[Token] = []
    for token in READER.parse(source):
        found += [token, *(token.children or [])]
    return found


def shape(source: str) -> list[str]:
    return [token.type for token in tokens(source)]


def contents(source: str, kind: str) -> str:
    return "".join(token.content for token in tokens(source) if token.type == kind)


@given(TEXT)
@example("1. a")
@example("- a")
@example("a #")
@example("[x](y) ![z](w) <b>")
@example("&amp; &#35;")
@example("snake_case _emphasis_")
@example("```")
@example("=====")
def test_text_stays_text(text: str) -> None:
    expected = one_line(text)
    if not expected:
        return
    quoted = markdown.text(text)
    for template, rest in [("{}\n", 0), ("# {}\n", 0), ("- {}\n", 0), ("- word {}\n", 5)]:
        source = template.format(quoted)
        assert shape(source) == shape(template.format("x")), source
        assert contents(source, "text")[rest:] == expected
    source = f"| a | b |\n|---|---|\n| {quoted} | x |\n"
    assert shape(source) == shape(source.replace(quoted, "y"))
    assert contents(source, "text") == f"ab{expected}x"


@given(TEXT)
@example("`")
@example("``a`")
@example("\\")
def test_code_stays_code(text: str) -> None:
    expected = one_line(text) or '""'
    source = f"- word {markdown.code(text)} word\n"
    assert shape(source) == shape("- word `x` word\n"), source
    assert contents(source, "code_inline") == expected


@given(TEXT)
@example("a|b")
@example("a\\|b")
@example("|")
def test_code_in_a_cell_stays_in_its_cell(text: str) -> None:
    expected = one_line(text) or '""'
    source = f"| a | b |\n|---|---|\n| {markdown.cell_code(text)} | x |\n"
    assert shape(source) == shape("| a | b |\n|---|---|\n| `y` | x |\n"), source
    assert contents(source, "code_inline") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Customer churn with scikit-learn", "Customer churn with scikit-learn"),
        ("test_size is 0.25 (C#)", "test_size is 0.25 (C#)"),
        ("2 + 2 = 4", "2 + 2 = 4"),
    ],
)
def test_ordinary_text_reads_as_it_was(text: str, expected: str) -> None:
    assert markdown.text(text) == expected
