"""What the user is told: the steps to take, and what SkyPilot does with the project."""

from __future__ import annotations

from collections.abc import Sequence

from nb2prod.migration import Migration
from nb2prod.project.markdown import code
from nb2prod.project.quoting import rendered
from nb2prod.project.targets.skypilot import commands, paperspace
from nb2prod.project.targets.skypilot.names import DOCKER_LOGIN, bucket_name, task_name
from nb2prod.project.targets.skypilot.paths import TASK
from nb2prod.project.targets.steps import push
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.uploads import UPLOADED, upload_sentence, upload_words
from nb2prod.project.targets.workload import Workload, workload


def steps(found: Workload, settings: Settings) -> Sequence[str]:
    """What the user does, in order."""
    prepare = f"Make what the first lines of {code(TASK)} list, then"
    if found.uploads:
        run = f"{code('run')} in the file"
        asked = upload_sentence(code(upload_words(found)), code(UPLOADED), run)
        prepare = f"{asked} {prepare}"
    said = [
        "`pip install 'skypilot[paperspace]'` (or the providers that you have), then `sky check`.",
        push(found, "a rented machine"),
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
        machines=found.nodes.machines if found.nodes is not None else 0,
        launcher=found.nodes.launcher if found.nodes is not None else "",
        place=str(found.nodes.location) if found.nodes is not None else "",
        processes=found.gpu.count if found.gpu is not None else 1,
        timeout=settings.timeout if found.service is None else None,
        login=DOCKER_LOGIN if settings.pull_secret is not None else (),
        schedule=settings.schedule,
        crontab=(
            commands.crontab(found, settings)
            if settings.schedule is not None and found.service is None
            else None
        ),
    )
