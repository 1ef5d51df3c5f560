"""What the files beside a notebook add to its facts, and which of them a project may carry."""

from __future__ import annotations

import pytest

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.facts import FileBeside
from nb2prod.analysis.gather import gather
from nb2prod.analysis.pasted import without_pasted_secrets
from nb2prod.location import Location
from nb2prod.notebook.model import Cell, Notebook, Origin, Platform
from tests.analysis.fake_tokens import token_of


def notebook_of(
    cells: list[str],
    files: dict[str, str],
    refused: tuple[tuple[str, str], ...] = (),
    platform: Platform = "jupyter",
) -> Notebook:
    numbered = tuple(Cell(number, "code", source) for number, source in enumerate(cells, start=1))
    return Notebook(
        "job", "0" * 64, "4.5", numbered, Origin(platform, ()), {}, {}, (), files, refused
    )


def facts_of(cells: list[str], files: dict[str, str], platform: Platform = "jupyter") -> Facts:
    return gather(notebook_of(cells, files, platform=platform))


def imports(facts: Facts) -> list[tuple[str, int, int, bool, str | None]]:
    return [
        (one.module, one.location.cell, one.location.line, one.local, one.file)
        for one in facts.imports
    ]


def test_what_a_file_imports_is_imported_where_it_is() -> None:
    files = {
        "a.py": "import json, numpy\nimport b\n",
        "b.py": "def f():\n    import pandas as pd\n",
    }
    assert imports(facts_of(["x = 1\n\nimport a", "import torch"], files)) == [
        ("a", 1, 3, True, None),
        ("numpy", 1, 3, False, "a.py"),
        ("b", 1, 3, True, "a.py"),
        ("pandas", 1, 3, False, "b.py"),
        ("torch", 2, 1, False, None),
    ]


@pytest.mark.parametrize(
    ("cells", "files", "modules"),
    [
        (["import a"], {"a.py": "import x"}, ["a", "x"]),
        # The sibling is what Python takes, whatever an index has by its name.
        (["import datasets"], {"datasets.py": "import x"}, ["datasets", "x"]),
        (["import a"], {"a.py": "import b", "b.py": "import a, x"}, ["a", "b", "a", "x"]),
        (["import b"], {"a.py": "import x"}, ["b"]),
        (
            ["from a.b import c"],
            {"a/__init__.py": "import x", "a/b.py": "import y"},
            ["a.b", "x", "y"],
        ),
        (["from a import b"], {"a/__init__.py": "", "a/b.py": "import y"}, ["a", "y"]),
        (["import a"], {"a/__init__.py": "", "a/b.py": "import y"}, ["a"]),
        (
            ["import a"],
            {
                "a/__init__.py": "from .b import c",
                "a/b.py": "from . import d",
                "a/d.py": "import y",
            },
            ["a", "y"],
        ),
        (["import a.b.c"], {"a/b/c.py": "from ..d import e", "a/d.py": "import y"}, ["a.b.c", "y"]),
        # Names that only the run knows may be any of the package.
        (
            ["import a"],
            {
                "a/__init__.py": "import importlib\nfor n in N: importlib.import_module(n)",
                "a/b.py": "import y",
            },
            ["a", "y"],
        ),
        (["import importlib\nimportlib.import_module('a')"], {"a.py": "import x"}, ["a", "x"]),
        (["%run a.py"], {"a.py": "import x"}, ["x"]),
        (["!python a.py"], {"a.py": "import x"}, ["x"]),
        (["%%writefile c.py\nimport a"], {"a.py": "import x"}, ["a", "x"]),
        # IPython's display is not replaced in a copy.
        (["import a"], {"a.py": "from IPython.display import display"}, ["a", "IPython.display"]),
        # What the notebook makes or fetches itself is another file.
        (["%%writefile a.py\nimport y", "import a"], {"a.py": "import x"}, ["y", "a"]),
        (["!wget https://host.invalid/a.py", "import a"], {"a.py": "import x"}, ["a"]),
        (["!git clone https://host.invalid/a", "import a"], {"a/__init__.py": "import x"}, ["a"]),
        # Another directory has other files.
        (["%cd sub", "%run a.py"], {"a.py": "import x"}, []),
        (["import os\nos.chdir('sub')", "%run a.py"], {"a.py": "import x"}, []),
        (["!cd sub && python a.py"], {"a.py": "import x"}, []),
        (["import a"], {"a.py": "this is no Python"}, ["a"]),
    ],
)
def test_files_are_followed(cells: list[str], files: dict[str, str], modules: list[str]) -> None:
    assert [one.module for one in facts_of(cells, files).imports] == modules


