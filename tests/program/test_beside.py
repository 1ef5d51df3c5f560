"""What the program does with files that lie beside its notebook."""

from __future__ import annotations

import pytest

from nb2prod.analysis.gather import gather
from nb2prod.notebook.model import Cell, Notebook, Origin
from nb2prod.program.build import build
from nb2prod.program.model import Ledger, Program


def built(cells: list[str], files: dict[str, str]) -> tuple[Program, Ledger]:
    numbered = tuple(Cell(number, "code", source) for number, source in enumerate(cells, start=1))
    origin = Origin("jupyter", ())
    notebook = Notebook("job", "0" * 64, "4.5", numbered, origin, {}, {}, (), files)
    return build(notebook, gather(notebook), "job", "3.12")


def source(cells: list[str], files: dict[str, str]) -> str:
    [module] = built(cells, files)[0].modules
    compile(module.source, "pipeline.py", "exec", dont_inherit=True)
    return module.source


def fates(cells: list[str], files: dict[str, str]) -> list[tuple[int, str, str]]:
    return [(one.cell, one.fate, one.reason) for one in built(cells, files)[1].entries]


@pytest.mark.parametrize(
    ("cells", "files", "line"),
    [
        (["%run a.py"], {"a.py": "b = 1"}, 'b = shell.run_file(shell.copied("a.py"))["b"]'),
        (["%run ./a 3"], {"a.py": "b = 1"}, 'b = shell.run_file(shell.copied("a.py"), "3")["b"]'),
        (["%run a.py"], {"a.py": "print(1)"}, 'shell.run_file(shell.copied("a.py"))'),
        (["%run a.py"], {"a.py": "\ufeffb = 1"}, 'b = shell.run_file(shell.copied("a.py"))["b"]'),
        # What the cells write goes before, and another directory has other files.
        (
            ["%%writefile a.py\nc = 1", "%run a.py"],
            {"a.py": "b = 1"},
            'c = shell.run_file("a.py")["c"]',
        ),
        (["%cd sub", "%run a.py"], {"a.py": "b = 1"}, 'shell.run_file("a.py")'),
        # A file that is not copied runs where the program does.
        (["%run a.py"], {"a.py": "b = '/content/x'"}, 'b = shell.run_file("a.py")["b"]'),
        (["%run sub/a.py"], {"a.py": "b = 1"}, 'shell.run_file("sub/a.py")'),
    ],
)
def test_a_file_that_is_run(cells: list[str], files: dict[str, str], line: str) -> None:
    assert line in [one.strip() for one in source(cells, files).splitlines()]


def test_what_a_file_binds_is_known() -> None:
    cells, files = ["%run a.py", "print(b)", "print(c)"], {"a.py": "b = 1"}
    assert [(cell, fate) for cell, fate, _ in fates(cells, files)] == [
        (1, "rewritten"),
        (2, "kept"),
        (3, "attention"),
    ]
    assert fates(cells, files)[2][2] == "c is defined nowhere in the notebook"


def test_a_file_that_is_not_copied_needs_a_person() -> None:
    [(_, fate, reason)] = fates(["%run a.py"], {"a.py": "get_ipython()"})
    assert fate == "attention"
    assert reason.startswith("a.py lies beside the notebook and is not copied: line 1 uses")


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("'''Text.'''\nimport json\nX = [1, 'a']\ndef f(): print(1)\nclass C: pass", True),
        ("from numpy import array", True),
        ("def f(): pass\nif __name__ == '__main__':\n    f()", True),
        ("print('loaded')", False),
        ("X = f()", False),
        ("if True:\n    import json", False),
        ("import b", False),
        ("x = '/content/x'", False),
        ("this is no Python", False),
    ],
)
def test_imports_of_modules_that_do_something_stay_where_they_are(text: str, moves: bool) -> None:
    files = {"a.py": text, "b.py": "print('b')"}
    lines = source(["print('first')\nimport a", "a"], files).splitlines()
    assert ("import a" in lines) is moves
    assert ("    import a" in lines) is not moves


@pytest.mark.parametrize(
    ("cells", "text", "saves"),
    [
        (
            ["import a", "a.picture()"],
            "from matplotlib import pyplot as plt\ndef picture():\n    plt.plot([1])",
            True,
        ),
        (["%run a.py"], "import matplotlib.pyplot as plt\nplt.plot([1])", True),
        (["import a", "a.picture()"], "def picture():\n    return 1", False),
        (
            ["import a"],
            "from matplotlib import pyplot as plt\ndef picture():\n    plt.plot([1])",
            False,
        ),
    ],
)
def test_figures_that_a_file_draws_are_saved(cells: list[str], text: str, saves: bool) -> None:
    program, _ = built(cells, {"a.py": text})
    assert ("figures" in program.support) is saves


@pytest.mark.parametrize(
    ("cell", "files", "fate", "reason"),
    [
        ("!pip install -r r.txt", {"r.txt": "a"}, "hoisted", "installed as a dependency"),
        ("%pip install -r r.txt", {"r.txt": "a"}, "hoisted", "installed as a dependency"),
        ("%%bash\npip install -r r.txt", {"r.txt": "a"}, "hoisted", "installed as a dependency"),
        (
            "import os\nos.system('pip install -r r.txt')",
            {"r.txt": "a"},
            "hoisted",
            "installed as a dependency",
        ),
        (
            "!pip install -r r.txt",
            {"r.txt": "-e ."},
            "attention",
            "pip install -r r.txt: installs the local project . (r.txt line 1)",
        ),
        (
            "!pip install -r r.txt",
            {},
            "attention",
            "pip install -r r.txt: reads requirements from r.txt, which is not part of the notebook",
        ),
    ],
)
def test_requirement_files(cell: str, files: dict[str, str], fate: str, reason: str) -> None:
    assert (fate, reason) in [(fate, reason) for _, fate, reason in fates([cell], files)]
