"""What the real command makes of input that is wrong; and the same input is refused here first.

The first half of each row is why no exit code is trusted: most of this is sent, and ends with 0.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from nb2prod.errors import InvalidSpec
from nb2prod.project.targets.gradient import validate
from tests.gradient.client import VERSIONS, WITH_JOBS, Client
from tests.gradient.server import Server

pytestmark = [pytest.mark.gradient, pytest.mark.network, pytest.mark.slow]

Clients = Callable[[str], Client]

WORKFLOW = "deploy/gradient/workflow.yaml"
JOB = "deploy/gradient/job.yaml"
RUN = ("workflows", "run", "--id", "workflow-1", "--path", WORKFLOW)
CREATE = ("jobs", "create", "--optionsFile", JOB)
IMAGE = "registry.example.invalid/train:1"


def workflow(
    machine: str = "A4000", image: str | None = IMAGE, **changes: object
) -> dict[str, object]:
    """A Workflow that is right, with these differences in its job."""
    container = {"args": ["python"]} if image is None else {"image": image}
    return {
        "defaults": {"resources": {"instance-type": machine}},
        "jobs": {"train": {"uses": "container@v1", "with": container, **changes}},
    }


def job(**changes: object) -> dict[str, object]:
    """The options of a job that is right, with these differences; None takes a key out."""
    options = {
        "name": "train",
        "projectId": "project-1",
        "machineType": "A4000",
        "container": IMAGE,
        "command": "python -m train",
        **changes,
    }
    return {key: value for key, value in options.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Row:
    """One mistake. `written` is the file's content, None where the file is missing.

    `sent` is what arrives, None where nothing does; `code` and `says` are how the command ends.
    `words` are in the message of our refusal, beside the file's name.
    """

    written: object
    sent: Mapping[str, object] | None
    code: int
    says: str
    words: tuple[str, ...]

    @property
    def text(self) -> str | None:
        written = self.written
        return written if written is None or isinstance(written, str) else yaml.safe_dump(written)


BROKEN = "name: [train\nprojectId: x\n"
RUNS = "Created workflow run"
CREATED = "New job created with ID"


def accepted_workflow(written: dict[str, object], *words: str) -> Row:
    """A Workflow that the command sends as it is, and says that it runs."""
    return Row(written, written, 0, RUNS, words)


WORKFLOWS = {
    "no jobs": accepted_workflow({"foo": 1}, "foo", "not known"),
    "key misspelt": accepted_workflow(workflow(ouputs={}), "train", "ouputs", "outputs"),
    "container missing": accepted_workflow(workflow(image=None), "train.with", "image"),
    "machine unknown": accepted_workflow(workflow("A400"), "instance-type", "A400", "A4000"),
    "number in env": accepted_workflow(workflow(env={"SEED": 1}), "train.env.SEED", "string"),
    "env is text": accepted_workflow(workflow(env="SEED=1"), "train.env", "SEED=1"),
    "secret's name": accepted_workflow(
        workflow(env={"TOKEN": "secret:my-token"}), "train.env.TOKEN", "my-token"
    ),
    "broken YAML": Row(BROKEN, None, 1, "Traceback", ("YAML", "line 2")),
    "file missing": Row(None, None, 0, "Source path not found", ("missing",)),
}

JOBS = {
    "machineType missing": Row(
        job(machineType=None), None, 2, "Missing option '--machineType'", ("machineType",)
    ),
    "machineType misspelt": Row(
        job(machineType=None, machineTypo="A4000"),
        None,
        2,
        "Missing option '--machineType'",
        ("machineTypo", "machineType"),
    ),
    "projectId missing": Row(
        job(projectId=None), None, 2, "Missing option '--projectId'", ("projectId",)
    ),
    # An image of somebody else's runs instead.
    "container missing": Row(
        job(container=None),
        job(container="paperspace/tensorflow-python"),
        0,
        CREATED,
        ("container",),
    ),
    "key unknown": Row(job(isPublik=True), job(), 0, CREATED, ("isPublik", "isPublic")),
    "machine unknown": Row(
        job(machineType="NOTAMACHINE"), job(machineType="NOTAMACHINE"), 0, CREATED, ("NOTAMACHINE",)
    ),
    "machine misspelt": Row(
        job(machineType="rtx5000"), job(machineType="rtx5000"), 0, CREATED, ("rtx5000", "RTX5000")
    ),
    "envVars is text": Row(
        job(envVars="SEED=1"), None, 2, "Invalid value for '--envVars'", ("envVars", "SEED=1")
    ),
    "envVars is a list": Row(
        job(envVars=["SEED=1"]), job(envVars=["SEED=1"]), 0, CREATED, ("envVars", "SEED=1")
    ),
    "number in envVars": Row(
        job(envVars={"SEED": 1}),
        job(envVars={"SEED": 1}),
        0,
        CREATED,
        ("envVars.SEED", "string"),
    ),
    "secret's name": Row(
        job(envVars={"TOKEN": "secret:1st"}),
        job(envVars={"TOKEN": "secret:1st"}),
        0,
        CREATED,
        ("envVars.TOKEN", "1st"),
    ),
    "broken YAML": Row(BROKEN, None, 1, "Traceback", ("YAML", "line 2")),
    "file missing": Row(None, None, 2, "does not exist", ("missing",)),
}

both_versions = pytest.mark.parametrize("version", VERSIONS)
workflows = pytest.mark.parametrize("row", WORKFLOWS.values(), ids=WORKFLOWS)
jobs = pytest.mark.parametrize("row", JOBS.values(), ids=JOBS)


def write(directory: Path, name: str, text: str | None) -> None:
    if text is not None:
        path = directory / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")


@both_versions
@workflows
def test_what_becomes_of_a_workflow(
    client: Clients, server: Server, tmp_path: Path, row: Row, version: str
) -> None:
    write(tmp_path, WORKFLOW, row.text)
    done = client(version).run(*RUN, server=server, cwd=tmp_path)
    sent = [request.document()["spec"] for request in server.requests]
    assert sent == ([] if row.sent is None else [row.sent])
    assert done.returncode == row.code
    assert row.says in done.stdout + done.stderr


@jobs
def test_what_becomes_of_a_job(client: Clients, server: Server, tmp_path: Path, row: Row) -> None:
    write(tmp_path, JOB, row.text)
    done = client(WITH_JOBS).run(*CREATE, server=server, cwd=tmp_path)
    sent: list[dict[str, object]] = [dict(request.parameters()) for request in server.posts()]
    for parameters in sent:
        if "envVars" in parameters:
            parameters["envVars"] = json.loads(str(parameters["envVars"]))
    assert sent == ([] if row.sent is None else [row.sent])
    assert done.returncode == row.code
    assert row.says in done.stdout + done.stderr


@workflows
def test_a_workflow_is_refused_before(row: Row) -> None:
    refused({WORKFLOW: row.text, JOB: yaml.safe_dump(job())}, WORKFLOW, row)


@jobs
def test_a_job_is_refused_before(row: Row) -> None:
    refused({WORKFLOW: yaml.safe_dump(workflow()), JOB: row.text}, JOB, row)


def refused(files: Mapping[str, str | None], path: str, row: Row) -> None:
    with pytest.raises(InvalidSpec) as caught:
        validate({name: text for name, text in files.items() if text is not None})
    for word in (path, *row.words):
        assert word in str(caught.value)


def test_what_the_rows_differ_from_is_right() -> None:
    """Otherwise every row would be refused for the same reason."""
    validate({WORKFLOW: yaml.safe_dump(workflow()), JOB: yaml.safe_dump(job())})


# What no file can tell beforehand: the network, and a command that has no jobs.
SENDINGS = [*((version, RUN) for version in VERSIONS), (WITH_JOBS, CREATE)]
sendings = pytest.mark.parametrize(
    ("version", "command"),
    SENDINGS,
    ids=lambda value: value if isinstance(value, str) else value[0],
)


@pytest.fixture
def right(tmp_path: Path) -> Path:
    """A directory with both files, both right."""
    for name, document in ((WORKFLOW, workflow()), (JOB, job())):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(yaml.safe_dump(document), encoding="utf-8")
    return tmp_path


@sendings
def test_a_refusal_by_the_service_ends_with_0(
    client: Clients, server: Server, right: Path, version: str, command: tuple[str, ...]
) -> None:
    server.refuse = True
    done = client(version).run(*command, server=server, cwd=right)
    assert len(server.posts()) == 1
    assert "refused by the test" in done.stdout + done.stderr
    assert done.returncode == 0


@sendings
def test_a_service_that_cannot_be_reached_ends_with_0(
    client: Clients, right: Path, version: str, command: tuple[str, ...]
) -> None:
    # The port is this test's own, and nothing listens on it.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = Server(f"http://127.0.0.1:{taken.getsockname()[1]}")
        done = client(version).run(*command, server=nobody, cwd=right)
    assert "Can't connect to Paperspace API" in done.stdout + done.stderr
    assert done.returncode == 0


def test_the_newer_command_has_no_jobs(client: Clients, server: Server, right: Path) -> None:
    [newer] = set(VERSIONS) - {WITH_JOBS}
    done = client(newer).run(*CREATE, server=server, cwd=right)
    assert server.requests == []
    assert "No such command 'jobs'" in done.stderr
    assert done.returncode == 2
