"""The real command sends exactly what was meant. The request that arrived says so, and never the
exit code, which is 0 even when the service refuses.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import nb2prod
from nb2prod.project.targets import settings_of
from nb2prod.project.targets.gradient.deployment import deployment_spec
from nb2prod.project.targets.gradient.job import job_options
from nb2prod.project.targets.gradient.paths import DEPLOYMENT, JOB, WORKFLOW
from nb2prod.project.targets.gradient.workflow import workflow_spec
from nb2prod.project.targets.workload import workload
from nb2prod.project.yaml_text import yaml_text
from tests.gradient.client import API_KEY, VERSIONS, WITH_JOBS, Client
from tests.gradient.projects import (
    CHOSEN,
    EXAMPLES,
    OPTIONS,
    choose,
    serving_a_page,
    write_hostile,
)
from tests.gradient.server import Request, Server

pytestmark = [pytest.mark.gradient, pytest.mark.network, pytest.mark.slow]

Clients = Callable[[str], Client]

PLACEHOLDERS = {"<workflow id>": "workflow-1", "<project id>": "project-1"}
# Letters alone: it reads the same in JSON, in YAML and in an address.
VALUE = "TheSecretsOwnValue"

both_versions = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture(scope="session")
def chosen(
    corpus: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> list[nb2prod.Conversion]:
    """Converted once, for all tests."""
    return choose(corpus, tmp_path_factory.mktemp("chosen"))


@pytest.fixture(
    scope="module",
    params=[
        *(pytest.param(path, id=path.stem) for path in EXAMPLES),
        pytest.param("hostile", id="hostile"),
        *(pytest.param(i, id=f"corpus-{i}", marks=pytest.mark.corpus) for i in range(CHOSEN)),
    ],
)
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> nb2prod.Conversion:
    """A notebook, converted, with a filled-in `.env` beside it as its README asks for."""
    directory = tmp_path_factory.mktemp("project")
    if isinstance(request.param, int):
        project: nb2prod.Conversion = request.getfixturevalue("chosen")[request.param]
    else:
        path = request.param
        if path == "hostile":
            path = write_hostile(directory / "hostile.ipynb")
        project = nb2prod.convert(path, directory / "out", OPTIONS)
    lines = [f"{name}={value}\n" for name, value in variables(project).items()]
    (project.directory / ".env").write_text("".join(lines), encoding="utf-8")
    return project


def variables(project: nb2prod.Conversion) -> dict[str, str]:
    """The notebook's secrets as environment variables, all with the value that must stay here."""
    names = project.migration.program.configuration.secrets
    return {name: VALUE for name in names if name.isidentifier()}


def secrets_to_send(project: nb2prod.Conversion) -> dict[str, str]:
    """How the service is told of the notebook's secrets, as far as it has names for them."""
    names = project.migration.program.configuration.secrets
    return {n: f"secret:{n}" for n in names if re.fullmatch("[a-zA-Z][a-zA-Z0-9_]*", n)}


def comment_lines(text: str) -> list[str]:
    """The lines of the comment at the top of a YAML file, without the number signs."""
    head = re.match(r"(?:#.*\n)*", text)
    assert head is not None
    return [line.removeprefix("#").strip() for line in head[0].splitlines()]


def shown(text: str, beginning: str) -> list[str]:
    """The words of the one command that the file's comment shows with this beginning."""
    [line] = [line for line in comment_lines(text) if line.startswith(f"{beginning} ")]
    for placeholder, value in PLACEHOLDERS.items():
        line = line.replace(placeholder, value)
    assert not re.search("[<>]", line), f"a placeholder that is not known: {line}"
    return shlex.split(line)


def send(client: Client, server: Server, project: nb2prod.Conversion, command: list[str]) -> None:
    """Run a command as it is shown, where it is shown, with the secrets in its environment."""
    assert command[0] == "gradient"
    client.run(*command[1:], server=server, cwd=project.directory, variables=variables(project))


def check_sender(request: Request, version: str) -> None:
    """The request comes from that version of the real command, with the key it was given."""
    assert request.headers["ps_client_name"] == "gradient-cli"
    assert request.headers["ps_client_version"] == f"v{version}"
    assert request.headers["x-api-key"] == API_KEY


def check_secrets(project: nb2prod.Conversion, server: Server, sent: dict[str, object]) -> None:
    """Secrets are sent by name, all of them that have one there, and never by value."""
    wanted = secrets_to_send(project)
    assert {name: text for name, text in sent.items() if str(text).startswith("secret:")} == wanted
    assert VALUE not in repr(server.requests)


