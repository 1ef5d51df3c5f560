"""Packages of split notebooks, byte for byte, as they were when somebody last read them.

Each file has `.golden` behind its name, so that no tool takes one for its own. After a change on
purpose: `NB2PROD_UPDATE_GOLDEN=1 pytest tests/golden`, then read the difference.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import nb2prod.core as nb2prod
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.reader import read_bytes
from nb2prod.options import Options
from nb2prod.project.files import render
from tests.golden.notebooks import NOTEBOOKS

HERE = Path(__file__).parent


def notebook(name: str) -> Notebook:
    """The notebook of that name."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "markdown" if text.startswith(("# ", "## ")) else "code",
            "id": f"cell-{number}",
            "metadata": {},
            "source": text,
            **({} if text.startswith(("# ", "## ")) else {"outputs": [], "execution_count": None}),
        }
        for number, text in enumerate(NOTEBOOKS[name], start=1)
    ]
    document = {"cells": cells, "metadata": {"colab": {}}, "nbformat": 4, "nbformat_minor": 5}
    return read_bytes(json.dumps(document).encode(), name)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_package_is_what_it_was(name: str) -> None:
    migration = nb2prod.plan(notebook(name), Options(python="3.12", lock="never", cpu=True))
    files = {
        f"{path.partition('/')[2]}.golden": content.decode()
        for path, content in render(migration).items()
        if path.startswith("src/") and not path.endswith(("config.py", "shell.py", "outputs.py"))
    }
    golden = HERE / name
    if os.environ.get("NB2PROD_UPDATE_GOLDEN") == "1":
        shutil.rmtree(golden, ignore_errors=True)
        for path, text in files.items():
            (golden / path).parent.mkdir(parents=True, exist_ok=True)
            (golden / path).write_text(text, encoding="utf-8")
    kept = {
        path.relative_to(golden).as_posix(): path.read_text(encoding="utf-8")
        for path in golden.rglob("*.golden")
    }
    assert files == kept
