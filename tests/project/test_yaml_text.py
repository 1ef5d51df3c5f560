from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.project.yaml_text import yaml_text

TEXT = st.one_of(
    st.text(),
    st.text(st.sampled_from("\"'\\#{}[]%&*!|>-?:@`, \n\t\x00\x85\u2028\ufeffé🎉aE01.+~")),
)


@given(st.dictionaries(TEXT, st.one_of(TEXT, st.lists(TEXT), st.dictionaries(TEXT, TEXT))))
def test_values_are_what_they_were(document: dict[str, object]) -> None:
    assert yaml.safe_load(yaml_text(document)) == document


@given(TEXT)
def test_comments_end_with_their_line(text: str) -> None:
    written = yaml_text({"a": "b"}, (text, "second"))
    assert written.endswith("# second\na: b\n")
    assert yaml.safe_load(written) == {"a": "b"}


NOT_ONLY_TEXT = """on Yes n null ~ 1e3 0x1f 0o7 1_000 12:30:45 2024-01-01 3.10 .5 +1 = << @a %a inf
    .nan True"""


@pytest.mark.parametrize("text", [*NOT_ONLY_TEXT.split(), "", "- a", "a: b", "a #b"])
def test_what_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    for line in (yaml_text({"key": text}), yaml_text({text: "value"})):
        assert f"'{text}'" in line
        assert yaml.safe_load(line) in ({"key": text}, {text: "value"})


@pytest.mark.parametrize("text", ["C5", "secret:HF_TOKEN", "container@v1", "a/b:0123-x", "P5000"])
def test_plain_text_is_not_quoted(text: str) -> None:
    assert yaml_text({"key": text}) == f"key: {text}\n"


def test_keys_keep_their_order_and_lines_are_never_folded() -> None:
    assert yaml_text({"b": "x " * 200, "a": ["z"]}) == f"b: '{'x ' * 200}'\na:\n- z\n"


def test_a_comment_keeps_its_indent() -> None:
    assert yaml_text({"a": "b"}, ("  command",)) == "#   command\na: b\n"
