from __future__ import annotations

import dataclasses
import json
import shlex
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from nb2prod.analysis.facts import DataPath, Nodes, Parameter, Secret, Service
from nb2prod.data.machines import machines
from nb2prod.errors import InternalError, TargetCannotRun
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.options import Options
from nb2prod.project.schemas import require_valid, schema
from nb2prod.project.targets import gradient
from nb2prod.project.targets.gradient.job import job_options
from nb2prod.project.targets.gradient.paths import DEPLOYMENT, WORKFLOW
from nb2prod.project.targets.gradient.workflow import workflow_spec
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import workload

MakeMigration = Callable[..., Migration]
PLACE = Location(3, 1)


def specs(migration: Migration) -> tuple[dict[str, Any], dict[str, Any]]:
    """The workflow and the job as the `gradient` command reads them."""
    files = gradient.files(migration)
    workflow = yaml.safe_load(files["deploy/gradient/workflow.yaml"])
    return workflow, yaml.safe_load(files["deploy/gradient/job.yaml"])


IN_PLACE = ["sh", "-c", 'mkdir -p /outputs/work && cd /outputs/work && exec "$@"', "sh"]


def stored(name: str) -> list[str]:
    """What an old job does first."""
    place = f"/storage/{name}/work"
    return ["sh", "-c", f'mkdir -p {place} && cd {place} && exec "$@"', "sh"]


def kept(project: str, *names: str) -> dict[str, object]:
    """These directories as datasets."""
    return {one: {"type": "dataset", "with": {"ref": f"{project}-{one}"}} for one in names}


def test_the_smallest_notebook(make_migration: MakeMigration) -> None:
    migration = make_migration(project="tiny-one", package="tiny_one")
    workflow, job = specs(migration)
    image = f"tiny-one:{migration.notebook.sha256[:12]}"
    assert workflow == {
        "defaults": {"resources": {"instance-type": "C6"}},
        "jobs": {
            "tiny-one": {
                "uses": "container@v1",
                "with": {"image": image, "args": [*IN_PLACE, "python", "-m", "tiny_one"]},
                "outputs": kept("tiny-one", "work"),
            }
        },
    }
    assert job == {
        "name": "tiny-one",
        "projectId": "REPLACE-WITH-YOUR-PROJECT-ID",
        "machineType": "C6",
        "container": image,
        "command": shlex.join([*stored("tiny-one"), "python", "-m", "tiny_one"]),
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
            "args": [*IN_PLACE, "python", "-m", "customer_churn_v2", *arguments.split()],
        },
        "inputs": {"data": {"type": "dataset", "with": {"ref": "customer-churn-v2-data"}}},
        "env": {
            "HF_TOKEN": "secret:HF_TOKEN",
            "SLACK_TOKEN": "secret:SLACK_TOKEN",
            "DATA_FROM": "/inputs/data",
            "DATA_DIR": "/outputs/data",
            "OUTPUT_DIR": "/outputs/results",
        },
        "outputs": kept("customer-churn-v2", "data", "work", "results"),
    }
    assert workflow["defaults"]["resources"]["instance-type"] == "A4000"
    assert job["command"].endswith(f" sh python -m customer_churn_v2 {arguments}")
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
    with pytest.raises(TargetCannotRun, match=r"too new\. Choose --cpu.*--target kubernetes.*\.$"):
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
    assert workflow["jobs"]["tiny"]["with"]["args"] == [*IN_PLACE, *whole]
    assert shlex.split(job["command"]) == [*stored("tiny"), *whole]


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
    assert workflow == workflow_spec(workload(hostile_migration))
    assert job == job_options(workload(hostile_migration))
    assert set(workflow) == {"defaults", "jobs"}
    assert workflow["jobs"]["hostile"]["env"]["on"] == "secret:on"
    words = shlex.split(job["command"])[len(IN_PLACE) :]
    assert words[:3] == ["python", "-m", "hostile"]
    # The one value that would be replaced on the way, and that a job's command alone can hold.
    text = hostile_migration.program.configuration.options[0].parameter.default
    args = workflow["jobs"]["hostile"]["with"]["args"][len(IN_PLACE) :]
    assert [word for word in words if word not in args] == ["--one", text]
    assert [word for word in args if word not in words] == []
    assert "# --one is left out: " in gradient.files(hostile_migration)[WORKFLOW]


def test_the_first_lines_say_what_it_is(churn_migration: Migration) -> None:
    files = gradient.files(churn_migration)
    workflow = files["deploy/gradient/workflow.yaml"]
    assert (
        "gradient workflows run --id <workflow id> --path deploy/gradient/workflow.yaml" in workflow
    )
    assert "# - the dataset customer-churn-v2-data\n" in workflow
    assert "# - the secret HF_TOKEN\n" in workflow
    assert files["deploy/gradient/job.yaml"].startswith("# LEGACY: ")


