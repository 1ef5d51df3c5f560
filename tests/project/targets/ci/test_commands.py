"""What the workflow's jobs run, run for real in a clean directory (all but the image's)."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest
import uv
import yaml

import nb2prod
from nb2prod.project.targets.ci.check import WORKFLOW

pytestmark = [pytest.mark.network, pytest.mark.slow]

NOTEBOOK = Path(__file__).parents[4] / "examples" / "sensor_report" / "sensor_report.ipynb"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain notebook as a project for the Python that runs this, with its lock."""
    options = nb2prod.Options(python=platform.python_version(), lock="always", targets=("ci",))
    done = nb2prod.convert(NOTEBOOK, tmp_path_factory.mktemp("ci") / "project", options)
    assert done.migration.lock.complete
    return done.directory


def run_job(directory: Path, job: str, *, last: int = 0) -> tuple[int, str]:
    """Run a job's commands, or the last ones alone, as GitHub's `bash -e` does.

    Gives the exit code of the first that fails, or 0, and all that they said.
    """
    document = yaml.safe_load((directory / WORKFLOW).read_text())
    tools = str(Path(uv.find_uv_bin()).parent)
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    said = ""
    for command in [step["run"] for step in document["jobs"][job]["steps"] if "run" in step][
        -last:
    ]:
        done = subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        said += done.stdout
        if done.returncode:
            return done.returncode, said
    return 0, said


def test_the_tests(project: Path, tmp_path: Path) -> None:
    status, said = run_job(shutil.copytree(project, tmp_path / "clean"), "tests")
    assert status == 0, said
    assert "\nOK" in said


def test_the_lock_installs_and_has_to_agree_with_the_project(project: Path, tmp_path: Path) -> None:
    clean = shutil.copytree(project, tmp_path / "clean")
    assert "--hash=sha256:" in (clean / "requirements.lock").read_text()
    status, said = run_job(clean, "lock")
    assert status == 0, said
    assert "No broken requirements found." in said
    # Somebody changes a pin and forgets the lock.
    path = clean / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count('"pandas==') == 1
    path.write_text(text.replace('"pandas==', '"pandas==0.'), encoding="utf-8")
    status, said = run_job(clean, "lock", last=1)
    assert status != 0
    assert "has requirement pandas==0" in said
