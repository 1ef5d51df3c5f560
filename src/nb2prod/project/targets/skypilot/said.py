"""What the user is told: the steps to take, and what SkyPilot does with the project."""

from __future__ import annotations

from collections.abc import Sequence

from nb2prod.migration import Migration
from nb2prod.project.markdown import code
from nb2prod.project.quoting import rendered
from nb2prod.project.targets.skypilot import commands, paperspace
from nb2prod.project.targets.skypilot.names import DOCKER_LOGIN, bucket_name, task_name
from nb2prod.project.targets.skypilot.paths import TASK
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload, workload


def steps(found: Workload, settings: Settings) -> Sequence[str]:
    """What the user does, in order."""
    push = f"Push the image {code(found.image)} to a registry that a rented machine can pull from"
    if "/" not in found.image:
        example = f"--image registry.example/you/{found.name}:1"
        push += f", under a full name: convert again with {code(example)}, or edit the files"
    prepare = f"Make what the first lines of {code(TASK)} list, then"
    said = [
        "`pip install 'skypilot[paperspace]'` (or the providers that you have), then `sky check`.",
        f"{push}.",
        f"{prepare} {code(commands.launch(found, settings))}.",
    ]
    if found.service is None:
        line = code(commands.launch_job(found, settings))
        said.append(f"Or as a managed job, which outlives a lost machine: {line}")
    if found.gpu is None or paperspace.accelerator(found) is not None:
        line = code(commands.launch_paperspace(found))
        said.append(f"Or on a machine of Paperspace, without registry and bucket: {line}")
    return said


def notes(migration: Migration, settings: Settings) -> str:
    """The rest, for the README."""
    found = workload(migration)
    return rendered(
        "targets/skypilot.md.j2",
        name=task_name(found),
        bucket=bucket_name(found),
        served=found.service is not None,
        paperspace=found.gpu is None or paperspace.accelerator(found) is not None,
        gpu=found.gpu.name if found.gpu is not None else None,
        gpus=found.gpu.count if found.gpu is not None else 0,
        timeout=settings.timeout,
        login=DOCKER_LOGIN if settings.pull_secret is not None else (),
        crontab=commands.crontab(found, settings) if settings.schedule is not None else None,
    )
