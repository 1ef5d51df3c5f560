"""What stands in the tasks, and what is said above them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.analysis.facts import Nodes, Service
from nb2prod.data.gpus import find_gpu, gpus
from nb2prod.data.skypilot import all_accelerators, paperspace_machines
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.project.parts.installation import UV_VERSION
from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets import skypilot
from nb2prod.project.targets.skypilot import accelerators, comments, names, paperspace, script, task
from nb2prod.project.targets.skypilot.text import text
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import GpuNeed
from tests.project.targets.workloads import (
    DATA,
    FILLED,
    OUTPUT,
    READ_ONLY,
    WORK,
    MakeWorkload,
)

PLACE = Location(3, 1)
SERVICE = Service("gradio", 7860, PLACE, (("GRADIO_SERVER_NAME", "0.0.0.0"),))
TASK, JOB, PAPERSPACE = (f"deploy/skypilot/{name}.yaml" for name in ("task", "job", "paperspace"))


def secret(name: str, *, required: bool = True, usable: bool = True) -> SecretView:
    return SecretView(name, "used in cell 3", required, usable)


def need(name: str, count: int = 1, chip: str | None = None) -> GpuNeed:
    found = find_gpu(chip or name)
    return GpuNeed(name, count, found.memory_gb if found else 0, found)


def test_the_smallest_notebook(make_migration: Callable[..., Migration]) -> None:
    migration = make_migration(project="tiny-one", package="tiny_one")
    files = skypilot.files(migration)
    assert set(files) == {TASK, JOB, PAPERSPACE}
    found = yaml.safe_load(files[TASK])
    image = f"tiny-one:{migration.notebook.sha256[:12]}"
    assert found.pop("config")["docker"] == {"run_options": ["--user=root", "--env=HOME=/root"]}
    assert re.fullmatch(r"tiny-one-[0-9a-f]{12}", found["envs"].pop("RESULTS_BUCKET"))
    assert found == {
        "name": "tiny-one",
        "resources": {"image_id": f"docker:{image}", "cpus": "2+", "memory": "13+"},
        "envs": {"PYTHONPATH": "/app/src"},
        "file_mounts": {"/results": {"name": "${RESULTS_BUCKET}", "mode": "MOUNT_CACHED"}},
        "run": 'export PATH="/opt/venv/bin:$PATH"\n'
        "mkdir -p /results/work && cd /results/work &&\npython -m tiny_one\n",
    }
    job = yaml.safe_load(files[JOB])
    recovery = job["resources"].pop("job_recovery")
    assert recovery == {"strategy": "EAGER_NEXT_REGION", "max_restarts_on_errors": 0}
    task_file = yaml.safe_load(files[TASK])
    assert job == task_file


def test_directories(make_workload: MakeWorkload) -> None:
    found: dict[str, Any] = task.task(make_workload(volumes=(DATA, FILLED, OUTPUT)))
    assert found["file_mounts"] == {
        "/inputs/data": "./data",
        "/inputs/work": "./work",
        "/results": {"name": "${RESULTS_BUCKET}", "mode": "MOUNT_CACHED"},
    }
    assert {k: v for k, v in found["envs"].items() if k[-1] != "T"} == {
        "PYTHONPATH": "/app/src",
        "DATA_FROM": "/inputs/data",
        "DATA_DIR": "/results/data",
        "OUTPUT_DIR": "/results/outputs",
    }
    assert "cp -R --update /inputs/work/. /results/work/ && cd /results/work &&" in found["run"]


def test_data_that_is_only_read_is_read_where_it_was_copied_to(make_workload: MakeWorkload) -> None:
    found: dict[str, Any] = task.task(make_workload(volumes=(READ_ONLY, WORK)))
    assert found["envs"]["DATA_DIR"] == "/inputs/data"
    assert "DATA_FROM" not in found["envs"]


def test_what_serves_has_a_port_and_is_no_job(make_workload: MakeWorkload) -> None:
    served = make_workload(service=SERVICE)
    found: dict[str, Any] = task.task(served)
    assert found["resources"]["ports"] == 7860
    assert found["envs"]["GRADIO_SERVER_NAME"] == "0.0.0.0"
    assert task.job(served) is None
    said = " ".join(comments.of_task(served, Settings()))
    assert "--down" not in said
    assert "open to everybody" in said
    local = make_workload(service=SERVICE._replace(local=True))
    assert "ports" not in task.resources(local)
    assert "listens to its own machine alone" in " ".join(comments.of_task(local, Settings()))


@pytest.mark.parametrize("launcher", ["torch", "lightning", "accelerate", "deepspeed"])
def test_several_machines(make_workload: MakeWorkload, launcher: Any) -> None:
    found: dict[str, Any] = task.task(make_workload(nodes=Nodes(3, PLACE, launcher)))
    assert found["num_nodes"] == 3
    assert 'MASTER_ADDR="$(printf' in found["run"]
    # Lightning starts no process of its own where it finds LOCAL_RANK.
    assert ("LOCAL_RANK" in found["run"]) == (launcher != "lightning")


def test_secrets_by_name(make_workload: MakeWorkload) -> None:
    given = ("HF_TOKEN", "PATH", "UID", "RESULTS_BUCKET", "SKYPILOT_X", "MASTER_ADDR", "DATA_DIR")
    nodes = Nodes(2, PLACE, "torch")
    views = (*map(secret, given), secret("a b", usable=False), secret("W", required=False))
    made = make_workload(secrets=views, nodes=nodes)
    found: dict[str, Any] = task.task(made, Settings(pull_secret="kept"))
    login = {"SKYPILOT_DOCKER_USERNAME", "SKYPILOT_DOCKER_PASSWORD", "SKYPILOT_DOCKER_SERVER"}
    assert found["secrets"] == dict.fromkeys({"HF_TOKEN", "W"} | login)
    said = "\n".join(comments.of_task(made, Settings(pull_secret="kept")))
    for name in (*given[1:], "a b"):
        assert f"The secret {name} is left out" in said
    assert "--secret-file .env --secret SKYPILOT_DOCKER_USERNAME --secret" in said
    assert "can do without W" in said
    assert "secrets" not in task.task(make_workload())
    # On one machine nothing else sets it.
    alone: dict[str, Any] = task.task(make_workload(secrets=(secret("MASTER_ADDR"),)))
    assert list(alone["secrets"]) == ["MASTER_ADDR"]


def test_a_secret_does_not_replace_what_a_server_needs(make_workload: MakeWorkload) -> None:
    made = make_workload(service=SERVICE, secrets=(secret("GRADIO_SERVER_NAME"),))
    assert "secrets" not in task.task(made)


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (need("T4"), "T4:1"),
        (need("V100", 4), {"V100": 4, "V100-32GB": 4}),
        (need("A100", 2), {"A100": 2, "A100-80GB": 2}),
        (need("A100-80G"), "A100-80GB:1"),
        (need("NVIDIA A100-SXM4-80GB"), "A100-80GB:1"),
        (need("V100-32G"), "V100-32GB:1"),
        (need("P5000"), "T4:1"),
        (need("something new", 1, "A4000"), "A4000:1"),
        (need("something newer"), "L4:1"),
    ],
)
def test_the_accelerator(asked: GpuNeed, value: object) -> None:
    assert accelerators.accelerators(asked) == value


def test_more_memory_is_never_less() -> None:
    assert "A100" not in accelerators.names(need("A100-80G"))
    assert "V100" not in accelerators.names(need("V100-32G"))


@pytest.mark.parametrize("name", list(gpus()))
def test_every_gpu_that_we_know_has_an_accelerator(name: str) -> None:
    assert set(accelerators.names(need(name))) <= all_accelerators()
    assert "L4" not in accelerators.names(need(name)) or name in ("L4", "P6000")


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (need("T4"), "A4000:1"),
        (need("T4", 2), "A4000:2"),
        (need("V100"), "V100:1"),
        (need("P100", 1, "P5000"), "A4000:1"),
        (need("A100"), "A100-80GB:1"),
        (need("A100-80G", 8), "A100-80GB:8"),
        (need("L40S"), "H100:1"),
        (need("A6000", 2), None),
        (need("H200"), None),
    ],
)
def test_the_machine_of_paperspace(asked: GpuNeed, value: str | None) -> None:
    assert accelerators.paperspace(asked) == value


def test_no_task_for_a_machine_that_paperspace_does_not_have(
    make_migration: Callable[..., Migration],
) -> None:
    files = skypilot.files(make_migration(gpu="H200"))
    assert set(files) == {TASK, JOB}
    assert "no task for them" in skypilot.notes(make_migration(gpu="H200"), Settings())
    assert "H200:1" in files[TASK] or "H200: 1" in files[TASK]


def test_paperspace_installs_what_the_image_installs(churn_migration: Migration) -> None:
    found = yaml.safe_load(skypilot.files(churn_migration)[PAPERSPACE])
    assert found["resources"] == {"infra": "paperspace", "accelerators": "A4000:1"}
    assert found["workdir"] == "."
    assert found["file_mounts"] == {"~/run/data": "./data"}
    assert "ca-certificates curl ffmpeg git\n" in found["setup"]
    assert "--python 3.12.4 " in found["setup"]
    assert "-r requirements.lock -r requirements-vcs.lock\n" in found["setup"]
    assert 'export DATA_DIR="$HOME/run/data"\n' in found["run"]


def test_uv_is_that_of_the_image() -> None:
    dockerfile = Path(__file__).parents[4] / "templates/docker/Dockerfile.j2"
    assert f"astral-sh/uv:{UV_VERSION}\n" in dockerfile.read_text(encoding="utf-8")


def test_the_machine_without_a_gpu_is_one_that_there_is(make_workload: MakeWorkload) -> None:
    plain = paperspace.Installation("3.12.4", ("curl",), ("-r", "requirements.lock"))
    found = paperspace.task(make_workload(), plain)
    assert found is not None
    assert found["resources"] == {"infra": "paperspace", "cpus": "2+", "memory": "13+"}
    largest = [one for one in paperspace_machines() if one.accelerator is None][-1]
    assert (largest.vcpus, largest.memory_gb) == (24, 129)


def test_a_limit_ends_the_program_alone(make_workload: MakeWorkload) -> None:
    limited = script.in_image(make_workload(), Settings(timeout=3600))
    assert limited.endswith("\ntimeout --kill-after=60 3600 python -m train\n")


def test_the_schedule_is_a_crontabs_line(make_workload: MakeWorkload) -> None:
    said = comments.of_job(make_workload(), Settings(schedule="0 3 ? * 1-5"))
    [line] = [one for one in said if "--detach-run" in one]
    assert line.strip().startswith("0 3 * * 1-5 cd /path/of/the/project && sky jobs launch --yes ")


def test_what_no_command_line_holds_is_left_out_and_said(make_workload: MakeWorkload) -> None:
    made = make_workload(arguments=("--a", "x\0y", "--b", "z", "--c=-\ud800", "--d"))
    assert script.in_image(made, Settings()).endswith("python -m train \\\n  --b z \\\n  --d\n")
    assert "--a is left out" in "\n".join(comments.of_task(made, Settings()))
    assert "--c is left out" in "\n".join(comments.of_task(made, Settings()))


@pytest.mark.parametrize(
    ("name", "task_name"),
    [
        ("churn", "churn"),
        ("2024-report", "nb-2024-report"),
        ("A b__c", "a-b-c"),
        ("", "nb"),
        ("é", "nb"),
        ("x" * 60, "x" * 60),
    ],
)
def test_names(make_workload: MakeWorkload, name: str, task_name: str) -> None:
    made = make_workload(name=name)
    assert names.task_name(made) == task_name
    assert re.fullmatch(r"[a-z][a-z0-9-]{2,62}", names.bucket_name(made))
    assert names.bucket_name(made) != names.bucket_name(make_workload(name=name, image="x:2"))


@pytest.mark.parametrize("name", ["google-search", "goog", "my-g00gle", "a-go0gle"])
def test_a_bucket_is_not_called_like_google(make_workload: MakeWorkload, name: str) -> None:
    assert names.bucket_name(make_workload(name=name)).startswith("results-")


def test_the_readme_and_the_steps(churn_migration: Migration) -> None:
    settings = Settings("0 3 * * *", 3600, "kept")
    steps = skypilot.next_steps(churn_migration, settings)
    assert 2 <= len(steps) <= 5
    assert any("sky launch --cluster customer-churn-v2 --down" in one for one in steps)
    notes = skypilot.notes(churn_migration, settings)
    assert "SKYPILOT_DOCKER_SERVER" in notes
    assert "3600 seconds" in notes
    assert "0 3 * * * cd" in notes


LINES = st.text(st.sampled_from("a'\"\\$#:-|>&*% \n\t\x85\u2028\ufeffé🎉{}[]`\x1b"))


@given(LINES, LINES)
def test_scripts_are_what_they_were(setup: str, run: str) -> None:
    document = {"name": "x", "setup": setup, "run": run}
    assert yaml.safe_load(text(document, ("a", "b"))) == document


def test_scripts_are_readable() -> None:
    written = text({"name": "x", "run": "a 'b: #c'\n\n  d\n"}, ("A comment.",))
    assert written == "# A comment.\nname: x\nrun: |\n  a 'b: #c'\n\n    d\n"
