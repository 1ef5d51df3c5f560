"""The real library takes every task for what was meant, and a real shell runs it so."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import nb2prod
from nb2prod.analysis.facts import Nodes, Service
from nb2prod.errors import TargetCannotRun
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.project.targets import skypilot
from nb2prod.project.targets.skypilot import accelerators
from nb2prod.project.targets.skypilot.names import carried
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload, workload
from tests.gradient.projects import write_hostile

pytestmark = [pytest.mark.skypilot, pytest.mark.network, pytest.mark.slow]

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/*.ipynb"))
PLACE = Location(3, 1)
SETTINGS = Settings(schedule="0 3 * * *", timeout=3600, pull_secret="kept")
LOGIN = ["SKYPILOT_DOCKER_USERNAME", "SKYPILOT_DOCKER_PASSWORD", "SKYPILOT_DOCKER_SERVER"]
# Letters alone would hide a missing quote; no real secret looks like this.
VALUE = "the 'secret' $HOME `id` \"value\""
CHOSEN = 30
SERVED = Service("gradio", 7860, PLACE, (("GRADIO_SERVER_NAME", "0.0.0.0"),))
KINDS: dict[str, dict[str, Any]] = {
    "serves": {"service": SERVED},
    "several": {"nodes": Nodes(3, PLACE, "torch")},
    "lightning": {"nodes": Nodes(2, PLACE, "lightning")},
}
NAMES = [
    *(path.stem for path in EXAMPLES),
    *("hostile", "several gpus", *KINDS),
    *(pytest.param(f"corpus {i}", marks=pytest.mark.corpus) for i in range(CHOSEN)),
]


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """A notebook's workload, and the directory that its files were written to."""

    workload: Workload
    settings: Settings
    directory: Path
    files: tuple[str, ...]


def migration_of(path: Path, **options: Any) -> Migration:
    wanted = nb2prod.Options(lock="never", targets=("skypilot",), **options)
    return nb2prod.convert(path, path.with_suffix(""), wanted, dry_run=True).migration


def chosen(corpus: list[Path]) -> Iterator[Migration]:
    """Notebooks of the corpus that can be converted, in the order of their contents' hashes."""
    for path in sorted(corpus, key=lambda path: hashlib.sha256(path.read_bytes()).digest()):
        try:
            yield migration_of(path)
        except (nb2prod.NotebookError, TargetCannotRun):
            continue


def written(migration: Migration, settings: Settings, directory: Path) -> Case:
    files = skypilot.files(migration, settings)
    skypilot.validate(files, settings)
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    return Case(workload(migration), settings, directory, tuple(files))


@pytest.fixture(scope="module")
def cases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Case]:
    """All notebooks, the corpus's only where the tests that read it are asked for."""
    found = {path.stem: migration_of(path) for path in EXAMPLES}
    hostile = write_hostile(tmp_path_factory.mktemp("hostile") / "hostile.ipynb")
    found["hostile"] = migration_of(hostile)
    found["several gpus"] = migration_of(EXAMPLES[0], gpu="A100:2")
    for name, changes in KINDS.items():
        facts = dataclasses.replace(found["hostile"].facts, **changes)
        found[name] = dataclasses.replace(found["hostile"], facts=facts)
    if any(item.get_closest_marker("corpus") for item in request.session.items):
        notebooks = chosen(request.getfixturevalue("corpus"))
        found |= {f"corpus {i}": next(notebooks) for i in range(CHOSEN)}
    return {
        name: written(
            migration,
            SETTINGS if name in ("hostile", "several") else Settings(),
            tmp_path_factory.mktemp("project"),
        )
        for name, migration in found.items()
    }