@both_versions
def test_the_workflow_arrives_as_meant(
    client: Clients, server: Server, project: nb2prod.Conversion, version: str
) -> None:
    text = (project.directory / WORKFLOW).read_text(encoding="utf-8")
    command = shown(text, "gradient workflows run")
    assert command[3:] == ["--id", "workflow-1", "--path", WORKFLOW]
    send(client(version), server, project, command)

    [request] = server.requests
    assert (request.method, request.path, request.query) == (
        "POST",
        "/workflows/workflow-1/runs",
        "",
    )
    check_sender(request, version)
    document = request.document()
    spec = document.pop("spec")
    options = project.migration.options
    assert spec == workflow_spec(workload(project.migration), settings_of(options))
    assert spec["on"] == {"github": {"branches": {"only": "main"}}}
    assert spec == yaml.safe_load(text)
    assert document == {"clusterId": None, "run": True, "markDefault": False}
    [job] = spec["jobs"].values()
    check_secrets(project, server, job.get("env", {}))


def test_the_job_arrives_as_meant(
    client: Clients, server: Server, project: nb2prod.Conversion
) -> None:
    text = (project.directory / JOB).read_text(encoding="utf-8")
    command = shown(text, "gradient jobs create")
    assert command[3:] == ["--optionsFile", JOB]
    send(client(WITH_JOBS), server, project, command)

    [request] = server.posts()
    assert (request.path, request.body) == ("/jobs/createJob/", b"")
    check_sender(request, WITH_JOBS)
    sent: dict[str, object] = dict(request.parameters())
    variables: dict[str, object] = {}
    if "envVars" in sent:
        sent["envVars"] = variables = json.loads(str(sent["envVars"]))
    assert sent == job_options(workload(project.migration))
    assert sent == yaml.safe_load(text)
    check_secrets(project, server, variables)
    # It asks for the address of the page to show, and nothing else.
    assert {(other.method, other.path) for other in server.requests if other != request} <= {
        ("GET", "/teams/namespace")
    }


@both_versions
@pytest.mark.parametrize("notebook", EXAMPLES, ids=lambda path: path.stem)
def test_the_workflow_is_made_as_shown(
    client: Clients, server: Server, tmp_path: Path, notebook: Path, version: str
) -> None:
    project = nb2prod.convert(notebook, tmp_path / "out", OPTIONS)
    text = (project.directory / WORKFLOW).read_text(encoding="utf-8")
    send(client(version), server, project, shown(text, "gradient workflows create"))
    [request] = server.requests
    assert (request.method, request.path) == ("POST", "/workflows")
    check_sender(request, version)
    name = project.migration.project
    assert request.document() == {"name": name, "projectId": "project-1"}


def older(spec: dict[str, Any]) -> dict[str, Any]:
    """A Deployment in the form that `gradient deployments create` was made for, which has a `port`
    and an `instanceType`, no `apiVersion`, and none of the newer keys.
    """
    resources = spec["resources"]
    kept = {key: spec[key] for key in ("image", "command", "env", "containerRegistry")}
    return {
        **kept,
        "port": resources["ports"][0],
        "resources": {
            "replicas": resources["replicas"],
            "instanceType": resources["machineType"],
        },
    }


@both_versions
def test_a_deployment_arrives_in_the_older_form(
    client: Clients, server: Server, tmp_path: Path, version: str
) -> None:
    """The command sends any form as it is, and the service behind it took the older one alone: the
    current one, in deployment.yaml, is held to its schema as it is written.
    """
    migration, files = serving_a_page(tmp_path / "page.ipynb")
    current = deployment_spec(workload(migration), settings_of(migration.options))
    assert yaml.safe_load(files[DEPLOYMENT]) == current
    assert current is not None
    document = older(current)
    (tmp_path / "older.yaml").write_text(yaml_text(document), encoding="utf-8")
    command = ["--name", "page", "--projectId", "project-1", "--spec", "older.yaml"]
    client(version).run("deployments", "create", *command, server=server, cwd=tmp_path)

    [request] = server.posts()
    assert request.path == "/graphql"
    assert request.headers["authorization"] == f"Bearer {API_KEY}"
    sent = request.document()["variables"]["input"]
    assert sent == {
        "name": "page",
        "projectId": "project-1",
        "clusterId": None,
        "spec": document,
    }
    assert sent["spec"]["port"] == 7860


def test_the_readme_shows_the_same_commands(project: nb2prod.Conversion) -> None:
    """Those at the top of the files are run above; the README shows no others."""
    readme = (project.directory / "README.md").read_text(encoding="utf-8")
    commands = [
        " ".join(found.split()) for found in re.findall(r"`(gradient [^`]+ --[^`]+)`", readme)
    ]
    assert commands
    heads = [(project.directory / name).read_text(encoding="utf-8") for name in (WORKFLOW, JOB)]
    known = {line for head in heads for line in comment_lines(head)}
    assert set(commands) <= known
