"""IPython's syntax: what is one of its own statements, what it says, and what stays Python."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_cell, parse_notebook, python_statements
from nb2prod.notebook.model import Cell, Notebook, Origin
from nb2prod.notebook.statements import (
    AutoCall,
    CellMagic,
    Help,
    LineMagic,
    ParsedCell,
    Python,
    Shell,
    Statement,
)


def parse(source: str) -> ParsedCell:
    return parse_cell(Cell(3, "code", source))


def notebook(*sources: str) -> Notebook:
    cells = tuple(Cell(number, "code", source) for number, source in enumerate(sources, start=1))
    return Notebook("n", "0" * 64, "4.5", cells, Origin("jupyter", ()), {}, {})


def brief(statement: Statement) -> tuple[object, ...]:
    """A statement as a short tuple: its kind, its line, and what it says."""
    line = statement.location.line
    match statement:
        case Shell():
            return ("!", line, statement.command, statement.target)
        case LineMagic():
            return ("%", line, statement.magic, statement.arguments, statement.target)
        case CellMagic():
            return ("%%", line, statement.magic, statement.arguments, statement.python)
        case Help():
            return ("?", line, statement.subject)
        case AutoCall():
            return ("()", line, statement.call)
        case Python():
            return ("py", line, statement.end_line)
    return ("unparsed", line)


def told(source: str) -> list[tuple[object, ...]]:
    return [brief(statement) for statement in parse(source).statements]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # shell lines
        ("!ls", [("!", 1, "ls", None)]),
        ("! ls -l ", [("!", 1, "ls -l", None)]),
        ("!!ls", [("!", 1, "ls", None)]),
        ("!", [("!", 1, "", None)]),
        ("   !ls", [("!", 1, "ls", None)]),
        ("!echo \"it's\" # {x} $y", [("!", 1, "echo \"it's\" # {x} $y", None)]),
        ("!echo '(['\nx = 1", [("!", 1, "echo '(['", None), ("py", 2, 2)]),
        ("!pip install a \\\n  b \\\n  c", [("!", 1, "pip install a    b    c", None)]),
        ("!ls \\ \nx", [("!", 1, "ls \\", None), ("py", 2, 2)]),
        ("!ls \\", [("!", 1, "ls \\", None)]),
        ("x = 1\n!ls\ny = 2", [("py", 1, 1), ("!", 2, "ls", None), ("py", 3, 3)]),
        # at any depth
        ("if a:\n    !ls\nelse:\n\t!rm x",
         [("py", 1, 4), ("!", 2, "ls", None), ("!", 4, "rm x", None)]),
        (
            "for i in y:\n    !wget {i} \\\n        -q\n    z(i)",
            [("py", 1, 4), ("!", 2, "wget {i}          -q", None)],
        ),
        ("def f():\n    '''Doc'''\n    !ls", [("py", 1, 3), ("!", 3, "ls", None)]),
        # assignments from the shell
        ("x = !ls", [("!", 1, "ls", "x")]),
        ("x=!ls", [("!", 1, "ls", "x")]),
        ("x   =   ! ls", [("!", 1, "ls", "x")]),
        ("a, b = !cmd", [("!", 1, "cmd", "a, b")]),
        ("(a, *b) = !cmd", [("!", 1, "cmd", "(a, *b)")]),
        ("d['a=b'] = !cmd", [("!", 1, "cmd", "d['a=b']")]),
        ("o.f[1:2] = !cmd", [("!", 1, "cmd", "o.f[1:2]")]),
        ("größe = !du", [("!", 1, "du", "größe")]),
        ("x: list = !ls", [("!", 1, "ls", "x: list")]),
        ("import os; x = !ls", [("py", 1, 1), ("!", 1, "ls", "x")]),
        ("for i in r: x = !ls {i}", [("py", 1, 1), ("!", 1, "ls {i}", "x")]),
        ("x[\n 0] = !ls", [("!", 1, "ls", "x[\n 0]")]),
        ("x = !!ls", [("!", 1, "!ls", "x")]),
        ("if a:\n  x = !ls \\\n    -l", [("py", 1, 3), ("!", 2, "ls      -l", "x")]),
        # line magics
        ("%matplotlib inline", [("%", 1, "matplotlib", "inline", None)]),
        ("  %time  f(x)", [("%", 1, "time", "f(x)", None)]),
        ("% matplotlib inline", [("%", 1, "matplotlib", "inline", None)]),
        ("%cd ..", [("%", 1, "cd", "..", None)]),
        ("%load_ext a.b", [("%", 1, "load_ext", "a.b", None)]),
        ("%env A=b c", [("%", 1, "env", "A=b c", None)]),
        ("%a.b c", [("%", 1, "a.b", "c", None)]),
        ("%pip install \\\n  x", [("%", 1, "pip", "install    x", None)]),
        ("if a:\n    %cd x", [("py", 1, 2), ("%", 2, "cd", "x", None)]),
        ("x = %pwd", [("%", 1, "pwd", "", "x")]),
        ("x =%time f()", [("%", 1, "time", "f()", "x")]),
        ("a, b = %time 1, 2", [("%", 1, "time", "1, 2", "a, b")]),
        ("%", [("%", 1, "", "", None)]),
        ("x = 1\n%%bash\nls", [("py", 1, 1), ("%", 2, "%bash", "", None), ("py", 3, 3)]),
        # help
        ("?x", [("?", 1, "x")]),
        ("??x.y", [("?", 1, "x.y")]),
        ("?", [("?", 1, "")]),
        ("x?", [("?", 1, "x")]),
        ("x.y??", [("?", 1, "x.y")]),
        ("x[0].y?", [("?", 1, "x[0].y")]),
        ("np.*load*?", [("?", 1, "np.*load*")]),
        ("%time?", [("?", 1, "%time")]),
        ("%%time?", [("?", 1, "%%time")]),
        ("?%time", [("?", 1, "%time")]),
        ("x = y?", [("?", 1, "y")]),
        ("f(x).bar?", [("?", 1, "bar")]),
        ("How are you?", [("?", 1, "you")]),
        ("if a:\n    x?\n    y = 1", [("py", 1, 3), ("?", 2, "x")]),
        ("%time x?", [("?", 1, "x")]),
        # calls without brackets
        (",f a b", [("()", 1, 'f("a", "b")')]),
        (";f a  b ", [("()", 1, 'f("a  b")')]),
        ("/f a b", [("()", 1, "f(a, b)")]),
        ("/a.b", [("()", 1, "a.b()")]),
        (",f", [("()", 1, 'f("")')]),
        (";", [("()", 1, '("")')]),
        ("if a:\n    ,f a\n    b", [("py", 1, 3), ("()", 2, 'f("a")')]),
        ("/f a \\\n  b\nx", [("()", 1, "f(a, b)"), ("py", 3, 3)]),
        # a session that was pasted
        (">>> x = 1\n>>> !ls", [("py", 1, 1), ("!", 2, "ls", None)]),
        (">>> if x:\n...     y = 1\n...", [("py", 1, 2)]),
        ("In [1]: %pwd", [("%", 1, "pwd", "", None)]),
        # a cell that is indented as a whole
        ("    x = 1\n    !ls\n    if x:\n        %pwd", [
            ("py", 1, 1), ("!", 2, "ls", None), ("py", 3, 4), ("%", 4, "pwd", "", None)
        ]),
        ("\n\n  x = 1\n  y = 2\n", [("py", 3, 3), ("py", 4, 4)]),
    ],
)  # fmt: skip
def test_a_statement_of_its_own(source: str, expected: list[tuple[object, ...]]) -> None:
    assert told(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "a %b",
        "x = a %b",
        "x = y %z",
        "x = (a\n%b)",
        "x = [a\n%b]",
        "x = a \\\n%b",
        "x == (not y)",
        "x != y",
        "f(a=b)",
        "x %= 3",
        "text = '''\n!ls\n%time\nx?\n'''",
        'text = """\n!ls\n"""',
        "text = 'a\\\n!b'",
        "text = f'''\n!ls {x}\n'''",
        "text = r'''\\\n!ls\n'''",
        "text = '''it\\'''s\n!ls\n'''",
        "f(\n    '''\n%%bash\n'''\n)",
        "# !ls\n# %time\n# x?",
        "x = 1  # why?",
        "x = '?'",
        "print('how?')",
        "x = {'a': '!ls', 'b': '%time'}",
        "x = a if b else c",
        "lambda a=1: a",
        "x = y = 1",
        "x: int = 1",
        "x = 'it''s'\ny = \"\"",
        "x = ''\ny = ''''''",
        "x = '\\''\ny = '#'",
        "def f(a, b='(', *c):\n    return a % b",
        "x = {**a, 'b': [1, (2)]}",
        "assert x, 'what?'",
        "x = 1;",
        "async def f():\n    pass",
        "class A:\n    x = 1\n\n    def f(self): ...",
        "x[1:2] = y",
        "x = 5 if a else \\\n    6",
        "@decorator\ndef f(): pass",
        "x = b'!ls'",
        "x = 1\n...",
        "",
        "\n\n",
        "# only a comment",
        "x = 'a' \\\n    'b'\ny = 2",
        "print(f'{x!r:>{w}} {y % z}')",
        "print(f\"{d['it']}\")",
    ],
)
def test_python_without_ipython_syntax_is_left_as_it_is(source: str) -> None:
    parsed = parse(source)
    assert parsed.unparsed is None
    assert all(isinstance(statement, Python) for statement in parsed.statements)
    assert parsed.python == "\n".join(Cell(1, "code", source).lines)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%%bash\nls\n  echo 'x", ("%%", 1, "bash", "", False)),
        ("\n\n%%html\n<b>", ("%%", 3, "html", "", False)),
        ("%%writefile -a a b.py\nx = (", ("%%", 1, "writefile", "-a a b.py", False)),
        ("%%script bash --no-raise-error\nx", ("%%", 1, "script", "bash --no-raise-error", False)),
        ("%%!\nls", ("%%", 1, "!", "", False)),
        ("%%c++ -x\nint a;", ("%%", 1, "c++", "-x", False)),
        ("%%R -i x\nplot(x)", ("%%", 1, "R", "-i x", False)),
        ("%%bash", ("%%", 1, "bash", "", False)),
        ("%%\nx", ("%%", 1, "", "", False)),
        ("  %%bash\n  ls", ("%%", 1, "bash", "", False)),
        # Python, but in a process of its own
        ("%%python3\nx = (", ("%%", 1, "python3", "", False)),
        # Colab's form comments may stand above.
        ("#@title Install { display-mode: \"form\" }\n%%bash\nls", ("%%", 2, "bash", "", False)),
        ("# a\n\n# b\n%%sh\nls", ("%%", 4, "sh", "", False)),
    ],
)  # fmt: skip
def test_a_cell_in_another_language_is_one_statement(
    source: str, expected: tuple[object, ...]
) -> None:
    parsed = parse(source)
    assert [brief(statement) for statement in parsed.statements] == [expected]
    magic = parsed.cell_magic
    assert magic is not None
    assert magic.body == "\n".join(parsed.cell.lines[magic.location.line :]).replace("  ls", "ls")
    assert not parsed.python.strip()


def test_the_body_of_another_language_is_kept_as_it_is() -> None:
    magic = parse("%%writefile a.txt\n  one\n!two\n\n'''three").cell_magic
    assert magic is not None
    assert magic.body == "  one\n!two\n\n'''three"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%%time\nx = 1", [("%%", 1, "time", "", True), ("py", 2, 2)]),
        (
            "%%capture out --no-stderr\n!pip install x",
            [("%%", 1, "capture", "out --no-stderr", True), ("!", 2, "pip install x", None)],
        ),
        ("# a\n%%timeit -n 3\nf()", [("%%", 2, "timeit", "-n 3", True), ("py", 3, 3)]),
        (
            "%%capture\n\n%%time\nx = !ls",
            [
                ("%%", 1, "capture", "", True),
                ("%%", 3, "time", "", True),
                ("!", 4, "ls", "x"),
            ],
        ),
        ("%%time\n%%bash\nls", [("%%", 1, "time", "", True), ("%%", 2, "bash", "", False)]),
        ("%%capture\n%%time\n%%writefile a.txt\nsome text",
         [("%%", 1, "capture", "", True), ("%%", 2, "time", "", True),
          ("%%", 3, "writefile", "a.txt", False)]),
        ("%%prun", [("%%", 1, "prun", "", True)]),
        ("%%debug\nx = 1", [("%%", 1, "debug", "", True), ("py", 2, 2)]),
    ],
)  # fmt: skip
def test_a_python_cell_under_a_magic_is_cut_like_any_other(
    source: str, expected: list[tuple[object, ...]]
) -> None:
    assert told(source) == expected


def test_places_are_exact() -> None:
    source = "x = 1\nif x:\n    y = !ls\n    %time z\nü = 1; w = 2\n@d\nclass A:\n    pass"
    found = [(statement.location, statement.end_line) for statement in parse(source).statements]
    assert found == [
        (Location(3, 1, 1), 1),
        (Location(3, 2, 1), 4),
        (Location(3, 3, 5), 3),
        (Location(3, 4, 5), 4),
        (Location(3, 5, 1), 5),
        (Location(3, 5, 8), 5),
        (Location(3, 6, 1), 8),
    ]


def test_each_placeholder_stands_where_its_statement_stood() -> None:
    parsed = parse("if a:\n    x = !ls \\\n      -l\n    %time f()\ny?\nfor i in z: w: int = !pwd")
    assert parsed.python.split("\n") == [
        "if a:",
        "    x = __ipython_3_0__",
        "",
        "    __ipython_3_1__",
        "__ipython_3_2__",
        "for i in z: w: int = __ipython_3_3__",
    ]
    assert [type(found).__name__ for found in parsed.placeholders.values()] == [
        "Shell",
        "LineMagic",
        "Help",
        "Shell",
    ]
    assert list(parsed.placeholders) == [f"__ipython_3_{n}__" for n in range(4)]


def test_the_statements_as_trees() -> None:
    kinds = [type(node).__name__ for node in python_statements(parse("x = 1\n!ls\nif x: pass"))]
    assert kinds == ["Assign", "Expr", "If"]
    assert list(python_statements(parse("x ="))) == []


@pytest.mark.parametrize(
    "source",
    [
        "await f()",
        "async with a as b:\n    pass",
        "async for x in y:\n    print(x)",
        "z = [x async for x in y]",
        "x = await f()\n!ls",
    ],
)
def test_top_level_await_is_python(source: str) -> None:
    assert parse(source).unparsed is None


@pytest.mark.parametrize(
    ("source", "magic", "arguments"),
    [
        ("pip install pandas==1.0", "pip", "install pandas==1.0"),
        ("\n  cd data\n", "cd", "data"),
        ("ls -l *.csv", "ls", "-l *.csv"),
        ("mkdir a/b", "mkdir", "a/b"),
        ("load_ext autoreload", "load_ext", "autoreload"),
        ("timeit f(x)", "timeit", "f(x)"),
        # These are valid Python as well; the notebook binds no such name.
        ("ls", "ls", ""),
        ("pwd", "pwd", ""),
        ("ls -l", "ls", "-l"),
    ],
)
def test_a_magic_without_its_sign(source: str, magic: str, arguments: str) -> None:
    parsed = parse_notebook(notebook("x = 1", source, "y = 2"))[1]
    assert [brief(statement)[0] for statement in parsed.statements] == ["%"]
    statement = parsed.statements[0]
    assert isinstance(statement, LineMagic)
    assert (statement.magic, statement.arguments) == (magic, arguments)
    assert statement.name in parsed.python
    assert parsed.python.count("\n") + 1 == len(parsed.cell.lines)


@pytest.mark.parametrize(
    "cells",
    [
        ("env = 1", "env"),
        ("import time", "time"),
        ("def run(): pass", "run"),
        ("from x import ls", "ls"),
        ("for pwd in x: pass", "pwd"),
        ("x", "ls = 3"),
        ("x", "time, y = f()"),
        ("x", "ls\npwd"),
        ("x", "# list\nls"),
        ("x", "unheard"),
        ("from x import *", "config"),
        ("x", "time.sleep(1)"),
        ("x", "ls\n\n"),
    ],
)
def test_a_name_of_the_notebook_goes_before_a_magic(cells: tuple[str, str]) -> None:
    parsed = parse_notebook(notebook(*cells))[1]
    assert parsed.unparsed is None
    assert all(isinstance(statement, Python) for statement in parsed.statements)


@pytest.mark.parametrize(
    ("above", "source", "magic"),
    [
        ("import time", "time f(x)", False),
        ("if x:\n    time = 1", "time f(x)", False),
        ("def f():\n    time = 1", "time f(x)", True),
        ("[time for time in x]", "time f(x)", True),
        ("from x import *", "time f(x)", True),
        ("from x import *", "ls", True),
        ("x", "debug", True),
    ],
)
def test_names_of_the_notebook_s_own_namespace_go_before_magics(
    above: str, source: str, magic: bool
) -> None:
    statement = parse_notebook(notebook(above, source))[1].statements[0]
    assert isinstance(statement, LineMagic) is magic


def test_two_lines_are_no_magic_without_its_sign() -> None:
    assert parse("# install\npip install x").unparsed is not None
    assert parse("pip install x\npip install y").unparsed is not None


def test_only_code_cells_are_parsed() -> None:
    cells = (Cell(1, "markdown", "!ls"), Cell(2, "code", "!ls"), Cell(3, "raw", "!ls"))
    found = parse_notebook(Notebook("n", "0" * 64, "4.5", cells, Origin("jupyter", ()), {}, {}))
    assert [parsed.cell.number for parsed in found] == [2]


# Lines that are likely to meet in ways nobody thought of.
PIECES = st.lists(
    st.sampled_from(
        [
            "x = 1", "!ls", "%time f(x)", "x = !ls", "y = %pwd", "if x:", "    !ls -l", "    y = 2",
            "'''", '"""', "print('a')", "# !ls?", "x?", "(", ")", "[1,", "]", "\\", "!ls \\", "",
            "  z = 3", "%%bash", "%%time", "def f():", "    return 1", "it's", "a %b", "%b",
            "else:",
            "ü = 'ß'; w = 1", "f'{x!r}'", "\t!ls", "for i in x: y = !ls", "await f()", "? x", "\f",
            ">>> x", "... y", "@d", "x = '\\", "' + y", "d[':'] = !ls", "!", "%", "\ufeff",
            "x = (a",
        ]
    ),
    max_size=9,
).map("\n".join)  # fmt: skip


