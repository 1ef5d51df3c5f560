"""What a notebook imports, what it can do without, and what it makes itself."""

from __future__ import annotations

import pytest

from nb2prod.analysis.facts import Import
from nb2prod.analysis.imports import find_imports
from nb2prod.analysis.local_modules import local_modules
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell
from nb2prod.notebook.trees import tree_of


def imports(source: str, *local: str) -> list[Import]:
    return list(find_imports(tree_of(source), 2, frozenset(local)))


def modules(source: str) -> list[str]:
    return sorted(found.module for found in imports(source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import pandas", ["pandas"]),
        ("import pandas as pd, numpy as np", ["numpy", "pandas"]),
        ("import sklearn.metrics", ["sklearn.metrics"]),
        ("from sklearn.metrics import f1_score as f", ["sklearn.metrics"]),
        ("from pandas import *", ["pandas"]),
        ("def f():\n    import pandas", ["pandas"]),
        ("import os; import pandas", ["pandas"]),
        # the standard library, on every supported Python
        ("import os, sys, json, os.path", []),
        ("from collections.abc import Iterable", []),
        ("import tomllib, distutils, imp, asyncore, cgi", []),
        ("import __main__, _thread", []),
        # relative
        ("from . import x", []),
        ("from .x import y", []),
        # the platform's own
        ("from google.colab import drive", []),
        ("import google.colab", []),
        ("from google import colab", []),
        ("from kaggle_secrets import UserSecretsClient", []),
        # shared package names
        ("from google.cloud import storage, bigquery",
         ["google.cloud.bigquery", "google.cloud.storage"]),
        ("from google import genai", ["google.genai"]),
        ("from google import genai, colab", ["google.genai"]),
        ("import google.generativeai as genai", ["google.generativeai"]),
        ("from google.cloud.storage import Client", ["google.cloud.storage"]),
        ("from azure import identity", ["azure.identity"]),
        ("from ruamel import yaml", ["ruamel.yaml"]),
        ("from mpl_toolkits import mplot3d", ["mpl_toolkits.mplot3d"]),
        ("from google.cloud import *", ["google.cloud"]),
        # IPython, where generated code does without it
        ("from IPython.display import display", []),
        ("from IPython import get_ipython", []),
        ("from IPython.display import display, HTML", ["IPython.display"]),
        ("import IPython", ["IPython"]),
        # by name
        ("import importlib\nimportlib.import_module('pandas')", ["pandas"]),
        ("from importlib import import_module\nimport_module('a.b')", ["a.b"]),
        ("__import__('pandas')", ["pandas"]),
        ("importlib.import_module(name)", []),
        ("importlib.import_module('.x', 'y')", []),
        ("importlib.import_module('a b')", []),
        ("importlib.import_module()", []),
        ("x.import_module('pandas')", []),
        ("", []),
    ],
)  # fmt: skip
def test_imported_modules(source: str, expected: list[str]) -> None:
    assert modules(source) == expected


@pytest.mark.parametrize(
    ("source", "optional"),
    [
        ("import a", False),
        ("try:\n    import a\nexcept ImportError:\n    pass", True),
        ("try:\n    import a\nexcept ModuleNotFoundError:\n    pass", True),
        ("try:\n    import a\nexcept (OSError, ImportError) as e:\n    pass", True),
        ("try:\n    import a\nexcept Exception:\n    pass", True),
        ("try:\n    import a\nexcept builtins.ImportError:\n    pass", True),
        ("try:\n    import a\nexcept:\n    pass", True),
        ("try:\n    if x:\n        import a\nexcept ImportError:\n    pass", True),
        ("try:\n    def f():\n        import a\nexcept ImportError:\n    pass", True),
        ("try:\n    import a\nexcept* ImportError:\n    pass", True),
        ("try:\n    import a\nexcept ValueError:\n    pass", False),
        ("try:\n    import a\nfinally:\n    pass", False),
        ("try:\n    x\nexcept ImportError:\n    import a", False),
        ("try:\n    x\nexcept ImportError:\n    pass\nelse:\n    import a", False),
        ("try:\n    x\nexcept ImportError:\n    pass\nimport a", False),
    ],
)
def test_an_import_that_may_fail_is_optional(source: str, optional: bool) -> None:
    (found,) = imports(source)
    assert found.optional is optional


