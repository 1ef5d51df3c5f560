"""Shell lines cut into commands and words."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.analysis.arguments import arguments
from nb2prod.analysis.shell import (
    ShellCommand,
    every_command,
    split_commands,
    without_redirections,
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("   ", []),
        ("ls -l", [("", "ls -l")]),
        ("a && b", [("", "a"), ("&&", "b")]),
        ("a || b; c", [("", "a"), ("||", "b"), (";", "c")]),
        ("a | b | c", [("", "a"), ("|", "b"), ("|", "c")]),
        ("a & b", [("", "a"), ("&", "b")]),
        ("a &", [("", "a")]),
        ("a\nb\n\nc", [("", "a"), ("\n", "b"), ("\n", "c")]),
        ("a;", [("", "a")]),
        # not separators
        ("a 2>&1", [("", "a 2>&1")]),
        ("a &> b", [("", "a &> b")]),
        ("a >& b", [("", "a >& b")]),
        ("a >| b", [("", "a >| b")]),
        ("a 'b && c'", [("", "a 'b && c'")]),
        ('a "b; c | d"', [("", 'a "b; c | d"')]),
        ("a $(b && c)", [("", "a $(b && c)")]),
        ("a `b; c`", [("", "a `b; c`")]),
        ("a {b if c else d; e}", [("", "a {b if c else d; e}")]),
        (r"a \; b", [("", r"a \; b")]),
        (r"find . -exec rm {} \;", [("", r"find . -exec rm {} \;")]),
        ("a '\\' && b", [("", "a '\\'"), ("&&", "b")]),
        ('a "\\"" && b', [("", 'a "\\""'), ("&&", "b")]),
        ("(a && b) || c", [("", "(a && b)"), ("||", "c")]),
        ("a ) && b", [("", "a )"), ("&&", "b")]),
        ("pip install a > /dev/null 2>&1 && b", [
            ("", "pip install a > /dev/null 2>&1"), ("&&", "b")
        ]),
        ("a 'b", [("", "a 'b")]),
        # comments
        ("# a && b", []),
        ("a # b && c", [("", "a")]),
        ("a # it's\nb", [("", "a"), ("\n", "b")]),
        ("a;# b", [("", "a")]),
        ("a#b", [("", "a#b")]),
        ("a '# b'", [("", "a '# b'")]),
        ("a https://example.invalid/x#egg=y && b", [
            ("", "a https://example.invalid/x#egg=y"), ("&&", "b")
        ]),
        ("a ${#b}", [("", "a ${#b}")]),
    ],
)  # fmt: skip
def test_commands_of_a_line(line: str, expected: list[tuple[str, str]]) -> None:
    assert [(found.separator, found.text) for found in split_commands(line)] == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ls -l 'a b'", ("ls", "-l", "a b")),
        ("A=1 B='x y' python a.py", ("python", "a.py")),
        ("A=1", ()),
        ("sudo apt-get install x", ("apt-get", "install", "x")),
        ("sudo -H pip install x", ("pip", "install", "x")),
        ("sudo -u someone ls", ("ls",)),
        ("sudo -E A=1 apt install x", ("apt", "install", "x")),
        ("env -u B A=1 python", ("python",)),
        ("nice -n 5 make", ("make",)),
        ("nohup python a.py", ("python", "a.py")),
        ("time -f %e make", ("make",)),
        ("timeout 60 wget x", ("wget", "x")),
        ("timeout -k 5 60 wget x", ("wget", "x")),
        ("stdbuf -oL cmd", ("cmd",)),
        ("yes", ()),
        ("pip install 'x>=1,<2'", ("pip", "install", "x>=1,<2")),
        ("pip install a#b", ("pip", "install", "a#b")),
        ("a 'b", ("a", "'b")),
        ("a \\\n b", ("a", "b")),
        ("{sys.executable} -m pip", ("{sys.executable}", "-m", "pip")),
    ],
)
def test_words_of_a_command(text: str, words: tuple[str, ...]) -> None:
    assert ShellCommand("", text).words == words


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("ls", "ls"),
        ("/usr/bin/python3 -m x", "python3"),
        ("./run.sh", "run.sh"),
        ("sudo /bin/ls", "ls"),
        ("A=1", ""),
        ("", ""),
    ],
)
def test_the_program_of_a_command(text: str, program: str) -> None:
    assert ShellCommand("", text).program == program


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("if [ -d a ]; then git clone b; fi", ["[ -d a ]", "git clone b", "fi"]),
        ("for i in a b; do wget $i; done", ["for i in a b", "wget $i", "done"]),
        ("while true; do sleep 1; done", ["true", "sleep 1", "done"]),
        ("! test -f a && wget a", ["test -f a", "wget a"]),
        ("(cd a && pip install -e .)", ["cd a", "pip install -e ."]),
        ("{ a; b; }", ["a", "b"]),
        ("(a; (b && c))", ["a", "b", "c"]),
        ("sudo apt install a", ["sudo apt install a"]),
        ("dolphin --then", ["dolphin --then"]),
        ("{sys.executable} -m pip", ["{sys.executable} -m pip"]),
        ("{command}", ["{command}"]),
        ("then", []),
    ],
)
def test_every_command_of_a_line(line: str, texts: list[str]) -> None:
    assert [found.text for found in every_command(line)] == texts


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a b", "a b"),
        ("a > /dev/null", "a"),
        ("a >/dev/null b", "a b"),
        ("a > /dev/null 2>&1 b", "a b"),
        ("a &> /dev/null b", "a b"),
        ("a &>/dev/null", "a"),
        ("a >& log b", "a b"),
        ("a 1> log 2> errors b", "a b"),
        ("a 2>>log b", "a b"),
        ("a >> log b", "a b"),
        ("a < in b", "a b"),
        ("a <<< text b", "a b"),
        ("a >| log b", "a b"),
        ("a 2>&- b", "a b"),
        ("a -> b", "a -> b"),
        ("a x>=1 b", "a x>=1 b"),
        ("a >", "a"),
    ],
)
def test_redirections_are_no_words(text: str, kept: str) -> None:
    assert without_redirections(text.split()) == tuple(kept.split())


WORD = st.text(alphabet="abc -_=.'\"#;&|()$\\", min_size=1, max_size=8)


@given(st.lists(WORD, min_size=1, max_size=5))
def test_words_that_are_quoted_come_back(words: list[str]) -> None:
    words = ["program", *words]
    line = shlex.join(words)
    found = split_commands(f"{line} && {line} # {line}")
    assert [command.words for command in found] == [tuple(words), tuple(words)]


@given(st.text(alphabet="ab '\"`\\#;&|(){}<>\n$12", max_size=40))
def test_any_line_is_cut(line: str) -> None:
    for command in [*split_commands(line), *every_command(line)]:
        assert command.text == command.text.strip() != ""
        assert isinstance(command.words, tuple)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a b", [("", "a"), ("", "b")]),
        ("-q a", [("-q", ""), ("", "a")]),
        ("-qU a", [("-q", ""), ("-U", ""), ("", "a")]),
        ("-r file a", [("-r", "file"), ("", "a")]),
        ("-rfile a", [("-r", "file"), ("", "a")]),
        ("-qr file a", [("-q", ""), ("-r", "file"), ("", "a")]),
        ("-r", [("-r", "")]),
        ("--file b a", [("--file", "b"), ("", "a")]),
        ("--file=b a", [("--file", "b"), ("", "a")]),
        ("--file= a", [("--file", ""), ("", "a")]),
        ("--file", [("--file", "")]),
        ("--flag a", [("--flag", ""), ("", "a")]),
        ("a -- -b --file c", [("", "a"), ("", "-b"), ("", "--file"), ("", "c")]),
        ("- a", [("", "-"), ("", "a")]),
    ],
)
def test_options_and_their_values(words: str, expected: list[tuple[str, str]]) -> None:
    assert list(arguments(words.split(), frozenset({"--file"}), "r")) == expected
