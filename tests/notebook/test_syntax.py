"""Why a cell is no Python, in words that do not depend on the Python that runs nb2prod."""

from __future__ import annotations

import ast
import sys
import warnings

import pytest

from nb2prod.notebook.grammar import needed_python
from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell
from nb2prod.notebook.syntax import NotPython, parse_python, syntax_tree

PYTHON_2 = "it is Python 2"
PROSE = "it is text, not Python"
UNCLOSED = "it is not complete: a bracket or a string has no end"
CUT_OFF = "it is not complete: it ends in the middle of a statement"
EMPTY_BLOCK = "it is not complete: a block has nothing in it"
COMMAND = "it is a shell command without its `!`"
BEHIND = "it has a `!` or `%` behind other code; IPython takes one where a line begins"
INDENTATION = "its indentation is not valid Python 3"
OTHER = "it is not valid Python 3"
KINDS = {PYTHON_2: "python-2", PROSE: "prose"}


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("print 'a'", 1, PYTHON_2),
        ("x = 1\nprint x", 2, PYTHON_2),
        ("def f():\n    y = 1\n    print 'it', y", 3, PYTHON_2),
        ("import sys\nprint >>sys.stderr, 'x'; print 'y'", 2, PYTHON_2),
        ("if x == 'a': print 'b'", 1, PYTHON_2),
        ("for i in x:\n    print\n    print i", 2, PYTHON_2),
        ("text = '''\na\n'''; print text", 3, PYTHON_2),
        ("exec 'x = 1'", 1, PYTHON_2),
        ("exec code in d", 1, PYTHON_2),
        ("raise ValueError, 'x'", 1, PYTHON_2),
        ("if a <> b:\n    pass", 1, PYTHON_2),
        ("x = `y`", 1, PYTHON_2),
        ("os.chmod(p, 0755)", 1, PYTHON_2),
        ("x = 10L", 1, PYTHON_2),
        ("x = ur'a'", 1, PYTHON_2),
        ("This is a note about the data.", 1, PROSE),
        ("x = 1\n\nNow we load the file, then plot it:", 3, PROSE),
        ("1. Open the file", 1, PROSE),
        ("- one more thing", 1, PROSE),
        ("Größe der “neuen” Daten", 1, PROSE),
        ("x = (1,\ny = 2", 1, UNCLOSED),
        ("x = 1\ntext = '''abc", 2, UNCLOSED),
        ("model = f(\n    a=1,\n    b=[1, 2\n", 1, UNCLOSED),
        ("def f():\nreturn 1", 1, INDENTATION),
        ("x = 1\n  y = 2", 1, INDENTATION),
        ("if x:\n    a\n  b", 1, INDENTATION),
        ("x = 1\nreturn x", 2, "it has `return` where Python does not allow it"),
        ("if x:\n    break", 1, "it has `break` where Python does not allow it"),
        ("continue", 1, "it has `continue` where Python does not allow it"),
        ("yield 1", 1, "it has `yield` where Python does not allow it"),
        ("class A:\n    return 1", 1, "it has `return` where Python does not allow it"),
        ("def f():\n    return 1\nwhile x:\n    def g():\n        break", 3,
         "it has `break` where Python does not allow it"),
        ("x = ", 1, CUT_OFF),
        ("x = 1\ny = x +  # more\n\n# end", 2, CUT_OFF),
        ("x = 1 + \\", 1, CUT_OFF),
        ("import", 1, CUT_OFF),
        ("from x", 1, OTHER),
        ("from x import", 1, CUT_OFF),
        ("f(1) and", 1, CUT_OFF),
        ("if x and", 1, CUT_OFF),
        ("def f():", 1, EMPTY_BLOCK),
        ("for i in x:\n    # do it\n", 1, EMPTY_BLOCK),
        ("class A:\n    def f(self):", 1, EMPTY_BLOCK),
        ("try:\n    x = 1", 1, EMPTY_BLOCK),
        ("try:\n    if x:", 1, EMPTY_BLOCK),
        ("if x:\n    pass\nelse:", 1, EMPTY_BLOCK),
        ("x = 1\n@decorator", 2, "it is not complete: a decorator has no function"),
        ("else:\n    pass", 1, "it is not complete: the block before `else` is not in the cell"),
        ("elif x:\n    pass\nelse:\n    pass", 1,
         "it is not complete: the block before `elif` is not in the cell"),
        ("except E:\n    pass\nx = 1", 1,
         "it is not complete: the block before `except` is not in the cell"),
        ("x = 'a", 1, UNCLOSED),
        ("print('it's')", 1, UNCLOSED),
        ("x = [1,\n     2,", 1, UNCLOSED),
        ("x = 1 2  # it's", 1, OTHER),
        ("x = \ny = 2", 1, OTHER),
        ("def f():\ny = 2", 1, INDENTATION),
        ("x = 1\nelse:\n    pass", 1, OTHER),
        ("x = 1\n\ny == = 2\nz = 3", 3, OTHER),
        ("f(x)) + 1", 1, OTHER),
        ("x = 1 2", 1, OTHER),
        ("for i in x print(i)", 1, OTHER),
        ("import numpy as as np", 1, OTHER),
        ("x = 'a\ny = 2", 1, UNCLOSED),
        ("@d\nx = 1", 1, OTHER),
        ("SELECT * FROM t WHERE a = 1", 1, OTHER),
        ("x = 1; !ls", 1, BEHIND),
        ("y = 2\nif x: !!ls", 2, BEHIND),
        ("x = '; !ls'; %time y", 1, BEHIND),
        ("x = 1 2  # ; !ls", 1, OTHER),
        ("# install\npip install a b", 2, COMMAND),
        ("ls -lh a.txt\nls -lh b.txt", 1, COMMAND),
        ("$ pip install a", 1, COMMAND),
        ("python = 1 2", 1, OTHER),
        ("f(x)?", 1, OTHER),
        ("def f(x, x): pass", 1, OTHER),
        ("x = 1\nnonlocal y", 2, OTHER),
        ("def f():\n    x\n    global x", 1, OTHER),
        # Each statement is valid alone: the first line stands for all of them.
        ("\nx = 1\nfrom __future__ import division", 2, OTHER),
        ("x = 1\ny = '\0'", 2, "it holds a null character"),
    ],
)  # fmt: skip
def test_the_reason_and_the_line(source: str, line: int, reason: str) -> None:
    parsed = parse_cell(Cell(7, "code", source))
    assert parsed.unparsed is not None
    assert (parsed.unparsed.location.line, parsed.unparsed.reason) == (line, reason)
    half = "unfinished" if reason.startswith("it is not complete") else "syntax"
    assert parsed.unparsed.kind == KINDS.get(reason, half)
    assert parsed.unparsed.end_line == len(parsed.cell.lines)
    assert len(parsed.statements) == 1
    assert not parsed.python.strip()


