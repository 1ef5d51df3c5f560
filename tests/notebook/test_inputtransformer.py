"""The rules against IPython's own: the calls that it would make are the statements found here, and
the Python around them is the same.

What is below a `%%` magic whose body is Python goes through IPython's rules again, as it does there
when the magic runs.
"""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import nb2prod
from nb2prod.notebook.ipython import PYTHON_CELL_MAGICS, parse_cell, parse_notebook
from nb2prod.notebook.model import Cell, Notebook, Origin
from nb2prod.notebook.statements import AutoCall, CellMagic, Help, LineMagic, ParsedCell, Shell
from nb2prod.notebook.syntax import syntax_tree

Call = tuple[str, ...]
MARK = "ipython"


def tree_of_ipython(source: str) -> ast.Module | None:
    """The transformed cell's Python; None where it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
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
    assert isinstance(tree, ast.Module)
    return tree


def cell_magic_of(tree: ast.Module) -> tuple[str, str, str] | None:
    """Name, arguments and body of the `%%` magic that a transformed cell is."""
    match tree.body:
        case [ast.Expr(ast.Call(ast.Attribute(attr="run_cell_magic"), arguments))]:
            name, rest, body = (ast.literal_eval(argument) for argument in arguments)
            return name, rest.strip(), body
    return None


def python_of_ipython(source: str) -> str | None:
    """The Python of a cell with a mark where a call of IPython's own stands, as a tree in text."""
    tree = tree_of_ipython(source)
    magic = cell_magic_of(tree) if tree else None
    if magic and magic[0] in PYTHON_CELL_MAGICS:
        return python_of_ipython(magic[2])
    if tree is None:
        return None
    return ast.dump(_Marked().visit(ast.Module([], []) if magic else tree))


def python_found(parsed: ParsedCell) -> str | None:
    """The same of a cell that nb2prod has parsed."""
    if parsed.unparsed is not None:
        return None
    calls = {
        name: ast.parse(found.call, mode="eval").body
        for name, found in parsed.placeholders.items()
        if isinstance(found, AutoCall)
    }
    return ast.dump(_Marked(calls).visit(syntax_tree(parsed.python)))


class _Marked(ast.NodeTransformer):
    """Puts one mark for each of IPython's calls and for each placeholder."""

    def __init__(self, calls: dict[str, ast.expr] | None = None) -> None:
        self._calls = calls or {}

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if ast.unparse(node.func).startswith("get_ipython()."):
            return ast.Name(MARK, ast.Load())
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self._calls:
            return self._calls[node.id]
        return ast.Name(MARK, ast.Load()) if node.id.startswith("__ipython_") else node


def calls_of_ipython(source: str) -> list[Call] | None:
    """What the transformed cell calls on `get_ipython()`, in order; None where it is no Python."""
    tree = tree_of_ipython(source)
    if tree is None:
        return None
    magic = cell_magic_of(tree)
    if magic and magic[0] in PYTHON_CELL_MAGICS:
        inner = calls_of_ipython(magic[2])
        return None if inner is None else [("run_cell_magic", magic[0], magic[1]), *inner]
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
            body = () if found.python else (found.body.strip(),)
            calls.append(("run_cell_magic", found.magic, found.arguments, *body))
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
        "%%time\n!ls",
        "%%time\n%%bash\nls",
        "%%capture out\n%%time\n%%writefile a.txt\nsome text",
        "%%capture out\n%%time\nx = !ls\nif x:\n    %cd y",
        "%%timeit -n 3\nf()",
        "%%prun\n,f a",
        "%%time\nif x",
        "%%python3\nimport os\n!ls",
        # a sign behind other code is none
        "x = 1; !ls",
        "x = 1; %time y",
        "if x: !ls",
        "x = 1;\n!ls",
        "!ls; pwd",
        "if x:\n    !!ls\n    !ls",
        "!!",
        "x = !",
        "x = %",
        "a = b = %time 1",
        "x: int = %pwd",
        "a = (b) = !ls",
        "!ls\\",
        "%time x?",
        "%ls *.tx?",
        "%time f('x?')",
        "%time f(x)?",
        # calls without brackets
        ",f a b",
        ";f a b",
        "/f a b",
        ",f",
        ";f",
        "/f",
        ",",
        ";",
        "/",
        ", a b",
        "/ f",
        ",f it's",
        ',f "a"',
        ";f a\\nb",
        "if x:\n    ,f a b\n    y = 1",
        "x = ,f a",
        "//c",
        "/=3",
        "plt.show()\n;",
        "/f a \\\n b",
        "/a.b c",
        "/f(1) x",
        "/f?",
        ",f a?",
        ",f a # b",
        ";f a # b",
        "x = (a\n,b)",
        "x = 1; ,f a",
        "/etc/passwd",
    ],
)
def test_the_same_calls_and_python_as_ipython(source: str) -> None:
    parsed = parse_cell(Cell(1, "code", source))
    assert comparable(calls_found(parsed)) == comparable(calls_of_ipython(source))
    assert python_found(parsed) == python_of_ipython(source)


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
        # So it is in an assignment.
        ("x = % time 1", [("run_line_magic", "time", "1")]),
        # IPython reads what it has written itself as one of its lines again; nobody means that.
        (";;", None),
    ],
)
def test_where_the_rules_differ_on_purpose(source: str, ours: list[Call] | None) -> None:
    assert calls_found(parse_cell(Cell(1, "code", source))) == ours
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
            "x = 1 \\", "    + 2", ",f a b", "    ;f a b", "/f x", "x = 1; !ls", ", b", ";", "!!ls",
        ]
    ),
    max_size=7,
).map("\n".join)  # fmt: skip


