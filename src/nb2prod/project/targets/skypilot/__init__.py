"""SkyPilot: a task that runs the image on a machine of one of many providers, the same as a managed
job, and a task for Paperspace's machines that needs no image.

What SkyPilot takes is read off version 0.14.1; nothing here was tried against a provider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2prod.migration import Migration
from nb2prod.project.targets.skypilot import comments, paperspace, said
from nb2prod.project.targets.skypilot import task as image
from nb2prod.project.targets.skypilot.check import check
from nb2prod.project.targets.skypilot.paths import JOB, PAPERSPACE, TASK
from nb2prod.project.targets.skypilot.text import text
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.workload import workload

name = "skypilot"
title = "SkyPilot"
summary = "tasks for SkyPilot, which rents machines at Paperspace, Lambda, large clouds and others"
ignores = ("on_push", "jobs_per_section")


def files(migration: Migration, settings: Settings = DEFAULT) -> dict[str, str]:
    """`deploy/skypilot/task.yaml`; `job.yaml`, unless the notebook serves something; and
    `paperspace.yaml`, where SkyPilot knows a machine of Paperspace with such GPUs.
    """
    found = workload(migration)
    written = {TASK: text(image.task(found, settings), comments.of_task(found, settings))}
    job = image.job(found, settings)
    if job is not None:
        written[JOB] = text(job, comments.of_job(found, settings))
    installed = paperspace.task(found, paperspace.installation(migration), settings)
    if installed is not None:
        written[PAPERSPACE] = text(installed, comments.of_paperspace(found, settings))
    return written


def validate(files: Mapping[str, str], settings: Settings = DEFAULT) -> None:
    """Refuse tasks that SkyPilot would not take, or take and not run as meant.

    `files` holds the texts by relative path; all but `task.yaml` may be missing. Raises
    `InvalidSpec` with the file, the place and what to write instead.
    """
    check(files)


def next_steps(migration: Migration, settings: Settings) -> Sequence[str]:
    """How the task is launched, and where its results are."""
    return said.steps(workload(migration), settings)


def notes(migration: Migration, settings: Settings) -> str:
    """What SkyPilot does with the image, and with Paperspace."""
    return said.notes(migration, settings)