def test_deep_nesting_is_a_reason_and_no_crash() -> None:
    source = "x = " + "-" * 100_000 + "1"
    unparsed = parse_cell(Cell(1, "code", source)).unparsed
    assert unparsed is not None
    assert unparsed.reason == "it is nested too deeply, or too large, for Python to parse"


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("x = 1", None),
        ("def f(*a): return f'{a}'", (3, 11)),
        ("x = f'{a[\"b\"]}'", (3, 11)),
        ("x = f'''{a['b']}'''", (3, 11)),
        ("x = f'{a:\\n}'", (3, 11)),
        ("except_ = [*a]", (3, 11)),
        ("try:\n    pass\nexcept (A, B):\n    pass", (3, 11)),
        ("type X = int", (3, 12)),
        ("type X[T] = list[T]", (3, 12)),
        ("def f[T](x: T) -> T:\n    return x", (3, 12)),
        ("class A[T]:\n    pass", (3, 12)),
        ("x = f'{a['b']}'", (3, 12)),
        ("x = f'{'\\n'.join(a)}'", (3, 12)),
        ("x = f'{a # b\n}'", (3, 12)),
        ("x = f'{f'{1}'}'", (3, 12)),
        ("class A[T = int]:\n    pass", (3, 13)),
        ("x = t'a {b}'", (3, 14)),
        ("try:\n    pass\nexcept A, B:\n    pass", (3, 14)),
        ("lazy import json", (3, 15)),
        ("x = [*y for y in z]", (3, 15)),
        ("def f[T](x: T)\n    return x", None),
        ("type X = ", None),
        ("print f'{x}'", None),
    ],
)
def test_the_python_that_code_needs(source: str, needed: tuple[int, int] | None) -> None:
    assert needed_python(source) == needed


@pytest.mark.parametrize(
    "source",
    ["type X = int", "class A[T = int]:\n    pass", "x = 1\nx = t'a {b}'", "lazy import json"],
)
def test_a_newer_grammar_is_no_defect(source: str) -> None:
    needed = needed_python(source)
    assert needed is not None
    unparsed = parse_cell(Cell(1, "code", source)).unparsed
    if sys.version_info[:2] >= needed:
        assert unparsed is None
        return
    assert unparsed is not None
    assert unparsed.kind == "newer-grammar"
    assert f"Python {needed[0]}.{needed[1]} or newer" in unparsed.reason


def test_code_is_compiled_and_never_run(capsys: pytest.CaptureFixture[str]) -> None:
    parse_python("print('run')\nraise SystemExit(3)")
    parse_cell(Cell(1, "code", "print('run')\n__import__('os')._exit(3)"))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("source", ["x = '\\d'", "x is 1", "assert (x, 'a')", "'a' 'b' is 1"])
def test_python_s_own_warnings_stay_out(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_cell(Cell(1, "code", source)).unparsed is None
        syntax_tree(source)


def test_columns_count_characters() -> None:
    source = "'äöü'; x = f('ß', y)\nzz = 'é' + w"
    names = {
        node.id: (node.lineno, node.col_offset, node.end_col_offset)
        for node in ast.walk(syntax_tree(source))
        if isinstance(node, ast.Name)
    }
    for name, (line, column, end) in names.items():
        assert source.split("\n")[line - 1][column:end] == name
    assert set(names) == {"x", "f", "y", "zz", "w"}


def test_not_python_says_where_and_why() -> None:
    with pytest.raises(NotPython) as caught:
        parse_python("x = 1\nprint x")
    assert (caught.value.line, caught.value.reason, caught.value.kind) == (2, PYTHON_2, "python-2")