def test_an_import_has_its_place_and_knows_local_modules() -> None:
    found = imports("x = 1\nü = 2; from helpers.text import a\nimport pandas", "helpers")
    assert found == [
        Import("helpers.text", Location(2, 2, 8), local=True),
        Import("pandas", Location(2, 3, 1)),
    ]
    assert found[0].root == "helpers"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%%writefile helpers.py\nx = 1", {"helpers"}),
        ("%%writefile ./helpers.py", {"helpers"}),
        ("%%file -a src/models/net.py", {"net", "src"}),
        ("%%writefile 'package/__init__.py'", {"__init__", "package"}),
        ("%%writefile /content/tools/helpers.py", {"helpers"}),
        ("%%writefile {folder}/train.py", {"train"}),
        ("%%writefile notes.txt", set()),
        ("%%writefile my-script.py", set()),
        ("%%time\nx = 1", set()),
        ("!git clone https://example.invalid/owner/tools", {"tools"}),
        ("!git clone https://example.invalid/owner/tools.git", {"tools"}),
        ("!git clone https://example.invalid/owner/my-tools/", {"my-tools", "my_tools"}),
        ("!git clone git@example.invalid:owner/tools.git lib/other", {"tools", "other"}),
        ("!git clone -q --depth 1 -b dev --branch=x https://example.invalid/o/tools", {"tools"}),
        ("!git clone --recursive https://example.invalid/o/tools 2> /dev/null || true", {"tools"}),
        ("!cd x && git clone https://example.invalid/o/tools && cd tools", {"tools"}),
        ("!if [ ! -d tools ]; then git clone https://example.invalid/o/tools; fi", {"tools"}),
        ("if x:\n    !git clone https://example.invalid/o/tools", {"tools"}),
        ("%%bash\ncd x\ngit clone \\\n  https://example.invalid/o/tools", {"tools"}),
        ("%sx git clone https://example.invalid/o/tools", {"tools"}),
        ("import os\nos.system('git clone https://example.invalid/o/tools')", {"tools"}),
        ("subprocess.run(['git', 'clone', 'https://example.invalid/o/tools'])", {"tools"}),
        ("!git pull", set()),
        ("!echo git clone x", set()),
        ("!wget https://example.invalid/raw/helpers.py", {"helpers"}),
        ("!wget -O helpers.py https://example.invalid/x?raw=1", {"helpers"}),
        ("!wget 'https://example.invalid/helpers.py?raw=true'", {"helpers"}),
        ("!curl -O https://example.invalid/helpers.py", {"helpers"}),
        ("!cp /content/drive/MyDrive/lib/helpers.py .", {"helpers"}),
        ("!python helpers.py", set()),
        ("open('helpers.py', 'w').write(x)", {"helpers"}),
        ("with open('lib/helpers.py', mode='wb') as f: pass", {"helpers"}),
        ("open('helpers.py')", set()),
        ("open('helpers.py', 'rb')", set()),
        ("open(name, 'w')", set()),
        ("urllib.request.urlretrieve('https://example.invalid/x', 'helpers.py')", {"helpers"}),
        ("urlretrieve(url, filename='helpers.py')", {"helpers"}),
        ("x = ", set()),
    ],
)
def test_modules_that_the_notebook_makes(source: str, expected: set[str]) -> None:
    assert local_modules([parse_cell(Cell(1, "code", source))]) == expected


def test_all_cells_count() -> None:
    cells = [parse_cell(Cell(n, "code", f"%%writefile m{n}.py")) for n in (1, 2)]
    assert local_modules(cells) == {"m1", "m2"}
