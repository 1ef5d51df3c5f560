"""`nb2prod verify` as a process: what it says, what it writes, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import nbformat
import pytest

RunCli = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs/schema/verification.schema.json").read_text("utf-8"))


def written(directory: Path, *cells: str, name: str = "report.ipynb") -> Path:
    document = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]  # type: ignore[no-untyped-call]
    )
    path = directory / name
    nbformat.write(document, path)  # type: ignore[no-untyped-call]
    return path


def converted(run_cli: RunCli, notebook: Path, directory: Path) -> Path:
    python = f"3.{sys.version_info.minor}"
    run_cli("convert", notebook, "-o", directory, "--lock", "never", "--python", python)
    return directory


def edited(project: Path, old: str, new: str) -> None:
    (path,) = project.glob("src/*/pipeline.py")
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def test_a_notebook_alone(run_cli: RunCli, tmp_path: Path) -> None:
    notebook = written(tmp_path, "x = 20\nprint('x is', x)", "x + 1")
    done = run_cli("verify", notebook)
    assert done.returncode == 0, done.stderr
    first, *others = done.stdout.splitlines()
    assert first == "equivalent: 3 results compared, none differs"
    assert "  compared:    1 printed text, 1 value, 1 variable" in others
    assert list(tmp_path.iterdir()) == [notebook]


def test_a_project_gets_what_was_found(run_cli: RunCli, tmp_path: Path) -> None:
    notebook = written(tmp_path, "import matplotlib.pyplot as plt\nplt.plot([1, 3])\nplt.show()")
    project = converted(run_cli, notebook, tmp_path / "project")
    assert run_cli("verify", notebook, project).returncode == 0
    found: dict[str, Any] = json.loads((project / "verification.json").read_text("utf-8"))
    jsonschema.validate(found, SCHEMA)
    assert (found["verdict"], found["compared"]["figure"]) == ("equivalent", 1)
    figures = [path.name for path in sorted((project / "verification").iterdir())]
    assert figures == ["cell-001-1-notebook.png", "cell-001-1-package.png"]
    text = (project / "verification.json").read_text("utf-8")
    assert str(tmp_path) not in text
    run_cli("verify", notebook, project)
    assert (project / "verification.json").read_text("utf-8") == text
    # What was found out is no edit of the project.
    again = run_cli("convert", notebook, "-o", project, "--force", "--lock", "never")
    assert again.returncode == 0, again.stderr
    assert not (project / "verification.json").exists()


def test_a_difference_is_shown_side_by_side(run_cli: RunCli, tmp_path: Path) -> None:
    notebook = written(tmp_path, "a = 1", "b = a + 1\nprint('b:', b)")
    project = converted(run_cli, notebook, tmp_path / "project")
    edited(project, "b = a + 1", "b = a + 2")
    report = tmp_path / "report.xml"
    done = run_cli("verify", notebook, project, "--junit", report)
    assert done.returncode == 1
    assert done.stdout.startswith("different: 2 differences, the first in cell 2\n")
    assert "    notebook  b: 2\n    package   b: 3\n" in done.stdout
    suite = ElementTree.parse(report).getroot()[0]
    assert suite.get("failures") == "3"
    assert [case.get("name") for case in suite if case.find("failure") is not None] == [
        "verdict",
        "cell 2",
        "variable b",
    ]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1 / 0", "the notebook itself fails: cell 1: ZeroDivisionError: division by zero"),
        ("import no_such_module", "not installed in this environment: no_such_module (cell 1 line"),
        ("import os\nos._exit(3)", "the notebook itself fails: cell 1: DeadKernelError"),
        ("from google.colab import files\nfiles.upload()", "asks for files to be uploaded"),
    ],
)
def test_why_it_does_not_run(run_cli: RunCli, tmp_path: Path, cell: str, reason: str) -> None:
    done = run_cli("verify", written(tmp_path, cell), "--json")
    assert done.returncode == 2, done.stdout
    found = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMA)
    assert found["verdict"] == "does not run here"
    assert reason in found["reason"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--env", "moon"], "--env takes current, lock, image, not 'moon'."),
        (["--against", "me"], "--against takes notebook or saved, not 'me'."),
        (["--data", "nowhere"], "--data: there is no nowhere."),
        (["--timeout", "0"], "--timeout takes a number of seconds greater than 0."),
        (["--memory", "-1"], "--memory takes a number of gigabytes greater than 0."),
        (["--rtol", "2"], "--rtol takes a number from 0 to 1, not 2.0."),
        (["."], "is no project that nb2prod wrote."),
    ],
)
def test_usage(run_cli: RunCli, tmp_path: Path, words: list[str], message: str) -> None:
    done = run_cli("verify", written(tmp_path, "1"), *words, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_secrets_are_blanked(run_cli: RunCli, tmp_path: Path) -> None:
    value = "hf" + "_" + "Zq3k" * 8
    notebook = written(
        tmp_path,
        "from google.colab import userdata\nkey = userdata.get('HUB_KEY')\nprint('key', key)",
    )
    project = converted(run_cli, notebook, tmp_path / "project")
    edited(project, "print('key', key)".replace("'", '"'), 'print("other", key)')
    secrets = tmp_path / "secrets.env"
    secrets.write_text(f"HUB_KEY={value}\n", "utf-8")
    report = tmp_path / "report.xml"
    done = run_cli("verify", notebook, project, "--env-file", secrets, "--junit", report)
    assert done.returncode == 1, done.stdout
    assert "key ***" in done.stdout
    kept = (project / "verification.json").read_text("utf-8")
    assert value not in done.stdout + done.stderr + kept + report.read_text("utf-8")


def test_a_pasted_secret_is_given_to_the_package(run_cli: RunCli, tmp_path: Path) -> None:
    value = "ghp" + "_" + "a1B2c3" * 6
    notebook = written(tmp_path, f"token = '{value}'\nprint(len(token))")
    done = run_cli("verify", notebook)
    assert done.returncode == 0, done.stdout
    assert value not in done.stdout


def test_the_projects_own_tests_repeat_it(run_cli: RunCli, tmp_path: Path) -> None:
    notebook = written(tmp_path, "x = 1\nprint(x)")
    project = converted(run_cli, notebook, tmp_path / "project")

    def outcome() -> str:
        done = subprocess.run(
            [sys.executable, "-m", "unittest", "discover", "-v", "tests"],
            cwd=project,
            env={"PYTHONPATH": f"src:{ROOT / 'src'}", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = done.stderr.splitlines()
        return next(line for line in lines if "computes_what_the_notebook" in line)

    assert "run nb2prod verify on the notebook and this project first" in outcome()
    run_cli("verify", notebook, project)
    assert outcome().endswith("ok")
    edited(project, "x = 1", "x = 2")
    assert outcome().endswith("FAIL")


def test_saved_outputs(run_cli: RunCli, tmp_path: Path) -> None:
    notebook = written(tmp_path, "print('a')", "1 + 1")
    assert "saved without outputs" in run_cli("verify", notebook, "--against", "saved").stdout
    document = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    document.cells[0].outputs = [
        nbformat.v4.new_output("stream", text="a\n")  # type: ignore[no-untyped-call]
    ]
    nbformat.write(document, notebook)  # type: ignore[no-untyped-call]
    done = run_cli("verify", notebook, "--against", "saved")
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0,
        "equivalent: 1 result compared, none differs",
    )
    document.cells[0].outputs[0].text = "b\n"
    nbformat.write(document, notebook)  # type: ignore[no-untyped-call]
    assert run_cli("verify", notebook, "--against", "saved").returncode == 1
