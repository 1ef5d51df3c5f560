"""The examples of docs/check.md for hooks and CI are ones that work."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import nb2prod
from nb2prod.cli.parser import build_parser
from tests.hygiene.build import written

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "docs" / "check.md").read_text(encoding="utf-8")
SOURCES = Path(nb2prod.__file__).resolve().parents[1]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def from_yaml(key: str) -> list[Any]:
    return [found for text in blocks("yaml") if key in (found := yaml.safe_load(text))]


MANIFEST = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
REPOSITORIES = [one for config in from_yaml("repos") for one in config["repos"]]
[WORKFLOW] = from_yaml("jobs")
COMMANDS = [
    *(hook["entry"] for hook in MANIFEST),
    *(hook["entry"] for one in REPOSITORIES for hook in one["hooks"] if "entry" in hook),
    *(
        step["run"]
        for job in WORKFLOW["jobs"].values()
        for step in job["steps"]
        if step.get("run", "").startswith("nb2prod")
    ),
]


def test_the_page_names_the_hooks_of_the_manifest() -> None:
    ids = {hook["id"] for hook in MANIFEST}
    assert ids == {"nb2prod-check", "nb2prod-fix"}
    used = {hook["id"] for one in REPOSITORIES for hook in one["hooks"]}
    assert used
    assert used <= ids
    assert all(f"`{one}`" in PAGE for one in ids)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_ones_that_nb2prod_takes(command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "nb2prod"
    assert arguments[0] == "check"
    build_parser().parse_args([*arguments, "nb.ipynb"])


def test_there_are_commands_in_hooks_and_workflow() -> None:
    assert len(COMMANDS) == 5


def test_the_notebooks_of_a_project_are_tested_as_the_page_says(tmp_path: Path) -> None:
    [example] = [text for text in blocks("python") if "def test_" in text]
    notebooks = tmp_path / "notebooks"
    for name in ("notebooks", "tests"):
        (tmp_path / name).mkdir()
    (tmp_path / "tests" / "test_notebooks.py").write_text(example, encoding="utf-8")

    (notebooks / "good.ipynb").write_bytes(written("x = 1\nprint(x)"))
    done = pytest_in(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout

    (notebooks / "bad.ipynb").write_bytes(written("x = 1", "print(nowhere)"))
    done = pytest_in(tmp_path)
    assert done.returncode == 1, done.stdout
    assert "NB208 `nowhere` is defined nowhere" in done.stdout
    assert "good.ipynb" not in done.stdout


def pytest_in(directory: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests"],
        cwd=directory,
        env=kept | {"PYTHONPATH": str(SOURCES)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
