from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2prod.notebook.model import Cell, Platform
from nb2prod.program.ledger import CellFates, close
from nb2prod.program.model import Ledger, Program

Convert = Callable[..., tuple[Program, Ledger]]
Entries = Callable[..., list[tuple[int, int, int, str, str]]]


def fates_of(cell: str, *set_: tuple[int, int, str, str]) -> list[tuple[int, int, str, str]]:
    fates = CellFates(Cell(3, "code", cell))
    for first, last, fate, reason in set_:
        fates.set(first, last, fate, reason)  # type: ignore[arg-type]
    return [(entry.line, entry.lines, entry.fate, entry.reason) for entry in fates.entries()]


def test_a_line_that_nobody_speaks_for_is_kept() -> None:
    assert fates_of("a\n\nb\n") == [(1, 2, "kept", "")]


def test_a_blank_line_ends_no_run() -> None:
    assert fates_of("a\n \n\nb\nc", (4, 4, "dropped", "r")) == [
        (1, 1, "kept", ""),
        (4, 1, "dropped", "r"),
        (5, 1, "kept", ""),
    ]


def test_the_fate_that_a_person_most_needs_to_know_of_wins() -> None:
    order = ["kept", "dropped", "hoisted", "rewritten", "attention"]
    for weaker, stronger in pairwise(order):
        for first, second in ((weaker, stronger), (stronger, weaker)):
            found = fates_of("a", (1, 1, first, first), (1, 1, second, second))
            assert found == [(1, 1, stronger, stronger)]


def test_the_first_of_two_equal_fates_keeps_its_reason() -> None:
    assert fates_of("a", (1, 1, "dropped", "x"), (1, 1, "dropped", "y")) == [(1, 1, "dropped", "x")]


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028"])
def test_lines_are_counted_as_splitlines_does(separator: str) -> None:
    cell = f"# a{separator}b{separator} {separator}c\nx"
    assert fates_of(cell, (1, 1, "dropped", "r")) == [(1, 3, "dropped", "r"), (2, 1, "kept", "")]


def test_close_joins_the_cells_in_order() -> None:
    ledger = close([CellFates(Cell(1, "code", "a")), CellFates(Cell(4, "code", "b\nc"))])
    assert [(entry.cell, entry.lines) for entry in ledger.entries] == [(1, 1), (4, 2)]
    assert ledger.lines == ledger.count("kept") == 3


@pytest.mark.parametrize(
    ("cell", "entries"),
    [
        ("# only\n\n# comments", [(1, 2, "kept")]),
        ("import os\nx = 1\n!ls\ny = 2", [(1, 2, "kept"), (3, 1, "rewritten"), (4, 1, "kept")]),
        ("!ls \\\n  -l \\\n\nx = 1", [(1, 2, "rewritten"), (4, 1, "kept")]),
        ("%matplotlib inline\n%load_ext autoreload", [(1, 1, "dropped"), (2, 1, "dropped")]),
        ("%cd \\\n  a\nx = 1", [(1, 2, "rewritten"), (3, 1, "kept")]),
        ("x = !ls \\\n  -l\ny = 2", [(1, 2, "rewritten"), (3, 1, "kept")]),
        ("%%bash\nls\n\n# x\npwd", [(1, 4, "rewritten")]),
        ("# title\n%%bash\nls", [(1, 1, "kept"), (2, 2, "rewritten")]),
        ("%%time\nx = 1", [(1, 1, "dropped"), (2, 1, "kept")]),
        ("%%capture\nprint(1)", [(1, 1, "rewritten"), (2, 1, "kept")]),
        ("%%timeit\nx = 1", [(1, 2, "dropped")]),
        ("x = (1,\n     2)\nx", [(1, 2, "kept"), (3, 1, "rewritten")]),
        ("x = 1\n(x,\n x)", [(1, 1, "kept"), (2, 2, "rewritten")]),
        ("x = 1; !ls", [(1, 1, "attention")]),
        ("x = 1; y = 2  # why", [(1, 1, "kept")]),
        (
            "def f():\n    # a\n    !ls\n    # b",
            [(1, 2, "kept"), (3, 1, "rewritten"), (4, 1, "kept")],
        ),
        ("if True:\n    pass\nelse:\n    %pwd", [(1, 3, "kept"), (4, 1, "dropped")]),
        ("len?\n?len", [(1, 2, "dropped")]),
        ("x = 5  #@param\n#@markdown a", [(1, 1, "hoisted"), (2, 1, "kept")]),
        ("print 'a'\n\nx = 1", [(1, 2, "attention")]),
        ("p = ('/content/a'\n     '/b')\nx = 1", [(1, 1, "rewritten"), (2, 2, "kept")]),
        (
            "d = {\n  'a': 1,\n  'b': '/content',\n}",
            [(1, 2, "kept"), (3, 1, "rewritten"), (4, 1, "kept")],
        ),
        ("\n\n  \n", []),
        ("", []),
    ],
)
def test_each_line_of_a_cell_has_one_fate(
    ledger_of: Entries, cell: str, entries: list[tuple[int, int, str]]
) -> None:
    found = ledger_of(cell, platform="colab")
    assert [(line, lines, fate) for _, line, lines, fate, _ in found] == entries


