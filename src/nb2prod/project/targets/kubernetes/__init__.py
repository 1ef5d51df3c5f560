"""Kubernetes: a Job, by the clock a CronJob, for a notebook that serves a Deployment, in the form
that `kubectl apply --kustomize` takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2prod.migration import Migration
from nb2prod.project.targets.kubernetes import told
from nb2prod.project.targets.kubernetes.check import check
from nb2prod.project.targets.kubernetes.claims import claim, copier
from nb2prod.project.targets.kubernetes.deployment import deployment, service
from nb2prod.project.targets.kubernetes.job import cron_job, job, meeting_place
from nb2prod.project.targets.kubernetes.kustomization import kustomization
from nb2prod.project.targets.kubernetes.paths import (
    CLAIMS,
    COPIER,
    CRON_JOB,
    DEPLOYMENT,
    JOB,
    KUSTOMIZATION,
    SERVICE,
    in_directory,
    runs_as,
)
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.workload import Workload, workload
from nb2prod.project.yaml_text import yaml_text

name = "kubernetes"
title = "Kubernetes"
summary = "a Job, or a CronJob or a Deployment, for any cluster, with a kustomization"
ignores = ("on_push",)


def files(migration: Migration, settings: Settings = DEFAULT) -> dict[str, str]:
    """The files of `deploy/kubernetes`."""
    return texts(workload(migration), settings)


def validate(files: Mapping[str, str], settings: Settings = DEFAULT) -> None:
    """Refuse what Kubernetes would not take, or take and not run as meant.

    Raises `InvalidSpec` with the file, the place and what to write instead.
    """
    check(files)


def next_steps(migration: Migration, settings: Settings) -> Sequence[str]:
    """From the image to the results."""
    return told.steps(workload(migration), settings)


def notes(migration: Migration, settings: Settings) -> str:
    """What the objects are, what they ask of the cluster, and what they cannot do."""
    return told.notes(workload(migration), settings)


def texts(workload: Workload, settings: Settings) -> dict[str, str]:
    """The files by their paths."""
    kind = runs_as(workload, settings)
    objects = {}
    if kind == "Deployment":
        objects[DEPLOYMENT] = deployment(workload, settings)
        if not (workload.service and workload.service.local):
            objects[SERVICE] = service(workload)
    elif kind == "CronJob":
        objects[CRON_JOB] = cron_job(workload, settings)
    else:
        objects[JOB] = job(workload, settings)
    if workload.nodes is not None and kind != "Deployment":
        objects[SERVICE] = meeting_place(workload)
    found = {
        path: yaml_text(one, told.comments(path, workload, settings))
        for path, one in objects.items()
    }
    heads = [told.comments(CLAIMS, workload, settings)] + [()] * (len(workload.volumes) - 1)
    claims = [
        yaml_text(claim(workload, one), head)
        for one, head in zip(workload.volumes, heads, strict=True)
    ]
    found[CLAIMS] = "---\n".join(claims)
    resources = sorted(in_directory(path) for path in found)
    whole = yaml_text(
        kustomization(workload, resources), told.comments(KUSTOMIZATION, workload, settings)
    )
    copying = yaml_text(copier(workload), told.comments(COPIER, workload, settings))
    return {KUSTOMIZATION: whole, **found, COPIER: copying}
