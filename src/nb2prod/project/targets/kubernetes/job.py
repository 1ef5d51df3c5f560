"""The Job: once, by the clock, or on several machines at once.

A run writes in its own directories, and may write elsewhere, so none is tried a second time by
itself: `backoffLimit` is 0, and `restartPolicy` is `Never`.
"""

from __future__ import annotations

from typing import Any

from nb2prod.project.targets.kubernetes.pod import pod
from nb2prod.project.targets.kubernetes.words import labels, object_name
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload

# PyTorch's own default.
MASTER_PORT = 29500
_WEEK = 7 * 24 * 3600
_LATE = 3600
_INDEX = "metadata.annotations['batch.kubernetes.io/job-completion-index']"
_JOB = "metadata.labels['batch.kubernetes.io/job-name']"


def job(workload: Workload, settings: Settings) -> dict[str, object]:
    """The Job that runs the program once; it goes with its Pods a week after it ended."""
    spec = _job_spec(workload, settings)
    spec["ttlSecondsAfterFinished"] = _WEEK
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": _metadata(workload),
        "spec": _in_order(spec),
    }


def cron_job(workload: Workload, settings: Settings) -> dict[str, object]:
    """The CronJob that runs the program by `settings.schedule`, in UTC, never twice at once."""
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": _metadata(workload),
        "spec": {
            "schedule": settings.schedule,
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": _LATE,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {
                "metadata": {"labels": labels(object_name(workload.name))},
                "spec": _in_order(_job_spec(workload, settings)),
            },
        },
    }


def meeting_place(workload: Workload) -> dict[str, object]:
    """The headless Service that gives the machines of one run names to find each other by."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(workload),
        "spec": {
            "clusterIP": "None",
            # They look for each other before they are ready.
            "publishNotReadyAddresses": True,
            "selector": labels(object_name(workload.name)),
        },
    }


def node_variables(workload: Workload) -> list[dict[str, object]]:
    """What tells each of several machines which one it is and where the first is.

    PyTorch's `env://` reads MASTER_ADDR, MASTER_PORT, RANK, WORLD_SIZE and LOCAL_RANK, one process
    for each machine; `torchrun` takes PET_… for options that its command line lacks. Lightning
    starts its processes itself from MASTER_ADDR, MASTER_PORT and NODE_RANK; LOCAL_RANK would tell
    it that another has started them, and so would RANK and WORLD_SIZE its versions 1.
    """
    if workload.nodes is None:
        return []
    name, machines = object_name(workload.name), str(workload.nodes.machines)
    address, port = f"$(JOB_NAME)-0.{name}", str(MASTER_PORT)
    rank = {"valueFrom": {"fieldRef": {"fieldPath": _INDEX}}}
    found: list[dict[str, object]] = [
        {"name": "JOB_NAME", "valueFrom": {"fieldRef": {"fieldPath": _JOB}}},
        {"name": "MASTER_ADDR", "value": address},
        {"name": "MASTER_PORT", "value": port},
        {"name": "NNODES", "value": machines},
        {"name": "NODE_RANK", **rank},
    ]
    if workload.nodes.launcher != "lightning":
        found += [
            {"name": "WORLD_SIZE", "value": machines},
            {"name": "RANK", **rank},
            {"name": "LOCAL_RANK", "value": "0"},
        ]
    if workload.nodes.launcher == "torch":
        found += [
            {"name": "PET_MASTER_ADDR", "value": address},
            {"name": "PET_MASTER_PORT", "value": port},
            {"name": "PET_NNODES", "value": machines},
            {"name": "PET_NODE_RANK", **rank},
        ]
    return found


def _job_spec(workload: Workload, settings: Settings) -> dict[str, Any]:
    spec: dict[str, Any] = {"backoffLimit": 0}
    name = object_name(workload.name)
    template = pod(workload, settings, environment=node_variables(workload))
    if workload.nodes is not None:
        machines = workload.nodes.machines
        spec |= {"completionMode": "Indexed", "completions": machines, "parallelism": machines}
        template = {"subdomain": name, **template}
    if settings.timeout is not None:
        spec["activeDeadlineSeconds"] = settings.timeout
    spec["template"] = {"metadata": {"labels": labels(name)}, "spec": template}
    return spec


def _in_order(spec: dict[str, Any]) -> dict[str, Any]:
    """The long part last."""
    return {key: spec[key] for key in spec if key != "template"} | {"template": spec["template"]}


def _metadata(workload: Workload) -> dict[str, object]:
    name = object_name(workload.name)
    return {"name": name, "labels": labels(name)}
