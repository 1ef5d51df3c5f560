"""The Deployment of what serves something, and what is refused in one."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from nb2prod.analysis.facts import Service
from nb2prod.errors import InvalidSpec
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets import gradient
from nb2prod.project.targets.gradient.deployment import deployment_comments, deployment_spec
from nb2prod.project.targets.gradient.paths import DEPLOYMENT, JOB, WORKFLOW
from nb2prod.project.targets.target import Settings
from tests.project.targets.workloads import DATA, OUTPUT, WORK, MakeWorkload

PLACE = Location(3, 1)
GRADIO = Service("gradio", 7860, PLACE, (("GRADIO_SERVER_NAME", "0.0.0.0"),))
HEALTHY = Service("fastapi", 8000, PLACE, health="/docs")
LOCAL = Service("flask", 5000, PLACE, local=True)


def said(make_workload: MakeWorkload, **changes: Any) -> str:
    return " ".join(deployment_comments(make_workload(**changes)))


def test_what_serves_nothing_has_none(
    make_workload: MakeWorkload, make_migration: Callable[..., Migration]
) -> None:
    assert deployment_spec(make_workload()) is None
    assert DEPLOYMENT not in gradient.files(make_migration())


def test_the_whole(make_workload: MakeWorkload) -> None:
    secrets = (
        SecretView("TOKEN", "", required=True, usable=True),
        SecretView("_no", "", required=True, usable=True),
    )
    found = make_workload(
        arguments=("--top", "3", "--greeting", "{{ x }}"), secrets=secrets, service=GRADIO
    )
    probe = {"path": "/", "port": 7860, "timeoutSeconds": 5}
    assert deployment_spec(found, Settings(pull_secret="team")) == {
        "apiVersion": "v1",
        "name": "train",
        "image": "registry.example.invalid/train:1",
        "enabled": True,
        "containerRegistry": "team",
        "command": ["python", "-m", "train", "--top", "3"],
        "env": [
            {"name": "TOKEN", "value": "secret:TOKEN"},
            {"name": "GRADIO_SERVER_NAME", "value": "0.0.0.0"},
        ],
        "healthChecks": {
            "startup": {**probe, "periodSeconds": 10, "failureThreshold": 360},
            "readiness": {**probe, "periodSeconds": 10, "failureThreshold": 3},
            "liveness": {**probe, "periodSeconds": 30, "failureThreshold": 5},
        },
        "resources": {
            "machineType": "C6",
            "ports": [7860],
            "replicas": 1,
            "autoscaling": {
                "enabled": False,
                "maxReplicas": 3,
                "metrics": [{"metric": "cpu", "summary": "average", "value": 80}],
            },
        },
    }


def test_what_a_service_sets_wins_over_a_secret_of_that_name(make_workload: MakeWorkload) -> None:
    name = "GRADIO_SERVER_NAME"
    secrets = (SecretView(name, "", required=True, usable=True),)
    made = deployment_spec(make_workload(secrets=secrets, service=GRADIO))
    assert made is not None
    assert made["env"] == [{"name": name, "value": "0.0.0.0"}]


def test_a_path_of_its_own_is_asked_for_health(make_workload: MakeWorkload) -> None:
    made: Any = deployment_spec(make_workload(service=HEALTHY))
    assert {probe["path"] for probe in made["healthChecks"].values()} == {"/docs"}
    assert "env" not in made


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"service": LOCAL}, "LISTENS TO ITS OWN MACHINE ALONE (cell 3 line 1 of the notebook)"),
        ({"volumes": (DATA, WORK)}, "there is nothing in /data here"),
        ({"volumes": (WORK, OUTPUT)}, "What the program writes goes with its container."),
        ({"arguments": ("--x", "a $(HOME)")}, "--x is left out"),
        ({"arguments": ("--x", "a")}, "command ends in every option"),
    ],
)
def test_comments(make_workload: MakeWorkload, changes: dict[str, Any], words: str) -> None:
    assert words in said(make_workload, **{"service": GRADIO, **changes})
    assert words not in said(make_workload, service=GRADIO)


@pytest.mark.parametrize("service", [GRADIO, HEALTHY, LOCAL], ids=lambda one: one.kind)
def test_it_is_written_and_valid(churn_migration: Migration, service: Service) -> None:

    made = dataclasses.replace(
        churn_migration, facts=dataclasses.replace(churn_migration.facts, service=service)
    )
    settings = Settings(pull_secret="team", timeout=60, on_push="main", schedule="@daily")
    files = gradient.files(made, settings)
    gradient.validate(files, settings)
    assert list(files) == [WORKFLOW, JOB, DEPLOYMENT]
    assert "`gradient deployments create` takes only" in gradient.notes(made, settings)


GOOD = {
    "apiVersion": "v1",
    "name": "train",
    "image": "registry.example.invalid/train:1",
    "env": [{"name": "TOKEN", "value": "secret:TOKEN"}],
    "healthChecks": {"readiness": {"path": "/", "port": 80}},
    "resources": {
        "machineType": "A4000",
        "ports": [80],
        "replicas": 2,
        "autoscaling": {
            "maxReplicas": 3,
            "metrics": [{"metric": "requestDuration", "summary": "average", "value": 0.15}],
        },
    },
}

Where = tuple[str | int, ...]
# Where, what is written there, and what the message has to say.
REFUSED: list[tuple[Where, object, tuple[str, ...]]] = [
    (("apiVersion",), "v0alpha0", ("$.apiVersion", "v0alpha0")),
    (("port",), 80, ("'port' is not known",)),
    (("models",), [], ("'models' is not known",)),
    (("containerRegistri",), "x", ("'containerRegistry' is near it",)),
    (("resources", "instanceType"), "A4000", ("$.resources", "'instanceType'")),
    (("resources", "machineType"), "A400", ("$.resources.machineType", "'A4000' is near it")),
    (("resources", "ports"), [], ("$.resources.ports",)),
    (("resources", "ports"), ["80"], ("$.resources.ports[0]",)),
    (("resources", "ports"), [8080], ("$.healthChecks.readiness.port", "80")),
    (("resources", "ports"), [70000], ("$.resources.ports[0]", "70000")),
    (("resources", "replicas"), 4, ("$.resources.autoscaling.maxReplicas", "3")),
    (("resources", "replicas"), -1, ("$.resources.replicas",)),
    (("resources", "autoscaling", "metrics", 0, "metric"), "cpus", ("'cpu' is near it",)),
    (("resources", "autoscaling", "metrics", 0, "summary"), "max", ("summary", "'max'")),
    (("healthChecks", "readyness"), {"path": "/"}, ("'readiness' is near it",)),
    (("healthChecks", "readiness"), {"port": 80}, ("$.healthChecks.readiness",)),
    (("healthChecks", "readiness", "path"), "health", ("'health' is not a path that begins",)),
    (("healthChecks", "readiness", "periodSeconds"), 0, ("periodSeconds",)),
    (("env", 0, "value"), 1, ("$.env[0].value", "string")),
    (("env", 0, "value"), "secret:my-token", ("$.env[0].value", "'secret:my-token'")),
    (("env", 0, "name"), "A B", ("$.env[0].name", "'A B' is not the name of a variable")),
    (
        ("env",),
        [{"name": "A", "value": "a"}, {"name": "A", "value": "b"}],
        ("$.env", "'A'", "twice"),
    ),
    (("env",), {"A": "a"}, ("$.env", "array")),
    (("basicAuthKey",), "hunter", ("$.basicAuthKey", "secret:NAME")),
    (("basicAuthKey",), "secret:1st", ("$.basicAuthKey", "secret:1st")),
    (("command",), "python -m train", ("$.command", "array")),
    (("image",), "a b", ("$.image", "'a b'")),
    (("name",), " ", ("$.name",)),
    (("integrations",), [{"type": "dataset"}], ("$.integrations[0].type", "dataset")),
]


def changed(where: Where, what: object) -> dict[str, str]:
    """The files of a small project, with this at that place of its Deployment."""
    document: Any = copy.deepcopy(GOOD)
    holder = document
    for key in where[:-1]:
        holder = holder[key]
    holder[where[-1]] = what
    return files_with(document)


def files_with(document: object) -> dict[str, str]:
    workflow = {
        "defaults": {"resources": {"instance-type": "C6"}},
        "jobs": {"train": {"uses": "container@v1", "with": {"image": "a"}}},
    }
    job = {"name": "a", "projectId": "b", "machineType": "C6", "container": "c", "command": "d"}
    return {
        WORKFLOW: yaml.safe_dump(workflow),
        JOB: yaml.safe_dump(job),
        DEPLOYMENT: yaml.safe_dump(document),
    }


@pytest.mark.parametrize(("where", "what", "words"), REFUSED)
def test_refused(where: Where, what: object, words: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSpec) as caught:
        gradient.validate(changed(where, what))
    assert str(caught.value).startswith(f"{DEPLOYMENT}: ")
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("key", ["apiVersion", "name", "image", "resources"])
def test_a_key_is_missing(key: str) -> None:
    with pytest.raises(InvalidSpec, match=key):
        gradient.validate(files_with({k: v for k, v in GOOD.items() if k != key}))


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (("apiVersion",), "latest"),
        (("resources", "machineType"), "H100x4"),
        (("resources", "replicas"), 0),
        (("healthChecks",), {"liveness": {"exec": {"command": ["true"]}}}),
        (("basicAuthKey",), "secret:KEY"),
        (("command",), ["sh", "-c", "secret:no-variable"]),
        (("integrations",), [{"type": "s3", "url": "s3://a", "accessKey": "secret:KEY"}]),
    ],
)
def test_accepted(where: Where, what: object) -> None:
    gradient.validate(changed(where, what))


def test_a_machine_that_the_user_vouches_for_is_accepted() -> None:
    files = changed(("resources", "machineType"), "L40S-1")
    gradient.validate(files, Settings(unchecked_machine="L40S-1"))
