from __future__ import annotations

import dataclasses
import json
import shlex
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from nb2prod.analysis.facts import Parameter, Secret
from nb2prod.data.machines import machines
from nb2prod.errors import InternalError, TargetCannotRun
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.options import Options
from nb2prod.project.schemas import require_valid, schema
from nb2prod.project.targets import gradient

MakeMigration = Callable[..., Migration]
PLACE = Location(3, 1)


def specs(migration: Migration) -> tuple[dict[str, Any], dict[str, Any]]:
    """The workflow and the job as the `gradient` command reads them."""
    files = gradient.files(migration)
    workflow = yaml.safe_load(files["deploy/gradient/workflow.yaml"])
    return workflow, yaml.safe_load(files["deploy/gradient/job.yaml"])


def test_the_smallest_notebook(make_migration: MakeMigration) -> None:
    migration = make_migration(project="tiny-one", package="tiny_one")
    workflow, job = specs(migration)
    image = f"tiny-one:{migration.notebook.sha256[:12]}"
    assert workflow == {
        "defaults": {"resources": {"instance-type": "C6"}},
        "jobs": {
            "tiny-one": {
                "uses": "container@v1",
                "with": {"image": image, "args": ["python", "-m", "tiny_one"]},
            }
        },
    }
    assert job == {
        "name": "tiny-one",
        "projectId": "REPLACE-WITH-YOUR-PROJECT-ID",
        "machineType": "C6",
        "container": image,
        "command": "python -m tiny_one",
    }


def test_everything(churn_migration: Migration) -> None:
    image = "registry.example.invalid:5000/team/churn:1"
    migration = dataclasses.replace(churn_migration, options=Options(image=image))
    workflow, job = specs(migration)
    arguments = "--test-size 0.25 --n-estimators 300 --model-kind forest --balance --depth None"
    assert workflow["jobs"]["customer-churn-v2"] == {
        "uses": "container@v1",
        "with": {
            "image": image,
            "args": ["python", "-m", "customer_churn_v2", *arguments.split()],
        },
        "inputs": {"data": {"type": "dataset", "with": {"ref": "customer-churn-v2-data"}}},
        "env": {
            "HF_TOKEN": "secret:HF_TOKEN",
            "SLACK_TOKEN": "secret:SLACK_TOKEN",
            "DATA_FROM": "/inputs/data",
            "DATA_DIR": "/outputs/data",
            "OUTPUT_DIR": "/outputs/results",
        },
        "outputs": {
            "data": {"type": "dataset", "with": {"ref": "customer-churn-v2-data"}},
            "results": {"type": "dataset", "with": {"ref": "customer-churn-v2-results"}},
        },
    }
    assert workflow["defaults"]["resources"]["instance-type"] == "A4000"
    assert job["command"] == f"python -m customer_churn_v2 {arguments}"
    assert job["envVars"]["HF_TOKEN"] == "secret:HF_TOKEN"
    assert job["envVars"]["DATA_DIR"] == "/storage/customer-churn-v2/data"


@pytest.mark.parametrize("gpu", [None, "T4", "A100", "something new"])
def test_the_machine_exists(make_migration: MakeMigration, gpu: str | None) -> None:
    workflow, job = specs(make_migration(gpu=gpu))
    name = workflow["defaults"]["resources"]["instance-type"]
    assert name in machines()
    assert job["machineType"] == name
    assert bool(machines()[name].gpu) == bool(gpu)


@pytest.mark.parametrize("name", ["L40S-1", "Free-A4000", "a.b+c"])
def test_a_machine_that_the_user_vouches_for_is_written_as_it_is(
    make_migration: MakeMigration, name: str
) -> None:
    made = make_migration(gpu="T4", options=Options(machine=name, machine_unchecked=True))
    made = dataclasses.replace(
        made, environment=dataclasses.replace(made.environment, machine=name)
    )
    workflow, job = specs(made)
    assert workflow["defaults"]["resources"]["instance-type"] == name
    assert job["machineType"] == name


def test_what_the_driver_cannot_run_is_refused(make_migration: MakeMigration) -> None:
    made = make_migration(gpu="T4")
    made = dataclasses.replace(
        made, environment=dataclasses.replace(made.environment, cannot_run="too new. Choose --cpu")
    )
    with pytest.raises(TargetCannotRun, match=r"too new\. Choose --cpu"):
        gradient.files(made)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Parameter("x", "string", "a b", PLACE), ["--x", "a b"]),
        (Parameter("x", "string", "-a", PLACE), ["--x=-a"]),
        (Parameter("x", "string", "", PLACE), ["--x", ""]),
        (Parameter("x", "string", None, PLACE), []),
        (Parameter("x", "integer", -3, PLACE), ["--x=-3"]),
        (Parameter("x", "number", 1e-07, PLACE), ["--x", "1e-07"]),
        (Parameter("x", "boolean", True, PLACE), ["--x"]),
        (Parameter("x", "boolean", False, PLACE), ["--no-x"]),
        (Parameter("x", "boolean", None, PLACE), []),
        (Parameter("x", "raw", None, PLACE), ["--x", "None"]),
        (Parameter("x", "raw", "it's", PLACE), ["--x", '"it\'s"']),
    ],
)
def test_arguments_are_the_defaults(
    make_migration: MakeMigration, given: Parameter, words: list[str]
) -> None:
    workflow, job = specs(make_migration(parameters=(given,)))
    whole = ["python", "-m", "tiny", *words]
    assert workflow["jobs"]["tiny"]["with"]["args"] == whole
    assert shlex.split(job["command"]) == whole


