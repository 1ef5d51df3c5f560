"""What has to run, as every target is told it."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable

import pytest

from nb2prod.analysis.facts import Parameter, Secret, Service
from nb2prod.location import Location
from nb2prod.migration import Migration, build_tag
from nb2prod.options import Options
from nb2prod.project.files import render
from nb2prod.project.targets import TARGETS, compose, kubernetes, skypilot
from nb2prod.project.targets.carried import flags_left_out, options, secrets
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload, workload

MakeMigration = Callable[..., Migration]
PLACE = Location(3, 1)
GRADIO = Service("gradio", 7860, PLACE, (("GRADIO_SERVER_NAME", "0.0.0.0"),))


def on(machine: str, make: MakeMigration, gpu: str | None, **options: object) -> Workload:
    made = make(gpu=gpu, options=Options(machine=machine, **options))  # type: ignore[arg-type]
    return workload(
        dataclasses.replace(
            made, environment=dataclasses.replace(made.environment, machine=machine)
        )
    )


@pytest.mark.parametrize(
    ("machine", "gpu", "found"),
    [
        ("A100x4", "T4", ("A100", 4, 40)),
        ("A100-80Gx2", "T4", ("A100", 2, 80)),
        ("V100-32G", "V100", ("V100", 1, 32)),
        ("C5", None, None),
    ],
)
def test_whoever_names_a_machine_gets_its_gpu(
    make_migration: MakeMigration, machine: str, gpu: str | None, found: object
) -> None:
    need = on(machine, make_migration, gpu).gpu
    assert (need and (need.name, need.count, need.memory_gb)) == found


@pytest.mark.parametrize(
    ("options", "said"),
    [({}, "T4, as Colab gives where none is named"), ({"gpu": "T4:2"}, "T4")],
)
def test_a_gpu_that_nobody_named_is_said_to_be(
    make_migration: MakeMigration, options: dict[str, str], said: str
) -> None:
    made = make_migration(gpu="T4", options=Options(targets=("kubernetes",), **options))  # type: ignore[arg-type]
    made = dataclasses.replace(made, facts=dataclasses.replace(made.facts, gpu_type=None))
    need = workload(made).gpu
    assert need is not None
    assert need.said == said


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("churn:1", "churn:1"),
        ("churn", "churn"),
        ("r.example.invalid:5000/a/b", "r.example.invalid:5000/a/b"),
        (f"a/b:1@sha256:{'0' * 64}", "a/b:1"),
        (f"r.example.invalid:5000/a/b@sha256:{'0' * 64}", "r.example.invalid:5000/a/b:local"),
    ],
)
def test_what_an_image_is_called_where_it_is_built(
    make_migration: MakeMigration, image: str, tag: str
) -> None:
    assert build_tag(image) == tag
    names = tuple(one.name for one in TARGETS)
    made = make_migration(options=Options(image=image, targets=names))
    files = {path: text.decode() for path, text in render(made).items()}
    for path in ("README.md", "Dockerfile", ".github/workflows/nb2prod.yaml"):
        [line] = [one for one in files[path].splitlines() if "docker build --tag" in one]
        assert f"--tag {tag} ." in line
    assert f"image: {tag}\n" in files["compose.yaml"].replace("'", "")
    assert image in files["deploy/gradient/workflow.yaml"]


def test_options_and_secrets_that_cannot_be_carried(make_migration: MakeMigration) -> None:
    found = workload(
        make_migration(
            parameters=(
                Parameter("a", "string", "-x", PLACE),
                Parameter("b", "string", "\0", PLACE),
                Parameter("c", "boolean", True, PLACE),
                Parameter("d", "string", "\ud800", PLACE),
            ),
            secrets=(
                Secret("GOOD", PLACE),
                Secret("PATH", PLACE),
                Secret("a b", PLACE),
                Secret("TAKEN", PLACE),
                Secret("BASH_ENV", PLACE),
                Secret("_RULED", PLACE),
            ),
        )
    )
    assert options(found) == [("--a=-x",), ("--c",)]
    assert flags_left_out(found) == ["--b", "--d"]
    carried, left = secrets(found, {"TAKEN"}, lambda name: "no" if name[0] == "_" else None)
    assert [one.name for one in carried] == ["GOOD"]
    assert {one.name: one.reason.split()[-1] for one in left} == {
        "PATH": "itself", "a b": "first", "TAKEN": "itself", "BASH_ENV": "itself", "_RULED": "no",
    }  # fmt: skip


def test_what_the_notebook_asks_for_is_said(make_migration: MakeMigration) -> None:
    made = make_migration(parameters=(Parameter("city", "string", None, PLACE),))
    configuration = dataclasses.replace(made.program.configuration, questions=("city",))
    asking = dataclasses.replace(
        made, program=dataclasses.replace(made.program, configuration=configuration)
    )
    for one in TARGETS:
        if one.name == "ci":
            continue
        for path, text in one.files(asking, Settings()).items():
            if path.endswith(("workflow.yaml", "job.yaml", "task.yaml", "compose.yaml")):
                assert "--city ANSWER" in text, path
        assert "ANSWER" not in "".join(one.files(made, Settings()).values())


def test_a_server_has_no_schedule_and_no_limit(make_migration: MakeMigration) -> None:
    made = make_migration()
    serving = dataclasses.replace(made, facts=dataclasses.replace(made.facts, service=GRADIO))
    nightly = Settings(schedule="0 3 * * *", timeout=3600)
    files = skypilot.files(serving, nightly)
    assert "deploy/skypilot/job.yaml" not in files
    assert not [path for path, text in files.items() if "--kill-after" in text]
    assert "jobs launch" not in skypilot.notes(serving, nightly)
    assert "the schedule `0 3 * * *` does not apply" in skypilot.notes(serving, nightly)
    assert "line for cron" not in compose.notes(serving, nightly)
    [text] = compose.files(serving, nightly).values()
    assert "timeout" not in text.partition("services:")[2].partition("healthcheck")[0]
    text = kubernetes.files(serving, nightly)["deploy/kubernetes/cronjob.yaml"]
    assert "does not end by itself" in text


def test_the_readme_s_docker_run_reaches_a_server(make_migration: MakeMigration) -> None:
    def run(service: Service | None) -> str:
        made = make_migration()
        made = dataclasses.replace(made, facts=dataclasses.replace(made.facts, service=service))
        lines = render(made)["README.md"].decode().splitlines()
        return next(line for line in lines if line.startswith("docker run "))

    assert "--publish 127.0.0.1:7860:7860 --env GRADIO_SERVER_NAME=0.0.0.0 " in run(GRADIO)
    assert "--network host " in run(Service("flask", 5000, PLACE, local=True))
    assert "--publish" not in run(None)


def test_a_project_named_as_what_it_needs_does_not_replace_it(
    make_migration: MakeMigration,
) -> None:
    from nb2prod.environment.model import Pin

    pins = (Pin("numpy", "2.0.2", (), ()),)
    made = make_migration(project="numpy", package="numpy_job", pins=pins)
    project = tomllib.loads(render(made)["pyproject.toml"].decode())["project"]
    assert project["name"] == "numpy-job"
    assert list(project["scripts"]) == ["numpy-job"]
    other = tomllib.loads(render(make_migration(pins=pins))["pyproject.toml"].decode())
    assert other["project"]["name"] == "tiny"


def test_the_environment_s_example_empties_no_variable_of_the_shell(
    make_migration: MakeMigration,
) -> None:
    made = make_migration(secrets=(Secret("PATH", PLACE), Secret("HF_TOKEN", PLACE)))
    lines = render(made)[".env.example"].decode().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == ["HF_TOKEN="]
