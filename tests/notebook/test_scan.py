"""Where logical lines begin and end, and how long it takes to find out."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell
from nb2prod.notebook.scan import logical_lines


def spans(source: str) -> list[str]:
    lines = source.split("\n")
    return ["\n".join(lines[found.start : found.stop]) for found in logical_lines(lines)]


@pytest.mark.parametrize(
    "pieces",
    [
        ["x = 1", "y = 2"],
        ["x = (1,\n  2)", "y = 2"],
        ["x = 'a' \\\n  'b'", "y = 2"],
        ["x = '''\n(\n'''", "y = 2"],
        ['x = """\'\'\'\n"""', "y = 2"],
        ["x = '(' + \"[\"", "y = 2"],
        ["x = 'it\\'s ('", "y = 2"],
        ["x = '\\\\'", "y = ')'"],
        ["x = 'a\\\nb('", "y = 2"],
        ["x = r'\\d(' # ("],
        ["# (", "x = 1"],
        ["x = f'{a[\"(\"]}'", "y = 2"],
        ["x = f'{a['b']}'", "y = 2"],
        ["x = f'''{a['''b''']}'''", "y = 2"],
        ["x = f'{{(' ", "y = 2"],
        ["x = f'''\n{a(1)}\n'''", "y"],
        ["x = rb'\\'(' ", "y = 2"],
        ["f(\n!ls\n)", "y"],
        ["!ls (", "y"],
        ["!ls '", "y"],
        ["!ls \\\n'''", "y"],
        ["x = !ls (\\\n [", "y"],
        ["%time f(", "y"],
        ["?f(", "y"],
        ["def f(a,\n      b):", "    return 1"],
        ["x = {\n 'a': '''\n}'''\n}", "y"],
        ["", "", "x"],
        ["x = 'abc", "y = 2"],
        ["x = ')'", "y = 2"],
        ["x)", "(y\n)", "z"],
    ],
)
def test_each_logical_line_is_one_piece(pieces: list[str]) -> None:
    assert spans("\n".join(pieces)) == pieces


@pytest.mark.parametrize(
    ("source", "pieces"),
    [
        ("f(\nx = 1\ny = 2", ["f(", "x = 1", "y = 2"]),
        ("x = '''\ny = 2", ["x = '''", "y = 2"]),
        ("x = \\", ["x = \\"]),
        ("x = 'a\\", ["x = 'a\\"]),
    ],
)
def test_a_statement_that_never_ends_hides_nothing(source: str, pieces: list[str]) -> None:
    assert spans(source) == pieces


@pytest.mark.parametrize(
    ("line", "sign", "target"),
    [
        ("!ls", (0, 0), None),
        ("  %time", (0, 2), None),
        ("x = !ls", (0, 4), (0, 0)),
        ("  x = y = 1", None, None),
        ("  a = %b", (0, 6), (0, 2)),
        ("import os;  x = !ls", (0, 16), (0, 12)),
        ("if d[1:2]: x = !ls", (0, 15), (0, 11)),
        ("x: int = !ls", (0, 9), (0, 0)),
        ("x = 1; y = !ls", None, None),
        ("x == !y", None, None),
        ("f(x=!y)", None, None),
        ("x = !=y", None, None),
        ("!= 3", None, None),
        ("%= 3", None, None),
        ("x += !y", None, None),
        ("x := !y", None, None),
        ("x = %3", None, None),
    ],
)
def test_the_sign_and_the_target(
    line: str, sign: tuple[int, int] | None, target: tuple[int, int] | None
) -> None:
    found = next(logical_lines([line]))
    assert (found.sign, found.target) == (sign, target)


@given(st.lists(st.text(alphabet="a=!%?'\"()[]{}\\#:; f", max_size=9), max_size=12))
def test_every_physical_line_is_in_exactly_one_logical_line(lines: list[str]) -> None:
    position = 0
    for found in logical_lines(lines):
        assert found.start == position
        assert found.stop > position
        position = found.stop
    assert position == len(lines)


LONG = 200_000
SLOW = {
    "5,000 lines": "\n".join(f"x{i} = f({i}, 'a')" for i in range(5000)),
    "5,000 shell lines": "\n".join(f"!echo {i}" for i in range(5000)),
    "5,000 brackets without end": "\n".join(f"x{i} = f({i}" for i in range(5000)),
    "5,000 strings without end": "\n".join("x = \"\"\"a'''" for _ in range(5001)),
    "an error after 5,000 lines": "\n".join(f"x{i} = {i}" for i in range(5000)) + "\n)",
    "a long string": "x = '" + "a" * LONG + "'",
    "a long list": "x = [" + "1," * LONG + "]",
    "blanks": "x" + " " * LONG + "y",
    "one word": "a" * LONG + " b",
    "a long path": "a." * LONG + "b?",
    "many words": "word " * LONG,
    "many targets": "x, " * LONG + "y = !ls",
    "many brackets": "(" * LONG,
    "many quotes": "'\"'" * LONG,
    "many backslashes": "\\" * LONG,
    "many lines with backslashes": "\\\n" * 20_000,
    "blanks before a sign": "x =" + " " * LONG + "!ls",
    "blanks after a magic": "%time" + " " * LONG + "x",
    "many colons": "if x: " * LONG,
    "many f-strings": "f'{a}'" * 20_000 + " b",
    "not ASCII": "x = ['é'," + "'é'," * LONG + "]",
    "a body in another language": "%%html\n" + "<a>\n" * LONG,
}


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW)
def test_no_cell_takes_long(source: str) -> None:
    """A second or so where work grows with length, minutes where it grows with its square."""
    start = time.process_time()
    parse_cell(Cell(1, "code", source))
    assert time.process_time() - start < 15
