"""Paperspace Gradient: a Workflow, a Deployment for what serves something, and the options file of
the retired `gradient jobs create`.

What the service takes, and what is known of its state, is in the published schemas' descriptions
and in the generated README.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2prod.data.machines import PROVIDER
from nb2prod.errors import TargetCannotRun
from nb2prod.migration import Migration
from nb2prod.project.targets.gradient import said, sectioned
from nb2prod.project.targets.gradient.check import check
from nb2prod.project.targets.gradient.datasets import require_known
from nb2prod.project.targets.gradient.deployment import deployment_comments, deployment_spec
from nb2prod.project.targets.gradient.job import job_comments, job_options
from nb2prod.project.targets.gradient.paths import DEPLOYMENT, JOB, WORKFLOW
from nb2prod.project.targets.gradient.workflow import workflow_comments, workflow_spec
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.workload import workload
from nb2prod.project.yaml_text import yaml_text

name = PROVIDER
title = "Paperspace Gradient"
summary = "a Workflow for Paperspace Gradient, a Deployment for what serves, and a retired job"
jobs_per_section = True


def files(migration: Migration, settings: Settings = DEFAULT) -> dict[str, str]:
    """`deploy/gradient/workflow.yaml` and `job.yaml`, and `deployment.yaml` for what serves
    something.

    Raises `TargetCannotRun` when the driver of Gradient's machines cannot start the image, as far
    as the tables know, and `InternalError` when the Workflow has a dataset that is none of the
    program's directories.
    """
    if migration.environment.cannot_run is not None:
        raise TargetCannotRun(
            f"{migration.environment.cannot_run}; or leave Gradient out with --target kubernetes,"
            " where the cluster's own driver decides."
        )
    found = workload(migration)
    workflow = workflow_spec(found, settings)
    said_of_jobs: tuple[str, ...] = ()
    if settings.jobs_per_section:
        workflow["jobs"] = sectioned.jobs_of(migration, found)
        said_of_jobs = sectioned.comments(migration)
    require_known(workflow, found)
    written = {
        WORKFLOW: yaml_text(workflow, (*workflow_comments(found, settings), *said_of_jobs)),
        JOB: yaml_text(job_options(found, settings), job_comments(found, settings)),
    }
    deployment = deployment_spec(found, settings)
    if deployment is not None:
        written[DEPLOYMENT] = yaml_text(deployment, deployment_comments(found, settings))
    return written


def validate(files: Mapping[str, str], settings: Settings = DEFAULT) -> None:
    """Refuse spec files that Gradient would not take, or take and not run as meant.

    `files` holds the texts by relative path; `deployment.yaml` may be missing. Raises `InvalidSpec`
    with the file, the place and what to write instead: the `gradient` command itself checks nothing
    and sends what it gets.

    A path below /inputs or /outputs in a job's variables has to be one that the job declares; that
    a declared dataset is one of the program's directories, only `files` can know and sees to.
    """
    check(files, settings.unchecked_machine)


def next_steps(migration: Migration, settings: Settings) -> Sequence[str]:
    """How the Workflow is submitted, and whether that works."""
    return said.steps(workload(migration), settings)


def notes(migration: Migration, settings: Settings) -> str:
    """What is known of Gradient's state."""
    of_jobs = sectioned.notes(migration) if settings.jobs_per_section else ""
    return said.notes(migration, settings) + of_jobs
