"""Variables for a program: files of them, and words of the command line. No value is ever told."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2prod.container.running.variables import asked_variables, read_variables
from nb2prod.errors import OptionError


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("", {}),
        ("A=1\nB=2\n", {"A": "1", "B": "2"}),
        ("# a comment\n\n  \nA=1", {"A": "1"}),
        ("export A=1", {"A": "1"}),
        ("A='1 2'\nB=\"3\"", {"A": "1 2", "B": "3"}),
        ("A='\nB='1\"", {"A": "'", "B": "'1\""}),
        ("A=\"x\" # c\nB='y'\t# c\nC=z # c", {"A": "x", "B": "y", "C": "z"}),
        ("A='#x'\nB=\"#x\"\nC=x#y\nD=#c", {"A": "#x", "B": "#x", "C": "x#y", "D": ""}),
        (r'''A="1\n\"2\" \$3 \\"''' + "\n" + r"B='1\n'", {"A": '1\n"2" $3 \\', "B": r"1\n"}),
        ("export A = '1'", {"A": "1"}),
        ("A=x$HOME${B}", {"A": "x$HOME${B}"}),
        ("A=\n", {"A": ""}),
        ("A=b=c#d\n", {"A": "b=c#d"}),
        ("  A=1  \n", {"A": "1"}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("_a1=x\r\nB=y\r\n", {"_a1": "x", "B": "y"}),
    ],
)
def test_variables_of_a_file(tmp_path: Path, text: str, variables: dict[str, str]) -> None:
    path = tmp_path / "variables.env"
    path.write_bytes(text.encode())
    assert read_variables(path) == variables


@pytest.mark.parametrize("line", ["A", "1A=2", "A B=2", "=2", "A-B=1", "A : 1"])
def test_a_line_that_is_no_variable(tmp_path: Path, line: str) -> None:
    path = tmp_path / "variables.env"
    path.write_text(f"B=1\n{line}\n", "utf-8")
    with pytest.raises(OptionError) as raised:
        read_variables(path)
    assert str(raised.value) == f"Line 2 of {path} is no NAME=value."


def test_a_line_is_not_told(tmp_path: Path) -> None:
    path = tmp_path / "variables.env"
    path.write_text("nobody may read this", "utf-8")
    with pytest.raises(OptionError) as raised:
        read_variables(path)
    assert "nobody" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file or directory"), (b"A=\xff\xfe", "is no UTF-8 text")],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "variables.env"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(OptionError, match=reason):
        read_variables(path)


@pytest.mark.parametrize("size", [1_000_000, 1_000_001])
def test_a_file_that_is_too_long(tmp_path: Path, size: int) -> None:
    path = tmp_path / "variables.env"
    path.write_bytes(b"A=".ljust(size, b"1"))
    if size == 1_000_000:
        assert len(read_variables(path)["A"]) == size - 2
    else:
        with pytest.raises(OptionError, match="it has more than a megabyte"):
            read_variables(path)


def test_a_file_without_an_end() -> None:
    with pytest.raises(OptionError, match="it has more than a megabyte"):
        read_variables(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        ([], {}),
        (["A=1", "B=x=y"], {"A": "1", "B": "x=y"}),
        (["HELD"], {"HELD": "from outside"}),
        (["HELD="], {"HELD": ""}),
        (["A=1", "A=2"], {"A": "2"}),
    ],
)
def test_variables_of_the_command_line(words: list[str], variables: dict[str, str]) -> None:
    assert asked_variables(words, {"HELD": "from outside"}) == variables


@pytest.mark.parametrize("word", ["=nobody", "1A=nobody", "A B=nobody", "A-B=nobody", "", "GONE"])
def test_a_word_that_is_no_variable(word: str) -> None:
    with pytest.raises(OptionError) as raised:
        asked_variables([word], {})
    assert "nobody" not in str(raised.value)