@pytest.fixture(scope="module")
def answers(cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the library says of all files, asked once: it takes seconds to start."""
    if importlib.util.find_spec("sky") is None:
        pytest.skip("SkyPilot is not installed here; `nox -s skypilot` brings it")
    home = tmp_path_factory.mktemp("home")
    (home / ".env").write_text("HF_TOKEN=x\n", encoding="utf-8")
    paths = [case.directory / path for case in cases.values() for path in case.files]
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("asked.py"), VALUE, *paths],
        cwd=home,
        env={
            **dict.fromkeys(LOGIN, "x"),
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "SKYPILOT_DISABLE_USAGE_COLLECTION": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest, cases: dict[str, Case]) -> Case:
    return cases[request.param]


def of(answers: dict[str, Any], case: Case, name: str) -> dict[str, Any]:
    """The answer about one of a project's files."""
    found: dict[str, Any] = answers["tasks"][str(case.directory / f"deploy/skypilot/{name}.yaml")]
    return found


def kinds(case: Case) -> list[str]:
    return [Path(path).stem for path in case.files]


def test_the_task_is_what_was_meant(answers: dict[str, Any], case: Case) -> None:
    found, meant = of(answers, case, "task"), case.workload
    assert found["nodes"] == (meant.nodes.machines if meant.nodes else 1)
    names = [one.name for one in carried(meant)]
    assert found["asked"] == names + (LOGIN if case.settings.pull_secret else [])
    assert found["left"] == []
    for one in found["machines"]:
        assert one["image"] == meant.image
        assert (one["cpus"], one["memory"]) == (f"{meant.cpus}+", f"{meant.memory_gb}+")
        assert one["ports"] == (["7860"] if meant.service else None)
        assert one["overrides"]["docker"] == {"run_options": ["--user=root", "--env=HOME=/root"]}
        [container] = one["overrides"]["kubernetes"]["pod_config"]["spec"]["containers"]
        assert container["securityContext"] == {"runAsUser": 0}
        assert one["recovery"] is None
    wanted = (
        [{name: meant.gpu.count} for name in accelerators.names(meant.gpu)] if meant.gpu else [None]
    )
    assert sorted(map(str, wanted)) == sorted(str(one["accelerators"]) for one in found["machines"])
    bucket = found["buckets"]["/results"]
    assert bucket == {"name": found["envs"]["RESULTS_BUCKET"], "mode": "MOUNT_CACHED"}
    filled = {f"/inputs/{one.name}": f"./{one.local}" for one in meant.volumes if one.filled}
    assert found["copied"] == filled


def test_the_job_is_the_task_and_recovers(answers: dict[str, Any], case: Case) -> None:
    if case.workload.service is not None:
        assert "job" not in kinds(case)
        return
    job, task = of(answers, case, "job"), of(answers, case, "task")
    for one in job["machines"]:
        recovery = one.pop("recovery")
        assert recovery == {"strategy": "EAGER_NEXT_REGION", "max_restarts_on_errors": 0}
    without = ("commands", "machines")
    assert {k: v for k, v in job.items() if k not in without} == {
        k: v for k, v in task.items() if k not in without
    }
    assert len(job["machines"]) == len(task["machines"])


def test_paperspace_is_asked_for_a_machine_that_it_has(answers: dict[str, Any], case: Case) -> None:
    if "paperspace" not in kinds(case):
        assert case.workload.gpu is not None
        assert accelerators.paperspace(case.workload.gpu) is None
        return
    found = of(answers, case, "paperspace")
    [one] = found["machines"]
    assert one["infra"] == "Paperspace"
    assert one["image"] is None
    assert bool(one["accelerators"]) == (case.workload.gpu is not None)
    assert found["workdir"] == "."
    assert found["asked"] == [one.name for one in carried(case.workload)]
    assert "-r requirements.lock" in found["setup"]


def test_the_commands_are_those_of_the_real_program(answers: dict[str, Any], case: Case) -> None:
    for name in kinds(case):
        file = f"deploy/skypilot/{name}.yaml"
        commands = of(answers, case, name)["commands"]
        launched = [one for one in commands if one["command"] == "launch"]
        assert launched[0]["entrypoint"] == [file]
        if name == "task":
            assert launched[0].get("down", False) == (case.workload.service is None)
        filled = bool(carried(case.workload))
        assert ("secret_file" in launched[0]) == filled
        if case.settings.pull_secret and name != "paperspace":
            assert [key for key, _ in launched[0]["secret"]] == LOGIN


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A home directory as on a rented machine; its `python` writes down how it was called."""
    stub = """#!/bin/bash
printf "%s\\0" "$@" >"$HOME/words"
env -0 >"$HOME/variables"
pwd >"$HOME/where"
exit 3
"""
    for place in ("venv/bin", "opt"):
        (tmp_path / place).mkdir(parents=True)
        python = tmp_path / place / "python"
        python.write_text(stub, encoding="utf-8")
        python.chmod(0o755)
    (tmp_path / "sky_workdir").mkdir()
    (tmp_path / "inputs/work").mkdir(parents=True)
    (tmp_path / "inputs/work/beside.txt").write_text("x", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["task", "paperspace"])
def test_a_real_shell_runs_the_program_as_meant(
    answers: dict[str, Any], case: Case, machine: Path, name: str
) -> None:
    if name not in kinds(case):
        return
    found, meant = of(answers, case, name), case.workload
    script = found["script"].replace("/opt/venv/bin", str(machine / "opt"))
    script = re.sub(r"(?<![\w/])/(results|inputs)(?=[/\s'])", rf"{machine}/\1", script)
    behind = "__skypilot_user_exit_code=$?\n"
    assert behind in script
    script = script.replace(behind, f'{behind}touch "$HOME/behind"\n')
    path = machine / "script"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        ["bash", "-i", path],  # as SkyPilot does: `run_bash_command_with_log`
        env={
            "HOME": str(machine),
            "PATH": os.environ["PATH"],
            "SKYPILOT_NODE_IPS": "10.0.0.1\n10.0.0.2\n10.0.0.3",
            "SKYPILOT_NODE_RANK": "1",
            "SKYPILOT_NUM_NODES": "3",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        start_new_session=True,
    )
    # The program's own status, through the lines that SkyPilot puts behind it; they are reached.
    assert done.returncode == 3, done.stderr
    assert (machine / "behind").exists()
    words = (machine / "words").read_text(encoding="utf-8").split("\0")[:-1]
    assert words == list(meant.command[1:])
    pairs = (machine / "variables").read_text(encoding="utf-8").split("\0")[:-1]
    variables = dict(pair.split("=", 1) for pair in pairs)
    for one in carried(meant):
        assert variables[one.name] == VALUE
    work = machine / ("results/work" if name == "task" else "run/work")
    assert (machine / "where").read_text(encoding="utf-8").strip() == str(work)
    if name == "task" and meant.work.filled:
        assert (work / "beside.txt").is_file()
    start = machine / ("results" if name == "task" else "run")
    for volume in meant.volumes:
        if volume.variable and (volume.writable or name == "paperspace"):
            assert variables[volume.variable] == f"{start}/{volume.local}"
    if meant.nodes is not None:
        assert variables["MASTER_ADDR"] == "10.0.0.1"
        assert variables["NODE_RANK"] == "1"
        assert ("LOCAL_RANK" in variables) == (meant.nodes.launcher != "lightning")
    assert variables["PYTHONPATH"] == (
        "/app/src" if name == "task" else str(machine / "sky_workdir/src")
    )


def test_setup_is_a_shells(answers: dict[str, Any], case: Case) -> None:
    if "paperspace" in kinds(case):
        setup = of(answers, case, "paperspace")["setup"]
        subprocess.run(["bash", "-n"], input=setup, encoding="utf-8", check=True)


def test_what_the_readme_says_of_providers(answers: dict[str, Any], cases: dict[str, Case]) -> None:
    lacking = answers["lacking"]
    for name in ("aws", "azure", "do", "gcp", "lambda", "mithril", "nebius", "paperspace"):
        assert not {"DOCKER_IMAGE", "STORAGE_MOUNTING"} & set(lacking[name]), name
    assert "STORAGE_MOUNTING" in lacking["runpod"]
    assert "STORAGE_MOUNTING" in lacking["vast"]
    assert {"IMAGE_ID", "SPOT_INSTANCE"} <= set(lacking["paperspace"])
