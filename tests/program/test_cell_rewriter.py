from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from nb2prod.program.model import Ledger, Program
from nb2prod.program.nesting import DEEPEST

pytestmark = pytest.mark.usefixtures("every_name_defined")

Convert = Callable[..., tuple[Program, Ledger]]
Entries = Callable[..., list[tuple[int, int, int, str, str]]]


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("%%time\nx = 1", "x = 1"),
        ("%%time\n!ls\nx = 1", 'shell.run("ls", check=False)\nx = 1'),
        ("%%time\nx = 1\nx", "x = 1\ndisplay(x)"),
        ("%%prun\nx = 1", "x = 1"),
        ("%%timeit\nx = 1", ""),
        ("%%timeit x = 1\nx + 1", ""),
        ("%%capture\nx = 1", "with contextlib.redirect_stdout(io.StringIO()):\n    x = 1"),
        (
            "%%capture --no-stderr\nx = 1\nx",
            "with contextlib.redirect_stdout(io.StringIO()):\n    x = 1\n    display(x)",
        ),
        ("%%capture unused\nx = 1", "with contextlib.redirect_stdout(io.StringIO()):\n    x = 1"),
        ("%%capture --no-stdout\nx = 1", "x = 1"),
        ("%%capture\n!pip install pandas", ""),
        ("%%capture\npass", "pass"),
        ("%%capture", ""),
        ("%%time", ""),
        ("%%time\n%%capture\nx = 1", "with contextlib.redirect_stdout(io.StringIO()):\n    x = 1"),
        (
            "%%capture\nif True:\n    !pip install pandas\n    print(1)",
            "with contextlib.redirect_stdout(io.StringIO()):\n    if True:\n        print(1)",
        ),
    ],
)
def test_python_under_a_magic(body_of: Callable[..., str], cell: str, becomes: str) -> None:
    assert body_of(cell) == becomes


def test_captured_output_that_later_cells_use_is_kept(
    body_of: Callable[..., str], ledger_of: Entries
) -> None:
    cells = "%%capture --no-stderr out\nprint(1)\n# so", "captured = out.stdout"
    assert body_of(*cells) == (
        "with captured_text(stderr=False) as out:\n    print(1)\n    # so\n\ncaptured = out.stdout"
    )
    assert ledger_of(*cells)[0] == (1, 1, 1, "rewritten", "what the cell prints is kept in out")


@pytest.mark.parametrize(
    ("cell", "line", "reason"),
    [
        ("print 'a'", 1, "the cell does not run: it is Python 2"),
        (
            "# why\nx = 1\nx =",
            3,
            "the cell does not run: it is not complete: it ends in the middle of a statement",
        ),
        ("x = 1\0", 1, "the cell does not run: it holds a null character"),
        ("return 1", 1, "the cell does not run: it has `return` where Python does not allow it"),
    ],
)
def test_a_cell_that_does_not_parse_stops_and_is_quoted(
    body_of: Callable[..., str],
    flat: Callable[[str], str],
    ledger_of: Entries,
    cell: str,
    line: int,
    reason: str,
) -> None:
    quoted = "\n".join(f"# {text}" for text in cell.replace("\0", "").split("\n"))
    body = flat(body_of("a = 1", cell, "b = 2"))
    stop = f'raise NotImplementedError("cell 2 line {line}: {reason}")'
    assert body == f"a = 1\n\n{quoted}\n{stop}\n\nb = 2"
    assert ledger_of("a = 1", cell)[1] == (2, 1, cell.count("\n") + 1, "attention", reason)


@pytest.mark.parametrize(
    "cell",
    [
        f"x = {'+'.join('1' * (DEEPEST + 50))}",
        f"x = {' and '.join('1' * (DEEPEST + 50))}",
        f"x = {'-' * (DEEPEST + 50)}1",
        f"x = y{'.z' * (DEEPEST + 50)}",
        f"x = {'[' * 180}{']' * 180}",
        f"x = {'{1: ' * 90}2{'}' * 90}",
        f"x = {'f(' * 90}2{')' * 90}",
        f"x = {'f(a=' * 90}2{')' * 90}",
        "x = (" + "'a'\n" * (DEEPEST + 50) + ")",
        "x = (" + "f'{y}'\n" * (DEEPEST + 50) + ")",
        "x = (" + "'a'\n" * 3000 + ")",
        f"x = {'+'.join('1' * 9000)}",
    ],
)
def test_a_cell_that_is_nested_too_deeply_takes_nothing_down(
    module_of: Callable[..., str], ledger_of: Entries, cell: str
) -> None:
    module = module_of("a = 1", cell, "b = 2")
    assert "nested too deeply" in module
    assert "    b = 2\n" in module
    assert {entry[3] for entry in ledger_of(cell)} == {"attention"}


