"""The Job: once, by the clock, or on several machines at once.

A run writes in its own directories, and may write elsewhere, so none is tried a second time by
itself: `backoffLimit` is 0, and `restartPolicy` is `Never`.
"""

from __future__ import annotations

from typing import Any

from nb2prod.project.targets.kubernetes.pod import pod
from nb2prod.project.targets.kubernetes.words import labels, object_name
from nb2prod.project.targets.node_variables import PORT, Word, node_variables
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload

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


def machine_variables(workload: Workload) -> list[dict[str, object]]:
    """What tells each of several machines which one it is and where the first is."""
    if workload.nodes is None:
        return []
    said: dict[Word, dict[str, object]] = {
        "address": {"value": f"$(JOB_NAME)-0.{object_name(workload.name)}"},
        "port": {"value": str(PORT)},
        "machines": {"value": str(workload.nodes.machines)},
        "rank": {"valueFrom": {"fieldRef": {"fieldPath": _INDEX}}},
        "zero": {"value": "0"},
    }
    return [
        # First: Kubernetes puts in only what stands before.
        {"name": "JOB_NAME", "valueFrom": {"fieldRef": {"fieldPath": _JOB}}},
        *({"name": name, **said[word]} for name, word in node_variables(workload.nodes).items()),
    ]


def _job_spec(workload: Workload, settings: Settings) -> dict[str, Any]:
    spec: dict[str, Any] = {"backoffLimit": 0}
    name = object_name(workload.name)
    template = pod(workload, settings, environment=machine_variables(workload))
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