LINES = st.sampled_from(
    [
        *(
            "x = 1",
            "y = x",
            "x",
            "print(x)",
            "",
            "  ",
            "# a comment",
            "import os",
            "from os import path",
        ),
        *("!ls", "!pip install pandas", "!ls \\", "  -l", "x = !ls", "!", "!nvidia-smi && ls"),
        *(
            "%matplotlib inline",
            "%cd /content",
            "%env A=1",
            "%time x = 1",
            "%foo",
            "len?",
            "%%time",
        ),
        *("%%bash", "%%capture", "%%writefile a", "%%html", "%pip install -r a.txt", "%%timeit"),
        *(
            "from google.colab import drive, files",
            "drive.mount('/content/drive')",
            "files.upload()",
        ),
        *("u = files.upload()", "files.download('a')", "p = '/content/a'", "p = f'/content/{x}'"),
        *(
            "if x:",
            "    !ls",
            "    y = 2  # why",
            "    %pwd",
            "else:",
            "    files.upload()",
            "for i in 'ab':",
        ),
        *(
            "def f(a):",
            "    '''/content'''",
            "    return a",
            "class A:",
            "    pass",
            "    # inside",
        ),
        *(
            "x = [",
            "  1,",
            "]",
            "x = '''",
            "'''",
            "x = 1; y = 2",
            "x = 5  #@param",
            "get_ipython()",
        ),
        *("# a\x0cb", "s = 'a\u2028b'", "x = 1 # \x1c y", "\x0c", "await f(x)", "@f", "print 'x'"),
        *(
            "try:",
            "except ImportError:",
            "    import google.colab",
            "match x:",
            "    case '/content':",
        ),
    ]
)


@settings(max_examples=200)
@given(
    st.lists(st.lists(LINES, max_size=9).map("\n".join), min_size=1, max_size=3),
    st.sampled_from(["colab", "kaggle", "jupyter"]),
)
def test_the_ledger_adds_up(convert: Convert, cells: list[str], platform: Platform) -> None:
    program, ledger = convert(*cells, platform=platform)
    compile(program.modules[0].source, "pipeline.py", "exec", dont_inherit=True)
    for number, cell in enumerate(cells, start=1):
        written = [line for line in cell.splitlines() if line.strip()]
        entries = [entry for entry in ledger.entries if entry.cell == number]
        assert sum(entry.lines for entry in entries) == len(written)
        assert all(entry.lines > 0 for entry in entries)
        lines = [entry.line for entry in entries]
        assert lines == sorted(set(lines))
    assert ledger.lines == sum(
        ledger.count(fate) for fate in ("kept", "rewritten", "hoisted", "dropped", "attention")
    )