def test_siblings_are_on_no_index() -> None:
    facts = facts_of(["import a, numpy"], {"a.py": "import b", "b.py": ""})
    assert {one.module: one.local for one in facts.imports} == {
        "a": True,
        "b": True,
        "numpy": False,
    }
    assert {one.module: one.beside for one in facts.imports} == {
        "a": True,
        "b": True,
        "numpy": False,
    }


@pytest.mark.parametrize(
    ("cells", "files", "optional"),
    [
        (["try:\n  import a\nexcept ImportError: pass"], {"a.py": "import x"}, True),
        (["import a"], {"a.py": "try:\n  import x\nexcept ImportError: pass"}, True),
        (
            ["import a"],
            {"a.py": "try:\n  import b\nexcept ImportError: pass", "b.py": "import x"},
            True,
        ),
        (["import a"], {"a.py": "import x"}, False),
        (
            ["try:\n  import a\nexcept ImportError: pass", "import a"],
            {"a.py": "import b", "b.py": "import x"},
            False,
        ),
    ],
)
def test_what_the_notebook_can_do_without(
    cells: list[str], files: dict[str, str], optional: bool
) -> None:
    found = [one.optional for one in facts_of(cells, files).imports if one.module == "x"]
    assert all(found) is optional
    assert found


@pytest.mark.parametrize(
    ("cells", "requirements"),
    [
        (["!pip install -q -r r.txt"], ("a==1",)),
        (["%pip install -r r.txt"], ("a==1",)),
        (["import os\nos.system('pip install -r r.txt')"], ("a==1",)),
        (["%%bash\npip install -r r.txt"], ("a==1",)),
        (["!cd sub && pip install -r r.txt"], ()),
        (["%%bash\ncd sub\npip install -r r.txt"], ()),
        (["%cd sub", "!pip install -r r.txt"], ()),
        (["!pip install -r r.txt", "%cd sub"], ("a==1",)),
        (["%%writefile r.txt\nb", "!pip install -r r.txt"], ()),
        (["!echo b > r.txt", "!pip install -r r.txt"], ()),
        (["!wget -q https://host.invalid/r.txt", "!pip install -r r.txt"], ()),
    ],
)
def test_requirement_files_where_they_are_named(
    cells: list[str], requirements: tuple[str, ...]
) -> None:
    found = [one for one in facts_of(cells, {"r.txt": "a==1"}).installs if one.tool == "pip"]
    assert tuple(text for one in found for text in one.requirements) == requirements
    assert any(one.problem for one in found) is not bool(requirements)


def test_other_facts_of_a_file_are_the_notebook_s() -> None:
    text = (
        "import os\nimport pandas as pd\n"
        "os.environ['HF_TOKEN']\nx.cuda()\npd.read_excel('a.xlsx')\n"
    )
    facts = facts_of(["import a"], {"a.py": text})
    [secret] = facts.secrets
    assert (secret.name, secret.location) == ("HF_TOKEN", Location(1, 1, 0))
    assert facts.accelerator == "GPU"
    assert [one.distribution for one in facts.implied] == ["openpyxl"]
    assert facts_of(["x = 1"], {"a.py": text}).accelerator is None


@pytest.mark.parametrize(
    ("cells", "files", "copied"),
    [
        (["import a"], {"a.py": "x = 1"}, ["a.py"]),
        (["%run a.py"], {"a.py": "x = 1"}, ["a.py"]),
        (
            ["import a.b"],
            {"a/__init__.py": "", "a/b.py": "", "a/c.py": ""},
            ["a/__init__.py", "a/b.py"],
        ),
        (["!python a.py"], {"a.py": "x = 1"}, []),
        (["import a\n!python a.py"], {"a.py": "x = 1"}, ["a.py"]),
        (["x = 1"], {"a.py": "x = 1"}, []),
        (["!pip install -r r.txt"], {"r.txt": "a"}, []),
    ],
)
def test_what_a_project_carries(cells: list[str], files: dict[str, str], copied: list[str]) -> None:
    assert [one.path for one in facts_of(cells, files).beside if one.copied] == copied


