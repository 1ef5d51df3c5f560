from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from nb2prod.location import Location
from nb2prod.notebook.statements import CellMagic, LineMagic, Shell
from nb2prod.program.rewrites.ipython_calls import statement_of

pytestmark = pytest.mark.usefixtures("every_name_defined")

HERE = Location(1, 1)


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("get_ipython().system('ls')", Shell(HERE, 1, "ls", None, "")),
        ("get_ipython().system_raw('ls')", Shell(HERE, 1, "ls", None, "")),
        ("IPython.get_ipython().system('ls')", Shell(HERE, 1, "ls", None, "")),
        ("x = get_ipython().getoutput('ls')", Shell(HERE, 1, "ls", "x", "")),
        ("get_ipython().magic('cd a b')", LineMagic(HERE, 1, "cd", "a b", None, "")),
        ("get_ipython().magic('%cd a')", LineMagic(HERE, 1, "cd", "a", None, "")),
        ("get_ipython().run_line_magic('cd', 'a')", LineMagic(HERE, 1, "cd", "a", None, "")),
        ("x = get_ipython().run_line_magic('pwd')", LineMagic(HERE, 1, "pwd", "", "x", "")),
        (
            "get_ipython().run_cell_magic('bash', '-x', 'ls\\n')",
            CellMagic(HERE, 1, "bash", "-x", "ls\n", python=False),
        ),
    ],
)
def test_stands_for(code: str, statement: object) -> None:
    assert statement_of(ast.parse(code).body[0], HERE) == statement


@pytest.mark.parametrize(
    "code",
    [
        "x = 1",
        "print('ls')",
        "shell.system('ls')",
        "get_ipython()",
        "get_ipython().system(command)",
        "get_ipython().system(f'ls {x}')",
        "get_ipython().run_line_magic(name, 'a')",
        "get_ipython().run_cell_magic('bash', '')",
        "get_ipython().user_ns",
        "get_ipython().other('ls')",
        "x = y = get_ipython().getoutput('ls')",
        "for x in get_ipython().getoutput('ls'): pass",
    ],
)
def test_stands_for_nothing(code: str) -> None:
    assert statement_of(ast.parse(code).body[0], HERE) is None


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("get_ipython().system('ls')", 'shell.run("ls", check=False)'),
        ("x = get_ipython().getoutput('ls {y}')", 'x = shell.capture("ls {y}")'),
        (
            "def f(y):\n    get_ipython().system('ls {y}')",
            'def f(y):\n    shell.run(f"ls {y}", check=False)',
        ),
        ("get_ipython().magic('matplotlib inline')", ""),
        ("x = get_ipython() is not None", "x = True"),
        ("if get_ipython() is None:\n    x = 1", "if False:\n    x = 1"),
        ("x = get_ipython().__class__.__name__", 'x = "ZMQInteractiveShell"'),
        (
            "try:\n    x = get_ipython().__class__.__name__\nexcept NameError:\n    x = ''",
            'try:\n    x = "ZMQInteractiveShell"\nexcept NameError:\n    x = ""',
        ),
        ("get_ipython().run_line_magic('time', 'x = 1')", "x = 1"),
        (
            "get_ipython().run_cell_magic('time', '', 'x = 1\\n!ls\\n')",
            'x = 1\nshell.run("ls", check=False)',
        ),
        (
            "get_ipython().run_cell_magic('bash', '', 'ls\\n')",
            'shell.script(\n    """ls\n""",\n    "bash",\n)',
        ),
        (
            "get_ipython().run_cell_magic('writefile', 'a', 'x')",
            'with open("a", "w", encoding="utf-8") as file_:\n    file_.write("""x""")',
        ),
        (
            "from IPython import get_ipython\nget_ipython().system('ls')",
            'shell.run("ls", check=False)',
        ),
        ("import IPython\nIPython.get_ipython().system('ls')", 'shell.run("ls", check=False)'),
        ("get_ipython().system('ls')  # files", 'shell.run("ls", check=False)  # files'),
        ("get_ipython().system('pip install pandas')  # why", "# why"),
    ],
)
def test_becomes(body_of: Callable[..., str], cell: str, becomes: str) -> None:
    body = body_of(cell)
    if "pip install" in cell and body.startswith("# Needs a person"):
        pytest.fail(body)
    assert body == becomes


@pytest.mark.parametrize(
    ("cell", "rest"),
    [
        ("ip = get_ipython()", "\nip = None"),
        ("get_ipython().user_ns['x']", "\nNone"),
        ("f(get_ipython())", "\ndisplay(f(None))"),
        ("get_ipython().run_line_magic(name, 'x')", ""),
        ("x = IPython.get_ipython().config", "\nx = None"),
    ],
)
def test_what_needs_ipython_itself_stops(
    body_of: Callable[..., str], flat: Callable[[str], str], cell: str, rest: str
) -> None:
    reason = "IPython's own interface has no counterpart outside the notebook"
    assert flat(body_of(cell)) == (
        f'# {cell}\nraise NotImplementedError("cell 1 line 1: {reason}"){rest}'
    )
