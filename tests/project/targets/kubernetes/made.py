"""Migrations of every shape that the Kubernetes target tells apart, and its files read back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import yaml

from nb2prod.analysis.facts import Nodes, Service
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.project.targets import kubernetes
from nb2prod.project.targets.target import DEFAULT, Settings

DIRECTORY = "deploy/kubernetes"
PLACE = Location(5, 2)
GRADIO = Service("gradio", 7860, PLACE, (("GRADIO_SERVER_NAME", "0.0.0.0"),))
NODES = Nodes(3, PLACE, "torch")


def serving(migration: Migration, service: Service = GRADIO) -> Migration:
    """The migration of a notebook that serves something, too."""
    facts = dataclasses.replace(migration.facts, service=service)
    return dataclasses.replace(migration, facts=facts)


def spread(migration: Migration, nodes: Nodes = NODES) -> Migration:
    """The migration of a notebook that trains on several machines, too."""
    facts = dataclasses.replace(migration.facts, nodes=nodes)
    return dataclasses.replace(migration, facts=facts)


def shapes(migration: Migration) -> Mapping[str, tuple[Migration, Settings]]:
    """Every shape of files that the target writes for a migration, by name."""
    by_the_clock = Settings(schedule="0 3 * * 1-5", timeout=7200, pull_secret="registry")
    return {
        "job": (migration, DEFAULT),
        "cronjob": (migration, by_the_clock),
        "deployment": (serving(migration), DEFAULT),
        "local": (serving(migration, GRADIO._replace(local=True)), DEFAULT),
        "kernel": (serving(migration, Service("kernel", 80, PLACE)), DEFAULT),
        "nodes": (spread(migration), Settings(timeout=60)),
        "nodes by the clock": (spread(migration), by_the_clock),
        "nodes, serving": (serving(spread(migration)), DEFAULT),
    }


def read(migration: Migration, settings: Settings = DEFAULT) -> dict[str, list[Any]]:
    """The documents of each file, by its name in the directory, as other programs read them."""
    files = kubernetes.files(migration, settings)
    kubernetes.validate(files, settings)
    return {
        path.removeprefix(f"{DIRECTORY}/"): list(yaml.safe_load_all(text))
        for path, text in files.items()
    }


def pod_of(found: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The specification of the program's Pod."""
    [run] = [found[one] for one in ("job.yaml", "cronjob.yaml", "deployment.yaml") if one in found]
    spec = run[0]["spec"]
    pod: dict[str, Any] = spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"]
    return pod


def container_of(found: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The program's container."""
    [container] = pod_of(found)["containers"]
    made: dict[str, Any] = container
    return made


def variables_of(found: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The variables of the program's container: values, or where they are from."""
    return {
        one["name"]: one.get("value", one.get("valueFrom"))
        for one in container_of(found).get("env", [])
    }
