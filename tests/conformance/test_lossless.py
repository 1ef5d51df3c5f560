"""Notebooks of the kinds that other tools lose cells, imports or versions of: nothing is lost here.

Each is one shape that real notebooks have. All of its imports and installs are found, every line
that is not blank has exactly one fate, and what stays as it is stands in the program.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import nb2prod

Fate = tuple[int, int, int, str]


@dataclass(frozen=True)
class Shape:
    """Cells (`source` as files hold it) and what is to be found: imports as module and cell,
    installs as requirement and cell, fates as cell, line, number of lines and fate.
    """

    name: str
    cells: tuple[str | list[str], ...]
    imports: frozenset[tuple[str, int]]
    installs: frozenset[tuple[str, int]]
    fates: tuple[Fate, ...]


def shape(
    name: str,
    *cells: str | list[str],
    imports: dict[str, int] | None = None,
    installs: dict[str, int] | None = None,
    fates: list[Fate],
) -> Shape:
    return Shape(
        name,
        cells,
        frozenset((imports or {}).items()),
        frozenset((installs or {}).items()),
        tuple(fates),
    )


SHAPES = [
    shape(
        "a shell install with an exact version",
        ["import torch\n", "!pip install timm==1.0.9\n", "import timm"],
        imports={"torch": 1, "timm": 1},
        installs={"timm==1.0.9": 1},
        fates=[(1, 1, 1, "kept"), (1, 2, 1, "hoisted"), (1, 3, 1, "kept")],
    ),
    shape(
        "an install under a condition",
        [
            "import importlib.util\n",
            "\n",
            'if importlib.util.find_spec("einops") is None:\n',
            "    !pip install einops==0.8.0\n",
            "import einops",
        ],
        imports={"einops": 1},
        installs={"einops==0.8.0": 1},
        fates=[(1, 1, 2, "kept"), (1, 4, 1, "hoisted"), (1, 5, 1, "kept")],
    ),
    shape(
        "a shell line's output in a variable",
        ["import requests\n", "names = !ls data\n", "print(len(names), requests.codes.ok)"],
        imports={"requests": 1},
        fates=[(1, 1, 1, "kept"), (1, 2, 1, "rewritten"), (1, 3, 1, "kept")],
    ),
    shape(
        "a magic's value in a variable",
        ["import scipy\n", "home = %env HOME\n", "print(home, scipy)"],
        imports={"scipy": 1},
        fates=[(1, 1, 1, "kept"), (1, 2, 1, "rewritten"), (1, 3, 1, "kept")],
    ),
    shape(
        "an install inside a shell script",
        "import wandb",
        ["%%bash\n", "set -e\n", "pip install wandb==0.18.3\n", "echo ready"],
        imports={"wandb": 1},
        installs={"wandb==0.18.3": 2},
        fates=[(1, 1, 1, "kept"), (2, 1, 4, "rewritten")],
    ),
    shape(
        "an import in a timed cell",
        ["%%time\n", "import yaml\n", 'settings = yaml.safe_load("a: 1")'],
        "print(settings)",
        imports={"yaml": 1},
        fates=[(1, 1, 1, "dropped"), (1, 2, 2, "kept"), (2, 1, 1, "kept")],
    ),
    shape(
        "a source that is one string",
        "import cv2\nprint(cv2.__version__)\n",
        imports={"cv2": 1},
        fates=[(1, 1, 2, "kept")],
    ),
    shape(
        "questions for documentation",
        ["import cv2\n", "cv2?"],
        ["?cv2.imread\n", "import numpy"],
        imports={"cv2": 1, "numpy": 2},
        fates=[(1, 1, 1, "kept"), (1, 2, 1, "dropped"), (2, 1, 1, "dropped"), (2, 2, 1, "kept")],
    ),
    shape(
        "the platform's own API",
        [
            "from google.colab import drive, userdata\n",
            "import pandas as pd\n",
            "\n",
            "drive.mount('/content/drive')\n",
            "token = userdata.get('HUB_TOKEN')\n",
            "table = pd.read_csv('/content/drive/MyDrive/prices.csv')\n",
        ],
        imports={"pandas": 1},
        fates=[
            (1, 1, 1, "dropped"),
            (1, 2, 1, "kept"),
            (1, 4, 1, "dropped"),
            (1, 5, 1, "rewritten"),
            (1, 6, 1, "rewritten"),
        ],
    ),
    shape(
        "a module that a cell writes",
        ["%%writefile frames.py\n", "import polars\n", "\n", "EMPTY = polars.DataFrame()"],
        ["import frames\n", "print(frames.EMPTY)"],
        imports={"polars": 1, "frames": 2},
        fates=[(1, 1, 3, "rewritten"), (2, 1, 2, "kept")],
    ),
    shape(
        "a cell of Python 2",
        ["rows = 3\n", "print 'rows', rows"],
        ["import sklearn\n", "print(sklearn.__version__)"],
        imports={"sklearn": 2},
        fates=[(1, 1, 2, "attention"), (2, 1, 2, "kept")],
    ),
    shape(
        "a function that reads a global name",
        ["import numpy as np\n", "rate = 0.5"],
        ["def price(x):\n", "    return np.exp(-rate * x)"],
        "print(price(2))",
        imports={"numpy": 1},
        fates=[(1, 1, 2, "kept"), (2, 1, 2, "kept"), (3, 1, 1, "kept")],
    ),
    shape(
        "an install over several lines",
        [
            "import datasets, evaluate\n",
            "!pip install -q \\\n",
            "    datasets==3.0.1 \\\n",
            "    'evaluate>=0.4'",
        ],
        imports={"datasets": 1, "evaluate": 1},
        installs={"datasets==3.0.1": 1, "evaluate>=0.4": 1},
        fates=[(1, 1, 1, "kept"), (1, 2, 3, "hoisted")],
    ),
]


@pytest.fixture(params=SHAPES, ids=lambda found: found.name)
def lossless(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Shape, nb2prod.Notebook]:
    found: Shape = request.param
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
        for source in found.cells
    ]
    path = tmp_path / "example.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}), encoding="utf-8")
    return found, nb2prod.read(path)


Lossless = tuple[Shape, nb2prod.Notebook]


def text_of(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def test_there_are_thirteen_shapes_with_names_of_their_own() -> None:
    assert len({found.name for found in SHAPES}) == 13


def test_every_cell_is_read(lossless: Lossless) -> None:
    expected, notebook = lossless
    assert [cell.source for cell in notebook.code_cells] == [text_of(c) for c in expected.cells]


def test_every_import_is_found(lossless: Lossless) -> None:
    expected, notebook = lossless
    found = nb2prod.inspect(notebook).imports
    assert {(one.module, one.location.cell) for one in found} == expected.imports
    assert {one.module for one in found if one.local} <= {"frames"}


def test_every_install_is_found_with_its_version(lossless: Lossless) -> None:
    expected, notebook = lossless
    migration = nb2prod.plan(notebook)
    found = {
        (requirement, install.location.cell)
        for install in migration.facts.installs
        for requirement in install.requirements
    }
    assert found == expected.installs
    pins = {pin.name: pin.version for pin in migration.environment.pins}
    for requirement, _ in expected.installs:
        name, exact, version = requirement.partition("==")
        assert not exact or pins[name] == version


def test_every_line_has_one_fate(lossless: Lossless) -> None:
    expected, notebook = lossless
    ledger = nb2prod.plan(notebook).ledger
    assert tuple((e.cell, e.line, e.lines, e.fate) for e in ledger.entries) == expected.fates
    for number, source in enumerate(expected.cells, start=1):
        written = sum(1 for line in text_of(source).splitlines() if line.strip())
        assert sum(e.lines for e in ledger.entries if e.cell == number) == written
    explained = ("dropped", "attention", "rewritten", "hoisted")
    assert all(entry.reason for entry in ledger.entries if entry.fate in explained)


def test_what_is_kept_stands_in_the_program(lossless: Lossless) -> None:
    expected, notebook = lossless
    migration = nb2prod.plan(notebook)
    program = "\n".join(module.source for module in migration.program.modules)
    for entry in migration.ledger.of("kept"):
        lines = text_of(expected.cells[entry.cell - 1]).splitlines()[entry.line - 1 :]
        for line in [line for line in lines if line.strip()][: entry.lines]:
            assert line.strip() in program
    attention = {note.location.cell for note in migration.attention if note.location}
    assert attention == {e.cell for e in migration.ledger.of("attention")}