@pytest.mark.parametrize(
    "cell",
    [
        f"x = {'+'.join('1' * 200)}",
        f"x = {'[' * 80}{']' * 80}",
        f"x = {'f(' * 80}{')' * 80}",
        f"x = {'f(a=' * 60}1{')' * 60}",
        "".join(f"{'    ' * depth}if True:\n" for depth in range(60)) + "    " * 60 + "x = 1",
        "if 1: x = 1\n" + "elif 2: x = 1\n" * 100,
        f"x = y{'.z()' * 60}",
        "x = (" + "'a'\n" * (DEEPEST - 10) + ")",
        "x = [" + "'a',\n" * 1000 + ", ".join(["f'{y[\"k\"]}'"] * 200) + "]",
    ],
)
def test_code_of_any_usual_depth_is_walked(module_of: Callable[..., str], cell: str) -> None:
    assert "NotImplementedError" not in module_of("y = 1", cell)


@pytest.mark.parametrize(
    ("cell", "field", "body"),
    [
        ("x = 5  #@param", "x", "x = config.x"),
        ("x: int = 5  #@param {type: 'integer'}", "x", "x = config.x"),
        ("if True:\n    x = 5  #@param", "x", "if True:\n    x = config.x"),
        ("a = 'é'; x = 5  #@param", "x", 'a = "é"\nx = config.x'),
        ("_x = 5  #@param", "x", "_x = config.x"),
        ("config = 1\nx = 5  #@param", "x", "config = 1\nx = job_config.x"),
    ],
)
def test_form_parameters(
    convert: Convert, body_of: Callable[..., str], cell: str, field: str, body: str
) -> None:
    program, _ = convert(cell, platform="colab")
    assert [option.field for option in program.configuration.options] == [field]
    assert body_of(cell, platform="colab") == body


def test_the_program_asks_for_what_its_code_uses_alone(convert: Convert) -> None:
    cell = "from google.colab import drive\ndrive.mount('/content/drive')\n%pwd\n%time\nx = 1"
    program, _ = convert(cell, platform="colab")
    configuration = program.configuration
    assert (configuration.data_directory, configuration.work_directory) == (None, None)
    assert program.support == frozenset()
    heads = [
        node for node in ast.parse(program.modules[0].source).body if isinstance(node, ast.Import)
    ]
    assert heads == []


def test_a_long_cell_is_converted(convert: Convert) -> None:
    lines = 1000
    cell = "x = 1\n" + "\n".join(f"x{number} = x + {number}" for number in range(lines))
    _, ledger = convert(cell)
    assert ledger.count("kept") == lines + 1


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("!ls $D", "D = '/x'"), 'shell.run("ls $D", check=False)'),
        (("D = '/x'\n!ls $D",), 'shell.run(f"ls {D}", check=False)'),
        (("D = '/x'", "!ls {D}"), 'shell.run(f"ls {D}", check=False)'),
        (("def f():\n    !ls {D}", "D = '/x'"), 'shell.run(f"ls {D}", check=False)'),
        (("%time x = 1", "!ls {x}"), 'shell.run(f"ls {x}", check=False)'),
        (("%%capture cap\n1", "!ls {cap}"), 'shell.run(f"ls {cap}", check=False)'),
        (("%%timeit\nx = 1", "!ls {x}"), 'shell.run("ls {x}", check=False)'),
    ],
)
def test_a_shell_line_expands_the_names_that_are_bound_when_it_runs(
    module_of: Callable[..., str], cells: tuple[str, ...], line: str
) -> None:
    assert line in module_of(*cells)


@pytest.mark.parametrize(
    ("cell", "fates", "line"),
    [
        ("%%time\n%%bash\nls", ["dropped", "rewritten"], "shell.script("),
        ("%%capture\n%%bash\necho hi", ["rewritten", "rewritten"], "with contextlib"),
        ("%%time\n%%writefile a.txt\nhi there", ["dropped", "rewritten"], 'open("a.txt", "w"'),
        ("%%capture\n!pip install pandas", ["dropped", "hoisted"], 'last."""\n'),
        ("%%timeit u=1\nu + 1", ["dropped"], 'last."""\n'),
        ("%%timeit -o\n!ls\n1", ["dropped"], 'last."""\n'),
    ],
)
def test_cell_magics_over_another(
    module_of: Callable[..., str],
    ledger_of: Entries,
    cell: str,
    fates: list[str],
    line: str,
) -> None:
    assert [entry[3] for entry in ledger_of(cell)] == fates
    module = module_of(cell)
    assert line in module
    if len(set(fates)) == 1 and fates[0] == "dropped":
        assert module.endswith(line)