@given(PIECES | st.text(alphabet="ab=!%?'\"()[]{}\\#:;, \n\t.", max_size=40))
def test_no_cell_loses_a_line_or_a_placeholder(source: str) -> None:
    parsed = parse(source)
    lines = len(parsed.cell.lines)
    assert parsed.python.count("\n") + 1 == max(lines, 1)
    used = {
        node.id
        for node in ast.walk(ast.parse(parsed.python))
        if isinstance(node, ast.Name) and node.id.startswith("__ipython_")
    }
    assert used == set(parsed.placeholders)
    for statement in parsed.statements:
        assert 1 <= statement.location.line <= statement.end_line <= max(lines, 1)
        assert statement.location.cell == 3
    order = [(found.location.line, found.location.column) for found in parsed.statements]
    assert order == sorted(order)
    assert parse(source) == parsed


# Whole statements, each with something in it that is IPython's syntax elsewhere.
STATEMENTS = st.lists(
    st.sampled_from(
        [
            "x = 1", "a %b", "x = a %b", "x = (a\n%b)", "x = [a\n!= b\n]", "'''\n!ls\nx?\n'''",
            'f("""\n%%bash\n""")', "# !ls", "# x?", "", "    ", "\f", "x = '?'", "'!ls'; b",
            "if x:\n    '''\n%a\n    '''\nelse:\n\ty %z", "def f(a='!ls', *b): return a %b",
            "x = a \\\n%b", "x = 'a\\\n!b'", "x = f'{a!r:>{b}}'", "ü = 'ß' % w", "d[':'] = x; y",
            "lambda a=1: a", "x: int = 1", "async def f():\n    await g()", "await f()", "...",
            "@d\nclass A:\n    '''\n?\n'''\n    x = {\n'?': '%'\n}", "print('it''s', \"it's\")",
            "x = r'\\('", "x = '\\'('", "x = '\\\\'", "x = b'%d' % 3 # '''", "ls", "x = '#'",
            "x != y",
        ]
    ),
    max_size=9,
).map("\n".join)  # fmt: skip


@given(STATEMENTS)
def test_what_python_accepts_is_never_touched(source: str) -> None:
    # The indentation of the first line would be taken off the whole cell.
    source = "x\n" + source
    compile(source, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    parsed = parse(source)
    assert parsed.python == "\n".join(parsed.cell.lines)
    assert all(isinstance(statement, Python) for statement in parsed.statements)


@pytest.mark.parametrize(
    ("cells", "read_as_magic"),
    [
        (("ls", "ls = [1]"), True),
        (("ls = [1]", "ls"), False),
        (("pip install pandas", "pip = 1"), True),
        (("from tools import *", "who"), True),
        (("from tools import *", "time"), False),
        (("time", "from tools import *"), True),
    ],
)
def test_a_magic_without_its_sign_gives_way_to_names_that_are_bound_above_it(
    cells: tuple[str, ...], read_as_magic: bool
) -> None:
    numbered = tuple(Cell(number, "code", text) for number, text in enumerate(cells, start=1))
    notebook = Notebook("n", "", "4.5", numbered, Origin("jupyter", ()), {}, {})
    found = [
        isinstance(one, LineMagic) for cell in parse_notebook(notebook) for one in cell.statements
    ]
    assert any(found) is read_as_magic
