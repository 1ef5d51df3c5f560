"""A project's compose.yaml with a real Docker Engine: it runs, confined, and its results belong to
whom they should. The tests that the CI workflow runs in the image run in the same one.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import nb2prod
from tests.container.built import PYTHON, Built

pytestmark = [pytest.mark.docker, pytest.mark.network, pytest.mark.slow]

Run = Callable[..., subprocess.CompletedProcess[str]]

# A user that the image does not know.
USER = 12345


@pytest.fixture(scope="module")
def project(built: Callable[[str], Built], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example converted for these targets, and its image, which other tests have as well."""
    directory = tmp_path_factory.mktemp("compose") / "project"
    shared = built("customer_churn")
    options = nb2prod.Options(python=PYTHON, lock="always", targets=("compose", "ci"), timeout=600)
    done = nb2prod.convert(shared.example.notebook, directory, options)
    assert done.migration.image == shared.migration.image
    shutil.copytree(shared.example.drive, directory / "data")
    return directory


@pytest.fixture
def run(project: Path, docker_host: str) -> Run:
    """Runs a command line in the project."""

    def run_it(*command: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "DOCKER_HOST": docker_host}
        return subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        )

    return run_it


def test_the_program_runs_and_its_results_belong_to_the_user(project: Path, run: Run) -> None:
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not installed (Debian's package of that name)")
    text = (project / "compose.yaml").read_text(encoding="utf-8")
    [service] = yaml.safe_load(text)["services"]
    [local] = re.findall(r"^#   mkdir -p (.*)$", text, re.MULTILINE)
    assert sorted(local.split()) == ["data", "outputs", "work"]
    for name in local.split():
        (project / name).mkdir(exist_ok=True)
    given = set((project / "data").rglob("*"))
    for path in [project, *project.rglob("*")]:
        os.chown(path, USER, USER)
    (project / ".env").write_text(f"PUID={USER}\nPGID={USER}\n", encoding="utf-8")
    try:
        done = run("docker-compose", "run", "--rm", "-T", service)
        assert done.returncode == 0, done.stderr
        made = set((project / "data").rglob("*")) - given
        assert project / "data" / "churn" / "scores.csv" in made
        assert {path.stat().st_uid for path in made} == {USER}
        # What it may do besides, from inside: a Python, because the image has one.
        for code, status in {
            "open('/app/x', 'w')": 1,
            "open('/home/app/x', 'w')": 0,
            "open('/work/x', 'w')": 0,
            "open('/tmp/x', 'w').write('#!/bin/sh'); import os; os.chmod('/tmp/x', 0o700);"
            " os.execv('/tmp/x', ['x'])": 0,
            "import os; assert os.getuid() == 12345": 0,
            "print(open('/proc/self/status').read()); assert 'CapEff:\\t0000000000000000' in"
            " open('/proc/self/status').read()": 0,
        }.items():
            done = run("docker-compose", "run", "--rm", "-T", service, "python", "-c", code)
            assert done.returncode == status, (code, done.stderr)
        # Options alone go to the program.
        done = run("docker-compose", "run", "--rm", "-T", service, "--help")
        assert "usage:" in done.stdout
    finally:
        run("docker-compose", "down", "--volumes")


def test_the_workflow_s_tests_pass_in_the_image(project: Path, run: Run) -> None:
    document = yaml.safe_load((project / ".github/workflows/nb2prod.yaml").read_text())
    [build, tests] = [step["run"] for step in document["jobs"]["image"]["steps"] if "run" in step]
    assert build.startswith("docker build ")  # what the fixture did
    done = run("bash", "-e", "-c", tests)
    assert done.returncode == 0, done.stderr
    assert "OK" in done.stderr
    # Everything is there, so nothing is skipped for a library that is missing.
    assert "is missing" not in done.stderr
    assert shlex.split(tests)[-1] == "/app/tests"