@pytest.mark.parametrize("name", ["_private", "with-dash", "with space", "1st", "é", "a\nb: c"])
def test_secrets_that_gradient_cannot_name_are_left_out_and_said_so(
    make_migration: MakeMigration, name: str
) -> None:
    migration = make_migration(secrets=(Secret("GOOD", PLACE), Secret(name, PLACE)))
    workflow, job = specs(migration)
    assert workflow["jobs"]["tiny"]["env"] == {"GOOD": "secret:GOOD"}
    assert job["envVars"] == {"GOOD": "secret:GOOD"}
    for text in gradient.files(migration).values():
        assert f"# The secret {' '.join(name.split())} is left out: " in text


def test_no_key_without_a_value(make_migration: MakeMigration) -> None:
    migration = make_migration(secrets=(Secret("with-dash", PLACE),))
    workflow, job = specs(migration)
    assert "env" not in workflow["jobs"]["tiny"]
    assert "envVars" not in job


def test_hostile_text_changes_no_structure(hostile_migration: Migration) -> None:
    workflow, job = specs(hostile_migration)
    assert workflow == gradient.workflow_spec(hostile_migration)
    assert job == gradient.job_options(hostile_migration)
    assert set(workflow) == {"defaults", "jobs"}
    assert workflow["jobs"]["hostile"]["env"]["on"] == "secret:on"
    words = shlex.split(job["command"])
    assert words[:3] == ["python", "-m", "hostile"]
    assert words == workflow["jobs"]["hostile"]["with"]["args"]


def test_the_first_lines_say_what_it_is(churn_migration: Migration) -> None:
    files = gradient.files(churn_migration)
    workflow = files["deploy/gradient/workflow.yaml"]
    assert (
        "gradient workflows run --id <workflow id> --path deploy/gradient/workflow.yaml" in workflow
    )
    assert "# - the dataset customer-churn-v2-data\n" in workflow
    assert "# - the secret HF_TOKEN\n" in workflow
    assert files["deploy/gradient/job.yaml"].startswith("# LEGACY: ")


@pytest.mark.parametrize(
    "broken",
    [
        {"jobs": {}},
        {"jobs": {"a": {"uses": "container@v1", "with": {"image": "x", "command": ["y"]}}}},
        {"jobs": {"a": {"uses": "container@v1", "with": {"image": "x"}, "workingDir": "/"}}},
        {"jobs": {"a": {"uses": "container@v1", "with": {"image": "x"}, "env": {"SEED": 1}}}},
        {"jobs": {"a": {"uses": "container@v1", "with": {"image": "x", "args": [1]}}}},
        {"jobs": {"a b": {"uses": "container@v1", "with": {"image": "x"}}}},
        {"jobs": {"a": {"uses": "container@v1", "with": {}}}},
        {
            "jobs": {
                "a": {
                    "uses": "container@v1",
                    "with": {"image": "x"},
                    "inputs": {"data": {"type": "folder"}},
                }
            }
        },
        {"jobs": {"a": {"uses": "container@v1", "with": {"image": "x"}}}, True: {}},
        {"jobs": {"a": {"uses": "script@v1", "with": {"image": "x"}}}},
    ],
)
def test_the_workflow_schema_refuses(broken: dict[object, object]) -> None:
    # Through JSON, as it is sent: a bare `on` in YAML becomes the key "true".
    with pytest.raises(InternalError, match="gradient-workflow"):
        require_valid(json.loads(json.dumps(broken)), "gradient-workflow")


@pytest.mark.parametrize(
    "change",
    [
        {"machineTypo": "C5"},
        {"apiKey": "x"},
        {"registryPassword": "x"},
        {"tags": ["a"]},
        {"container": ""},
        {"envVars": {"SEED": 1}},
        {"envVars": {}},
    ],
)
def test_the_job_schema_refuses(make_migration: MakeMigration, change: dict[str, object]) -> None:
    options = gradient.job_options(make_migration())
    require_valid(options, "gradient-job")
    with pytest.raises(InternalError, match="gradient-job"):
        require_valid({**options, **change}, "gradient-job")


@pytest.mark.parametrize("name", ["nb2prod", "gradient-workflow", "gradient-job"])
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
