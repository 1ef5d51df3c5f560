from __future__ import annotations

import ast
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell

from nb2prod.program.context import Context
from nb2prod.program.text import (
    Expression,
    Piece,
    Text,
    block,
    expanded,
    fstring,
    string,
    with_roots,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NAMES: dict[str, object] = {"name": "va'lue", "number": 3, "d": {"k": "x", "a b": [1, 2]}}
CONFIG = SimpleNamespace(data_dir="<data>", work_dir="<work>")


@given(TEXTS)
def test_string_is_the_text_on_one_line(text: str) -> None:
    literal = string(text)
    assert ast.literal_eval(literal) == text
    assert literal.isprintable()


@given(TEXTS)
def test_block_is_the_text(text: str) -> None:
    literal = block([Text(text)])
    assert ast.literal_eval(literal) == text
    assert set(literal) <= {"\n", "\t"} | {char for char in literal if char.isprintable()}


PIECES = st.one_of(
    TEXTS.map(Text),
    st.text(alphabet="'\"{}\\\n$#a ", max_size=6).map(Text),
    st.sampled_from(
        [
            Expression("name"),
            Expression("name", "!r"),
            Expression("number"),
            Expression("d['k']"),
            Expression('d["a b"]'),
            Expression("d['k'] + d[\"k\"]", "!a"),
            Expression("(number, 2)"),
            Expression('"\\\\"'),
        ]
    ),
)


@given(st.lists(PIECES, max_size=6))
def test_fstring_is_its_pieces(pieces: list[Piece]) -> None:
    expected = "".join(
        piece.value
        if isinstance(piece, Text)
        else eval(f"f'''{{{piece.code}{piece.conversion}}}'''", dict(NAMES))
        if "\\" not in piece.code
        else "\\"
        for piece in pieces
    )
    assert eval(fstring(pieces), dict(NAMES)) == expected


@given(st.lists(st.one_of(TEXTS.map(Text), st.just(Expression("number"))), max_size=6))
def test_block_is_its_pieces(pieces: list[Piece]) -> None:
    expected = "".join(piece.value if isinstance(piece, Text) else "3" for piece in pieces)
    assert eval(block(pieces), {"number": 3}) == expected


WORDS = st.sampled_from(
    [
        *("ls -l a/b.txt | grep c && echo 'd' \"e\" \\ \\n é ; # ~ * ? ! % : \t".split(" ")),
        *(" ", "'", '"', "{", "}", "{{", "}}", "$", "$$", "(", ")", "."),
        *("$name", "${name}", "$$name", "$missing", "$number", "$1", "$name/x", "$number.real"),
        *("{name}", "{number}", "{missing}", "{name!r}", "{name!s}", "{name!a}", "{name!x}"),
        *("{name:>5}", "{number:03d}", "{name!r:>9}", "{1 + 1}", "{number + 1}", "{1, number}"),
        *('{d["k"]}', "{d['k']}", "{d['a b'][0:1]}", "{name.upper()}", "{[x for x in d]}"),
        *("{ name }", "{print $1}", '{"a": 1}', "{a,b}", "{1..5}", "{}", "{0}", "{name", "name}"),
        *("{lambda: 1}", "{len(name)}", "{name:}", "{d[k]}", "{name if number else 1}", "{'#'}"),
        *("{'{'}", "{number:{number}}", "{name=}", "{not name}", "{*d}", "{number!r:}", "{...}"),
    ]
)


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=7).map("".join))
def test_expansion_is_ipython_s(context_of: Callable[..., Context], command: str) -> None:
    shell = SimpleNamespace(user_ns=dict(NAMES))
    # No frame is that deep: only the notebook's own names count.
    expand: Callable[..., str] = InteractiveShell.var_expand
    by_ipython = expand(shell, command, depth=10**6)
    literal = fstring(expanded(command, context_of(*NAMES)))
    try:
        value = eval(literal, dict(NAMES))
    except (AttributeError, TypeError, LookupError, ArithmeticError):
        # `$number.realls`, `{~name}`: IPython passes on text that cannot be evaluated; a program
        # says so.
        reject()
    # The address of a function is another one each time.
    assert value.partition(" at 0x")[0] == by_ipython.partition(" at 0x")[0]


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("cp /content/a /content/drive/MyDrive/b", "cp <work>/a <data>/b"),
        ("cp {name}/content/a x/content/b", "cp va'lue/content/a x/content/b"),
        ("{name} /content", "va'lue <work>"),
        ("/content/{name}", "<work>/va'lue"),
        ("$name:/content/a", "va'lue:<work>/a"),
    ],
)
def test_directories_in_commands(
    context_of: Callable[..., Context], command: str, value: str
) -> None:
    literal = fstring(expanded(command, context_of(*NAMES)))
    assert eval(literal, {**NAMES, "config": CONFIG}) == value


@pytest.mark.parametrize(
    ("text", "before", "pieces"),
    [
        ("/content/a", "", [Expression("config.work_dir"), Text("/a")]),
        ("/content/a", "x", [Text("/content/a")]),
        ("/content/a", " ", [Expression("config.work_dir"), Text("/a")]),
        ("a /content b", "x", [Text("a "), Expression("config.work_dir"), Text(" b")]),
        ("drive/MyDrive/a", "", [Expression("config.data_dir"), Text("/a")]),
        ("drive/MyDrive/a", "x", [Text("drive/MyDrive/a")]),
        ("", "", [Text("")]),
    ],
)
def test_with_roots(
    context_of: Callable[..., Context], text: str, before: str, pieces: list[Piece]
) -> None:
    assert with_roots(text, context_of(), before) == pieces