def only(facts: Facts) -> FileBeside:
    [found] = facts.beside
    return found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "\nfrom google.colab import drive",
            "line 2 uses google.colab, which exists on the platform alone",
        ),
        ("import kaggle_secrets", "line 1 uses kaggle_secrets, which exists on the platform alone"),
        ("x = get_ipython()", "line 1 uses get_ipython, which exists on the platform alone"),
        ("x = 'google.colab' in y", "line 1 uses google.colab, which exists on the platform alone"),
        (
            "x = 1\nopen('/content/x.csv')\nopen('/content/y.csv')",
            "line 2 uses /content, a place of the platform (and 1 more lines do so)",
        ),
        ("open(f'/kaggle/input/{x}')", "line 1 uses /kaggle/input, a place of the platform"),
        ("display(x)", "line 1 uses display, which a notebook alone has"),
        ("def f(:", "it is not Python 3"),
        ("print 'x'", "it is not Python 3"),
        ("x = '\0'", "it is not Python 3"),
    ],
)
def test_what_is_not_copied(text: str, said: str) -> None:
    found = only(facts_of(["import a"], {"a.py": text}, platform="colab"))
    assert not found.copied
    assert found.attention is not None
    assert found.attention.startswith(f"a.py lies beside the notebook and is not copied: {said}")
    assert found.attention.endswith(
        "; mend that and convert again, or put a mended copy at src/a.py"
    )
    assert found.location == Location(1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "'''For Colab: put it into /content.'''\n# /kaggle/input, get_ipython()",
        "from IPython.display import display\ndisplay(x)",
        "from IPython.display import *\ndisplay(x)",
        "def display(x): pass\ndisplay(1)",
        "x.display()",
        "url = 'https://host.invalid/content/x'",
        "",
    ],
)
def test_what_is_copied_as_it_is(text: str) -> None:
    found = only(facts_of(["import a"], {"a.py": text}))
    assert found.copied
    assert found.attention is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = open('/Users/somebody/x.csv')", "line 1 names a path of another machine"),
        ("\nx = Path(__file__).parent", "line 2 looks for files where it lies itself"),
    ],
)
def test_what_is_copied_and_asks_for_a_look(text: str, said: str) -> None:
    found = only(facts_of(["import a"], {"a.py": text}))
    assert found.copied
    assert f"a.py, copied from beside the notebook: {said}" in (found.attention or "")


def test_a_file_that_could_not_be_read_is_local_all_the_same() -> None:
    notebook = notebook_of(["import datasets"], {}, (("datasets.py", "it is not UTF-8 text"),))
    facts = gather(notebook)
    assert [(one.module, one.local) for one in facts.imports] == [("datasets", True)]
    assert "datasets.py lies beside the notebook and is not copied: it is not UTF-8 text" in (
        only(facts).attention or ""
    )


@pytest.mark.parametrize(
    ("cell", "path", "said"),
    [
        ("%run a.py", "a.py", "a.py lies beside the notebook and is not copied: it is larger"),
        ("!pip install \\\n  -r r.txt", "r.txt", "r.txt beside the notebook: it is larger"),
    ],
)
def test_other_files_that_could_not_be_read_are_named(cell: str, path: str, said: str) -> None:
    found = only(gather(notebook_of([cell], {}, ((path, "it is larger than 1 MB"),))))
    assert (found.attention or "").startswith(said)
    assert not found.copied
    assert found.location.line == cell.count("\n") + 1


def test_a_private_module_is_one_all_the_same() -> None:
    facts = facts_of(["import _a"], {"_a.py": "import x"})
    assert [one.module for one in facts.imports] == ["x"]
    assert only(facts).copied


def test_a_secret_keeps_a_file_out_and_is_nowhere() -> None:
    token = token_of("HF_TOKEN")
    files = {"a.py": f"import numpy\nTOKEN = '{token}'\n", "r.txt": f"a==1 # {token}"}
    notebook, pasted = without_pasted_secrets(
        notebook_of([f"import a\nlogin('{token}')", "!pip install -r r.txt"], files)
    )
    facts = gather(notebook, pasted=pasted)
    assert token not in repr((notebook.beside, notebook.cells, notebook.not_copied, facts))
    found, listed = facts.beside
    assert not found.copied
    assert (listed.path, listed.location) == ("r.txt", Location(2, 1))
    assert "r.txt beside the notebook: line 1 holds a Hugging Face" in (listed.attention or "")
    assert "line 2 holds a Hugging Face token, which belongs into the environment (HF_TOKEN)" in (
        found.attention or ""
    )
    assert [one.module for one in facts.imports] == ["a", "numpy"]
    assert [one.location.line for one in facts.pasted] == [2]


def test_a_value_that_only_a_file_shows_to_be_a_secret_leaves_the_cells_too() -> None:
    value = token_of("GITHUB_TOKEN")[4:]
    notebook, pasted = without_pasted_secrets(
        notebook_of(["import a", f"x = 1\nf('{value}')"], {"a.py": f"API_TOKEN = '{value}'"})
    )
    assert [(one.name, one.location) for one in pasted] == [("API_TOKEN", Location(2, 2))]
    assert value not in repr((notebook.cells, notebook.beside))
