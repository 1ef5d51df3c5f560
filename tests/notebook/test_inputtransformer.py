"""The rules against IPython's own: the calls that it would make are the statements found here."""

from __future__ import annotations

import ast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell
from nb2prod.notebook.statements import CellMagic, Help, LineMagic, ParsedCell, Shell

Call = tuple[str, ...]


def calls_of_ipython(source: str) -> list[Call] | None:
    """What the transformed cell calls on `get_ipython()`, in order; None where it is no Python."""
    try:
        tree = compile(
            TransformerManager().transform_cell(source),  # type: ignore[no-untyped-call]
            "<cell>",
            "exec",
            flags=ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
            dont_inherit=True,
        )
        compile(tree, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError:
        return None
    found: list[tuple[int, int, Call]] = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "get_ipython()"
        ):
            values = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            words = [str(value).strip() for value in values]
            found.append((node.lineno, node.col_offset, (node.func.attr, *words)))
    return [call for _, _, call in sorted(found)]


def calls_found(parsed: ParsedCell) -> list[Call] | None:
    if parsed.unparsed is not None:
        return None
    calls: list[Call] = []
    for found in parsed.statements:
        if isinstance(found, Shell):
            shown = found.target is None and not parsed.cell.lines[
                found.location.line - 1
            ].lstrip().startswith("!!")
            calls.append(("system" if shown else "getoutput", found.command))
        elif isinstance(found, LineMagic):
            calls.append(("run_line_magic", found.magic, found.arguments))
        elif isinstance(found, CellMagic):
            calls.append(("run_cell_magic", found.magic, found.arguments, found.body.strip()))
        elif isinstance(found, Help):
            calls.append(("help", found.subject))
    return calls


def comparable(calls: list[Call] | None) -> list[Call] | None:
    """IPython has one call for a look-up with its number of details; that number means nothing."""
    if calls is None:
        return None
    looked_up = ("pinfo", "pinfo2", "psearch")
    return [
        ("help", call[2])
        if call[:1] == ("run_line_magic",) and call[1] in looked_up
        else (("help", "") if call == ("show_usage",) else call)
        for call in calls
    ]


@pytest.mark.parametrize(
    "source",
    [
        "!ls",
        "! ls ",
        "!!ls -l",
        "x = !ls",
        "x=!ls",
        "x = !!ls",
        "a, b = !cmd {x}",
        "d['a=b'] = !ls",
        "x: int = !ls",
        "for i in x: y = !ls",
        "import os; y = !ls",
        "x = 1; y = !ls",
        "x[\n 0] = !ls",
        "lambda a=1: !ls",
        "x == !y",
        "a = b = !ls",
        "!pip install a \\\n  b \\\n  c\nx = 1",
        "!ls \\ \nx",
        "if a:\n    !ls \\\n      -l\n    y = %time 3",
        "def f():\n\t!ls\n\treturn 1",
        "%matplotlib inline",
        "   %time  f(x)",
        "%pip install a # b?",
        "a, b = %time 1, 2",
        "x = %pwd",
        "x = 1\n%%bash",
        "x = [\n'a',\n%time\n]",
        "x = (a\n%b)",
        "text = '''\n!ls\n%x\n'''\n!ls",
        "text = 'a\\\n!b'",
        "?x",
        "??x",
        "?",
        "x?",
        "x.y??",
        "x[0]?",
        "np.*load*?",
        "%time?",
        "%%time?",
        "x = y?",
        "How are you?",
        "f(x).bar?",
        "x? # no",
        "f(x)?",
        "# x?",
        "x = '?'",
        "if a:\n    x?",
        "%%bash\nls\n!ls",
        "\n\n%%html\n<b>",
        "  %%bash\n  ls",
        "%%c++ -x\nint a;",
        "%%\nx",
        ">>> x = 1\n>>> !ls",
        "In [1]: !ls",
        "    x = 1\n    !ls",
        "!echo 'it'\nx = 1",
        "print 'x'",
        "return 1",
        "await f()",
        "x = f'''{a}\n%time'''\n!ls",
        "class A:\n    x = !ls\n\n    def f(self):\n        %time self.g()",
        "try:\n    !ls\nexcept ValueError:\n    pass\nfinally:\n    !rm x",
        "with a as b:\n    !ls\n# end\n",
        "@d\ndef f(): pass\n%time f()",
    ],
)
def test_the_same_calls_as_ipython(source: str) -> None:
    found = calls_found(parse_cell(Cell(1, "code", source)))
    assert comparable(found) == comparable(calls_of_ipython(source))


@pytest.mark.parametrize(
    ("source", "ours"),
    [
        # A question mark at the end of a shell line is the shell's.
        ("!ls file?", [("system", "ls file?")]),
        # The sign and the name apart, as old notebooks have it.
        ("% matplotlib inline", [("run_line_magic", "matplotlib", "inline")]),
        # Colab takes comments above a cell's magic.
        ("#@title x\n%%bash\nls", [("run_cell_magic", "bash", "", "ls")]),
        # A blank after the question mark changes nothing.
        ("x? ", [("help", "x")]),
        # The magic's body is Python that is looked at like the rest.
        ("%%time\n!ls", [("system", "ls"), ("run_cell_magic", "time", "", "!ls")]),
    ],
)
def test_where_the_rules_differ_on_purpose(source: str, ours: list[Call]) -> None:
    found = calls_found(parse_cell(Cell(1, "code", source)))
    assert sorted(found or []) == sorted(ours)
    assert comparable(calls_of_ipython(source)) != ours


# A question mark at a line's end is in the tables only: behind an open bracket or a shell line,
# what IPython makes of it depends on the Python that it runs on.
LINES = st.lists(
    st.sampled_from(
        [
            "x = 1", "!ls", "%time f(x)", "x = !ls", "y = %pwd", "if x:", "    !ls -l", "    y = 2",
            "text = '''", "'''", "print('a')", "# !ls?", "f(", ")", "[1,", "]", "!ls \\",
            "", "def f():", "    return 1", "a %b", "else:", "ü = 'ß'; w = 1", "f'{x!r}'",
            "    x = %time 1", "for i in x: y = !ls", "await f()", "?x", "x = (a", "d[1] = !ls",
            "x = 1 \\", "    + 2",
        ]
    ),
    max_size=7,
).map("\n".join)  # fmt: skip


@given(LINES)
def test_any_mixture_of_lines_is_cut_as_ipython_cuts_it(source: str) -> None:
    # What a cell loses that is indented as a whole depends on IPython's version.
    assume(not source.strip("\n").startswith(" "))
    found = calls_found(parse_cell(Cell(1, "code", source)))
    assert comparable(found) == comparable(calls_of_ipython(source))
