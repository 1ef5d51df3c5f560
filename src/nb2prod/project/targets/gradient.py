"""Paperspace Gradient: a Workflow with one job, and the options file of the retired `gradient jobs
create`.

What the service takes, and what is known of its state, is in the published schemas' descriptions
and in the generated README.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from nb2prod.data.machines import machine_for
from nb2prod.errors import InternalError, InvalidSpec, TargetCannotRun
from nb2prod.migration import Migration
from nb2prod.project.interface import Interface, interface
from nb2prod.project.targets.gradient_check import JOB, WORKFLOW, check
from nb2prod.project.targets.secrets import SecretView, secrets
from nb2prod.project.yaml_text import yaml_text

PROJECT_ID = "REPLACE-WITH-YOUR-PROJECT-ID"


def files(migration: Migration) -> dict[str, str]:
    """`deploy/gradient/workflow.yaml` and `job.yaml`.

    Raises `TargetCannotRun` when the driver of Gradient's machines cannot start the image, as far
    as the tables know, and `InternalError` when a file is not what Gradient takes.
    """
    if migration.environment.cannot_run is not None:
        raise TargetCannotRun(f"{migration.environment.cannot_run}.")
    workflow, job = workflow_spec(migration), job_options(migration)
    written = {
        WORKFLOW: yaml_text(workflow, _workflow_comments(migration)),
        JOB: yaml_text(job, _job_comments(migration)),
    }
    try:
        validate(written, machine(migration) if migration.options.machine_unchecked else None)
    except InvalidSpec as error:
        raise InternalError(str(error)) from error
    return written


def validate(files: Mapping[str, str], unchecked: str | None = None) -> None:
    """Refuse spec files that Gradient would not take, or take and not run as meant.

    `unchecked` is a machine that the user vouches for: it need not be a documented one.

    `files` holds the text of both by relative path. Raises `InvalidSpec` with the file, the place
    and what to write instead: the `gradient` command itself checks nothing and sends what it gets.
    """
    check(files, unchecked)


def machine(migration: Migration) -> str:
    """The name of the machine that the job runs on."""
    return migration.environment.machine or machine_for(migration.environment.gpu).name


def workflow_spec(migration: Migration) -> dict[str, object]:
    """The Workflow as plain values."""
    found = interface(migration.program.configuration)
    # The whole command: it is right both behind the image's entry point and in its place.
    container: dict[str, object] = {"image": migration.image, "args": _command(migration, found)}
    job: dict[str, object] = {"uses": "container@v1", "with": container}
    environment = {secret.name: f"secret:{secret.name}" for secret in _carried(migration)}
    if found.data_from is not None:
        environment |= {found.data_from.variable: "/inputs/data", "DATA_DIR": "/outputs/data"}
        job["inputs"] = {"data": _dataset(migration, "data")}
    if found.directory("output") is not None:
        environment["OUTPUT_DIR"] = "/outputs/results"
    if environment:
        job["env"] = environment
    outputs = {name: _dataset(migration, name) for name in output_datasets(migration)}
    if outputs:
        job["outputs"] = outputs
    return {
        "defaults": {"resources": {"instance-type": machine(migration)}},
        "jobs": {migration.project: job},
    }


def job_options(migration: Migration) -> dict[str, object]:
    """The options of `gradient jobs create` as plain values."""
    found = interface(migration.program.configuration)
    options: dict[str, object] = {
        "name": migration.project,
        "projectId": PROJECT_ID,
        "machineType": machine(migration),
        "container": migration.image,
        "command": shlex.join(_command(migration, found)),
    }
    environment = {secret.name: f"secret:{secret.name}" for secret in _carried(migration)}
    for directory in found.directories:
        if directory.container is not None:
            environment[directory.variable] = f"/storage/{migration.project}/{directory.default}"
    if environment:
        options["envVars"] = environment
    return options


def output_datasets(migration: Migration) -> list[str]:
    """The names of the outputs that the Workflow keeps as datasets."""
    found = interface(migration.program.configuration)
    names = ["data"] if found.directory("data") is not None else []
    return [*names, "results"] if found.directory("output") is not None else names


def dataset_reference(migration: Migration, name: str) -> str:
    """The name of a dataset on Gradient."""
    return f"{migration.project}-{name}"


def _dataset(migration: Migration, name: str) -> dict[str, object]:
    return {"type": "dataset", "with": {"ref": dataset_reference(migration, name)}}


def _command(migration: Migration, found: Interface) -> list[str]:
    options = [word for option in found.options for word in option.arguments()]
    return ["python", "-m", migration.package, *options]


def _carried(migration: Migration) -> list[SecretView]:
    return [secret for secret in secrets(migration) if secret.on_gradient]


def _left_out(migration: Migration) -> list[str]:
    return [
        f"The secret {secret.name} is left out: "
        "Gradient's names are letters, digits and _, a letter first."
        for secret in secrets(migration)
        if not secret.on_gradient
    ]


def _workflow_comments(migration: Migration) -> tuple[str, ...]:
    lines = [
        f"{migration.project} as a Paperspace Gradient Workflow with one job. Submit it with",
        "  gradient workflows run --id <workflow id> --path deploy/gradient/workflow.yaml",
        "README.md says what is known of Gradient's state. What has to exist before:",
        "- a Workflow, which this makes:",
        f"  gradient workflows create --name {migration.project} --projectId <project id>",
        f"- the image {migration.image}, in a registry that Gradient can pull it from",
    ]
    lines += [
        f"- the dataset {dataset_reference(migration, name)}" for name in output_datasets(migration)
    ]
    lines += [f"- the secret {secret.name}" for secret in _carried(migration)]
    lines += _left_out(migration)
    if interface(migration.program.configuration).options:
        lines.append(
            "args ends in every option at the notebook's own value; change or delete what you like."
        )
    return tuple(lines)


def _job_comments(migration: Migration) -> tuple[str, ...]:
    lines = [
        "LEGACY: the options file of `gradient jobs create`, which only version 1.11.0 of the",
        "gradient command and older ones have. Gradient has no jobs now; prefer workflow.yaml.",
        "  gradient jobs create --optionsFile deploy/gradient/job.yaml",
        "projectId is a placeholder for the id of your own project.",
    ]
    if any(found.container for found in interface(migration.program.configuration).directories):
        lines.append(
            "The directories lie on Gradient's shared storage, which a job saw as /storage."
        )
    return (*lines, *_left_out(migration))