@given(LINES)
def test_any_mixture_of_lines_is_cut_as_ipython_cuts_it(source: str) -> None:
    # What a cell loses that is indented as a whole depends on IPython's version.
    assume(not source.strip("\n").startswith(" "))
    parsed = parse_cell(Cell(1, "code", source))
    assert comparable(calls_found(parsed)) == comparable(calls_of_ipython(source))
    assert python_found(parsed) == python_of_ipython(source)


@given(LINES, st.sampled_from(sorted(PYTHON_CELL_MAGICS)))
def test_a_body_that_is_python_is_cut_as_ipython_cuts_it(source: str, magic: str) -> None:
    assume(not source.strip("\n").startswith(" "))
    parsed = parse_cell(Cell(1, "code", f"%%{magic}\n{source}"))
    assert python_found(parsed) == python_of_ipython(source)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> InteractiveShell:
    """IPython itself, without its history; nothing is run in it."""
    config = Config({"HistoryManager": {"enabled": False}})
    directory = str(tmp_path_factory.mktemp("ipython"))
    return InteractiveShell(config=config, ipython_dir=directory)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("source", "bound"),
    [
        ("ls", None),
        ("ls -l", None),
        ("  ls -l", None),
        ("\n\nls -l\n", None),
        ("ls\n\n", None),
        ("ls -l\n\n", None),
        ("# files\nls -l", None),
        ("ls -l\npwd", None),
        ("ls-l", None),
        ("ls;x", None),
        ("ls # x", None),
        ("ls (x)", None),
        ("ls.x", None),
        ("ls*.py", None),
        ("cd data", None),
        ("pip install a", None),
        ("time(x)", None),
        ("time f(x)", None),
        ("time.sleep(1)", None),
        ("env['HOME']", None),
        ("whos", None),
        ("config", None),
        ("page = 3", None),
        ("page, y = 3, 4", None),
        ("page == 3", None),
        ("print x", None),
        ("print", None),
        ("unheard of", None),
        ("ls", "ls"),
        ("ls -l", "ls"),
        ("time f(x)", "time"),
        ("pip install a", "pip"),
        ("config", "config"),
    ],
)
def test_a_magic_without_its_sign_is_one_where_ipython_takes_it(
    shell: InteractiveShell, source: str, bound: str | None
) -> None:
    text = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
    prefilter = shell.prefilter_manager
    assert prefilter is not None
    shell.user_ns.update({bound: 1} if bound else {})
    try:
        # What `InteractiveShell.run_cell_async` does with a cell of one line.
        taken = prefilter.prefilter_lines(text) if len(text.splitlines()) == 1 else ""
    finally:
        shell.user_ns.pop(bound or "", None)
    cells = (Cell(1, "code", f"{bound} = 1" if bound else ""), Cell(2, "code", source))
    notebook = Notebook("n", "0" * 64, "4.5", cells, Origin("jupyter", ()), {}, {})
    found = parse_notebook(notebook)[1].statements
    assert any(isinstance(one, LineMagic) for one in found) == ("run_line_magic" in taken)


def on_purpose(source: str, parsed: ParsedCell) -> bool:
    """The differences of the tables above that occur in the corpus."""
    magic = parsed.cell_magic
    if magic is not None:
        return re.match(r"\s*#", source) is not None  # comments above a cell's magic
    first = parsed.statements[0] if len(parsed.statements) == 1 else None
    return isinstance(first, LineMagic) and not source.lstrip().startswith("%")  # no sign


@pytest.mark.corpus
def test_every_cell_of_the_corpus_is_cut_as_ipython_cuts_it(corpus: list[Path]) -> None:
    compared = 0
    for path in corpus:
        try:
            notebook = nb2prod.read(path)
        except nb2prod.NotebookError:
            continue
        for cell in notebook.code_cells:
            # Some versions of IPython empty such lines, even within a string.
            source = re.sub(r"(?m)^[ \t]+$", "", cell.source)
            parsed = parse_cell(Cell(1, "code", source))
            same = comparable(calls_found(parsed)) == comparable(calls_of_ipython(source))
            same = same and python_found(parsed) == python_of_ipython(source)
            assert same != on_purpose(source, parsed), f"{path.name} cell {cell.number}"
            compared += 1
    assert compared > len(corpus)
