"""Files that cannot be used: said so in one line, with exit code 2, by every command."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

RunCli = Callable[..., subprocess.CompletedProcess[str]]

CONFLICT = (
    '{\n "cells": [\n<<<<<<< HEAD\n {}\n=======\n {}\n>>>>>>> other\n ],\n "nbformat": 4\n}\n'
)
JULIA = json.dumps({"cells": [], "nbformat": 4, "metadata": {"kernelspec": {"name": "julia-1.9"}}})
FILES = {
    "conflict.ipynb": (CONFLICT, "merge conflict"),
    "half.ipynb": ('{"cells": [', "not valid JSON"),
    "julia.ipynb": (JULIA, "written in Julia"),
}


@pytest.mark.parametrize("command", ["inspect", "convert"])
def test_a_file_that_is_no_python_notebook(run_cli: RunCli, tmp_path: Path, command: str) -> None:
    for name, (content, said) in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        done = run_cli(command, name)
        assert done.returncode == 2
        assert done.stdout == ""
        [line] = done.stderr.splitlines()
        assert said in line
        assert name in line
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
