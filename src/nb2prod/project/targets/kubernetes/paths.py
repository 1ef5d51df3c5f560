"""Where the files lie, and which of them a run needs."""

from __future__ import annotations

from typing import Literal

from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload

DIRECTORY = "deploy/kubernetes"
KUSTOMIZATION = f"{DIRECTORY}/kustomization.yaml"
JOB = f"{DIRECTORY}/job.yaml"
CRON_JOB = f"{DIRECTORY}/cronjob.yaml"
DEPLOYMENT = f"{DIRECTORY}/deployment.yaml"
SERVICE = f"{DIRECTORY}/service.yaml"
CLAIMS = f"{DIRECTORY}/claims.yaml"
COPIER = f"{DIRECTORY}/files.yaml"
"""Not a resource of the kustomization: it is there only while files are copied."""

Kind = Literal["Job", "CronJob", "Deployment"]
RUNS: dict[str, Kind] = {JOB: "Job", CRON_JOB: "CronJob", DEPLOYMENT: "Deployment"}


def in_directory(path: str) -> str:
    """The path as a kustomization beside it writes it."""
    return path.removeprefix(f"{DIRECTORY}/")


def runs_as(workload: Workload, settings: Settings) -> Kind:
    """What runs the program. What runs by the clock ends, and so does a training on several
    machines: neither goes on serving.
    """
    if settings.schedule is not None:
        return "CronJob"
    if workload.service is not None and workload.nodes is None:
        return "Deployment"
    return "Job"
