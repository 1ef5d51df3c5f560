"""The command lines that the comments, the steps and the README show."""

from __future__ import annotations

import shlex

from nb2prod.project.targets.skypilot.names import DOCKER_LOGIN, carried, task_name
from nb2prod.project.targets.skypilot.paths import JOB, PAPERSPACE, RUN, TASK
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload
from nb2prod.schedule import crontab_fields


def launch(workload: Workload, settings: Settings, infra: str | None = None) -> str:
    """Run the task, at the provider `infra` or anywhere, and give its machine back when it ends."""
    where = ["--infra", infra] if infra is not None else []
    down = [] if workload.service is not None else ["--down"]
    words = ["sky", "launch", *where, "--cluster", task_name(workload), *down]
    return shlex.join([*words, *secrets(workload, settings), TASK])


def launch_job(workload: Workload, settings: Settings) -> str:
    """Submit the managed job."""
    return shlex.join(["sky", "jobs", "launch", *secrets(workload, settings), JOB])


def launch_paperspace(workload: Workload) -> str:
    """Run the task on a machine of Paperspace, which stays."""
    words = ["sky", "launch", "--cluster", task_name(workload), *_filled(workload), PAPERSPACE]
    return shlex.join(words)


def fetch(workload: Workload) -> str:
    """Bring what the program left on a machine without a bucket."""
    return shlex.join(["rsync", "--archive", f"{task_name(workload)}:{RUN}/", "results/"])


def crontab(workload: Workload, settings: Settings) -> str:
    """The line of a crontab that submits the job when the schedule says."""
    words = ["sky", "jobs", "launch", "--yes", "--detach-run", *secrets(workload, settings), JOB]
    return (
        f"{crontab_fields(settings.schedule or '')} cd /path/of/the/project && {shlex.join(words)}"
    )


def secrets(workload: Workload, settings: Settings) -> list[str]:
    """The options that give secrets their values: from `.env`, and of the registry from the
    environment of whoever launches.
    """
    login = DOCKER_LOGIN if settings.pull_secret is not None else ()
    return [*_filled(workload), *(word for name in login for word in ("--secret", name))]


def _filled(workload: Workload) -> list[str]:
    """`--env-file` would put the values among the plain variables as well."""
    return ["--secret-file", ".env"] if carried(workload) else []
