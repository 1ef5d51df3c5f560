"""Answers and files that a notebook asks for, given on the command line of its package."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import nb2prod

UNLOCKED = nb2prod.Options(lock="never")

CELLS = [
    "import io\nimport csv\nfrom google.colab import files\nuploaded = files.upload()",
    "for name in uploaded.keys():\n    print(name, len(uploaded[name]), open(name).read())",
    "rows = list(csv.reader(io.StringIO(uploaded['a.csv'].decode())))\nprint(rows)",
    "city = input('Which city? ')\nprint(city.upper())",
    "from getpass import getpass\nkey = getpass('API key: ')\nprint(len(key))",
]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    empty: dict[str, object] = {"cell_type": "code", "execution_count": None, "metadata": {}}
    cells = [{**empty, "outputs": [], "source": source} for source in CELLS]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    notebook = tmp_path / "ask me.ipynb"
    notebook.write_text(json.dumps(document))
    project = nb2prod.convert(notebook, tmp_path / "project", UNLOCKED).directory
    (tmp_path / "work").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("1,2\n")

    def run_package(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ask_me", *arguments],
            cwd=tmp_path / "work",
            env={"PYTHONPATH": str(project / "src"), "API_KEY": "k"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run_package


def test_what_is_given_is_used(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = run("--upload", "../in/a.csv", "--city", "Ulm")
    assert (done.returncode, done.stdout) == (0, "a.csv 4 1,2\n\n[['1', '2']]\nULM\n1\n"), (
        done.stderr
    )
    # a file that is there already stays, also under its own name
    assert run("--upload", "a.csv", "--city", "Ulm").returncode == 0


@pytest.mark.parametrize(
    "uploads",
    [
        ("--upload", "../in/b.csv", "../in/a.csv"),
        ("--upload", "../in/b.csv", "--upload", "../in/a.csv"),
        ("--upload", "../in/b.csv", "--city", "Ulm", "--upload=../in/a.csv"),
    ],
)
def test_several_files_are_uploaded(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, uploads: tuple[str, ...]
) -> None:
    (tmp_path / "in" / "b.csv").write_text("3\n")
    done = run(*uploads, "--city", "Ulm")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("b.csv 2 3\n\na.csv 4 1,2\n\n"), done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 1, "The notebook asks for files here: give them with --upload."),
        (["--upload", "../in/a.csv"], 1, "asks for an answer here: give it with --city."),
        (["--upload", "nothing.csv"], 2, "nothing.csv is not a file"),
    ],
)
def test_what_is_missing_is_said(
    run: Callable[..., subprocess.CompletedProcess[str]], arguments: list[str], code: int, said: str
) -> None:
    done = run(*arguments)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_the_options_say_what_they_are_for(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    shown = " ".join(run("--help").stdout.split())
    assert "--upload FILE" in shown
    assert "the files to upload in cell 1 line 4" in shown
    assert "--city CITY needed: what the notebook asks for: Which city?" in shown
