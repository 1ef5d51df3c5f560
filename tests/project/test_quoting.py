from __future__ import annotations

import ast
import io
import re
import shlex
import tokenize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from nb2prod.errors import InternalError
from nb2prod.project import quoting

# Everything that means something in one of the formats, and what must never reach a file as it is.
NASTY = st.text(
    st.sampled_from("\"'\\`$#{}()[]%|&;<>*_~!-=: \n\r\t\x00\x85\u2028\u202e\ud800é🎉aZ0")
)
TEXT = st.one_of(st.text(), NASTY)


def dockerfile_value(line: str) -> str:
    """A value as Docker reads it from an instruction, without any variable being set."""
    if not line.startswith('"'):
        assert not re.search(r"[\s\"'\\$#]", line)
        return line
    assert line.endswith('"')
    assert len(line) > 1
    value, position, end = "", 1, len(line) - 1
    while position < end:
        character = line[position]
        assert character not in '"$\n', "an unescaped character ends the value or names a variable"
        if character == "\\":
            position += 1
            assert position < end, "the closing quote is escaped"
            # Before any other character Docker keeps the backslash.
            value += line[position] if line[position] in '"$\\' else f"\\{line[position]}"
        else:
            value += character
        position += 1
    return value


@given(TEXT)
def test_one_line_is_one_line(text: str) -> None:
    line = quoting.one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    line.encode("utf-8")
    assert quoting.one_line(line) == line


def test_one_line_keeps_what_can_be_read() -> None:
    assert quoting.one_line(" a\n\tb\u2028c\u202e\x00 é 👩\u200d🔬 ") == "a b c é 👩\u200d🔬"


@given(st.one_of(TEXT, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.none()))
@example(True)
@example("\ud800")
def test_python_literals_are_what_they_were(value: object) -> None:
    literal = quoting.python(value)
    assert ast.literal_eval(literal) == value
    assert len(literal.splitlines()) == 1
    literal.encode("utf-8")


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_python_s_infinities(value: float) -> None:
    assert eval(quoting.python(value), {"float": float}) == value


def test_python_refuses_other_types() -> None:
    with pytest.raises(InternalError, match="list"):
        quoting.python([1])


@given(TEXT)
def test_comments_end_with_their_line(text: str) -> None:
    source = f"# {quoting.comment(text)}\nx = 1\n"
    kinds = [token.type for token in tokenize.generate_tokens(io.StringIO(source).readline)]
    assert kinds[:2] == [tokenize.COMMENT, tokenize.NL]
    assert kinds.count(tokenize.COMMENT) == 1


@given(TEXT)
@example("$(id) ${HOME} \\")
def test_values_in_a_dockerfile(text: str) -> None:
    assert dockerfile_value(quoting.dockerfile(text)) == quoting.one_line(text)


@given(TEXT)
def test_words_of_a_shell(text: str) -> None:
    if re.search("[\n\r\0]", text):
        with pytest.raises(InternalError):
            quoting.shell(text)
    else:
        assert shlex.split(quoting.shell(text)) == [text]


@given(TEXT)
def test_plain_values_mean_nothing_anywhere(text: str) -> None:
    try:
        value = quoting.plain(text)
    except InternalError:
        return
    assert value == text
    assert shlex.quote(value) in (value, f"'{value}'")
    assert not re.search(r"[^A-Za-z0-9._+:/@-]", value)


@pytest.mark.parametrize("text", ["", "a b", "-o", "a\n", "$x", "é", ".."])
def test_plain_refuses(text: str) -> None:
    with pytest.raises(InternalError):
        quoting.plain(text)


@pytest.mark.parametrize("text", ["class", "a b", "1a", ""])
def test_identifier_refuses(text: str) -> None:
    with pytest.raises(InternalError):
        quoting.identifier(text)


def test_a_template_cannot_write_text_unquoted() -> None:
    template = quoting.environment().from_string("{{ name }}")
    with pytest.raises(InternalError, match="without a quoting filter"):
        template.render(name="a")
    assert quoting.environment().from_string("{{ name | python }}").render(name="a") == '"a"'
    assert quoting.environment().from_string("{{ number }}").render(number=3) == "3"


def test_a_template_cannot_use_a_name_that_is_not_there() -> None:
    with pytest.raises(InternalError, match="Undefined"):
        quoting.environment().from_string("{{ name | python }}").render()
    with pytest.raises(UndefinedError):
        quoting.environment().from_string("{{ name }}").render()


def test_text_is_not_read_as_a_template() -> None:
    template = quoting.environment().from_string("{{ name | python }}")
    assert template.render(name="{{ 7*7 }}{% raw %}") == '"{{ 7*7 }}{% raw %}"'
