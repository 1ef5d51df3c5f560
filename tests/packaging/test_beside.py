"""A project with copies of what lay beside its notebook, installed as a wheel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import nb2prod

pytestmark = [pytest.mark.packaging, pytest.mark.network]


def test_an_installed_project_has_its_copies(tmp_path: Path) -> None:
    cells = [
        "import units\nfrom data import load",
        "%run helpers.py",
        "print(units.NAME, load(), x)",
    ]
    files = {
        "units.py": "NAME = 'units'\n",
        # A name that the project's .gitignore knows as a directory of its own.
        "data/__init__.py": "from .inner import load\n",
        "data/inner/__init__.py": "def load():\n    return 'data'\n",
        "helpers.py": "x = 1\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    empty: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    document = {
        "cells": [{**empty, "source": cell} for cell in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    (tmp_path / "job.ipynb").write_text(json.dumps(document))
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    options = nb2prod.Options(python=minor, cpu=True, lock="never")
    project = nb2prod.convert(tmp_path / "job.ipynb", tmp_path / "project", options)
    venv.create(tmp_path / "venv", with_pip=True)
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    binaries = tmp_path / "venv" / "bin"
    subprocess.run(
        [binaries / "pip", "install", "--quiet", project.directory], env=environment, check=True
    )
    (tmp_path / "elsewhere").mkdir()
    done = subprocess.run(
        [binaries / "job"],
        cwd=tmp_path / "elsewhere",
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "units data 1\n"