# Settings, what they are in the Workflow, and what the comments above it say.
SETTINGS = [
    (Settings(timeout=7200), {"timeout": 7200}, "counts seconds"),
    (
        Settings(on_push="release/1.0"),
        {"on": {"github": {"branches": {"only": "release/1.0"}}}},
        "A push to the branch release/1.0",
    ),
    (
        Settings(pull_secret="team.registry"),
        {
            "defaults": {
                "resources": {"instance-type": "C6", "container-registries": ["team.registry"]}
            }
        },
        "registry, called team.registry",
    ),
    (Settings(schedule="0 3 * * *"), {}, "nothing here starts at '0 3 * * *'"),
]


@pytest.mark.parametrize(("settings", "keys", "words"), SETTINGS)
def test_settings(
    make_migration: MakeMigration, settings: Settings, keys: dict[str, object], words: str
) -> None:
    plain, _ = specs(make_migration())
    text = gradient.files(make_migration(), settings)[WORKFLOW]
    gradient.validate(gradient.files(make_migration(), settings), settings)
    assert yaml.safe_load(text) == plain | keys
    assert words in text
    assert words not in gradient.files(make_migration())[WORKFLOW]


def test_the_trigger_s_key_is_text(make_migration: MakeMigration) -> None:
    """YAML 1.1 takes a bare `on` for true, and the command would send that."""
    text = gradient.files(make_migration(), Settings(on_push="main"))[WORKFLOW]
    assert "\n'on':\n" in text


def test_what_a_workflow_cannot_do_is_said(make_migration: MakeMigration) -> None:
    made = make_migration()
    facts = dataclasses.replace(
        made.facts, service=Service("flask", 5000, PLACE), nodes=Nodes(3, PLACE, "torch")
    )
    text = gradient.files(dataclasses.replace(made, facts=facts))[WORKFLOW]
    assert "serves on port 5000 cannot be reached in a Workflow" in text
    assert "trains over 3 machines" in text


def test_a_machine_of_others_lists_is_said_to_be(make_migration: MakeMigration) -> None:
    made = make_migration(gpu="A100")
    environment = dataclasses.replace(made.environment, machine="A100x2")
    made = dataclasses.replace(made, environment=environment)
    text = gradient.files(made)[WORKFLOW]
    assert yaml.safe_load(text)["defaults"]["resources"]["instance-type"] == "A100x2"
    assert "# The machine A100x2 is not documented" in text
    assert "a name that only lists by others have" in gradient.notes(made, Settings())
    assert "not documented" not in gradient.files(make_migration(gpu="A100"))[WORKFLOW]


def test_a_secret_that_is_not_needed_is_said_not_to_be(churn_migration: Migration) -> None:
    text = gradient.files(churn_migration)[WORKFLOW]
    assert "# - the secret HF_TOKEN\n" in text
    assert "# - the secret SLACK_TOKEN; the notebook can do without it" in text


def test_next_steps(churn_migration: Migration, make_migration: MakeMigration) -> None:
    steps = gradient.next_steps(churn_migration, Settings(pull_secret="team"))
    assert len(steps) == 4
    assert "`--image registry.example/you/customer-churn-v2:1`" in steps[0]
    for name in ("`customer-churn-v2-data`", "`customer-churn-v2-results`", "`team`", "secrets"):
        assert name in steps[1]
    assert f"--path {WORKFLOW}`" in steps[2]
    for fact in ("15 July 2024", "17 June 2025", "--target kubernetes", "--target skypilot"):
        assert fact in steps[3]
    named = make_migration(options=Options(image="registry.example.invalid/a:1"))
    first, second, *_ = gradient.next_steps(named, Settings())
    assert "--image" not in first
    assert "the dataset `tiny-work`" in second
    served = dataclasses.replace(
        named, facts=dataclasses.replace(named.facts, service=Service("gradio", 7860, PLACE))
    )
    assert any(f"--config {DEPLOYMENT}" in one for one in gradient.next_steps(served, Settings()))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data_directory": "data_dir"}, "leaves a new version of it at `/outputs/data`"),
        (
            {
                "data_directory": "data_dir",
                "data": (DataPath("titanic/train.csv", "read", "kaggle", (1,)),),
            },
            "the program reads it at `/inputs/data`",
        ),
        (
            {"data": (DataPath("model.bin", "read", "local", (1,)),)},
            "go into `tiny-work` and are copied",
        ),
        ({"output_directory": "output_dir"}, "Its results become a version of `tiny-results`"),
    ],
)
def test_notes_say_where_the_data_goes(
    make_migration: MakeMigration, change: dict[str, Any], words: str
) -> None:
    assert words in gradient.notes(make_migration(**change), Settings())
    assert words not in gradient.notes(make_migration(), Settings())


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
    options = job_options(workload(make_migration()))
    require_valid(options, "gradient-job")
    with pytest.raises(InternalError, match="gradient-job"):
        require_valid({**options, **change}, "gradient-job")


@pytest.mark.parametrize(
    "name", ["nb2prod", "gradient-workflow", "gradient-job", "gradient-deployment"]
)
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
