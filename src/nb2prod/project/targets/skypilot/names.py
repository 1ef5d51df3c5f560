"""Names as SkyPilot and the stores behind it take them."""

from __future__ import annotations

import hashlib
import re

from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets.carried import LeftOut, secrets
from nb2prod.project.targets.node_variables import node_variables
from nb2prod.project.targets.workload import Workload

BUCKET = "RESULTS_BUCKET"
# What SkyPilot logs in to a registry with: all three, or none (`sky.skylet.constants`).
DOCKER_LOGIN = (
    "SKYPILOT_DOCKER_USERNAME",
    "SKYPILOT_DOCKER_PASSWORD",
    "SKYPILOT_DOCKER_SERVER",
)
# `export` fails in bash for these, which are its own.
_READ_ONLY = frozenset({"BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID"})
# Names of buckets at Google must not hold its own name, nor what looks like it.
_GOOGLE = re.compile(r"\Agoog|g[o0]{2}gle")


def task_name(workload: Workload) -> str:
    """The name of the task and of its cluster: letters, digits and single dashes, a letter first
    (`sky.task._VALID_NAME_REGEX`, `CLUSTER_NAME_VALID_REGEX`).
    """
    slug = re.sub(r"[^a-z0-9]+", "-", workload.name.lower()).strip("-")
    return slug if slug[:1].isalpha() else f"nb-{slug}".rstrip("-")


def bucket_name(workload: Workload) -> str:
    """A bucket for the results, in the form that all stores take: names are shared by all their
    users, so that it ends in a digest of the image's name.
    """
    digest = hashlib.sha256(f"{workload.name}\n{workload.image}".encode()).hexdigest()[:12]
    name = task_name(workload)[:40].rstrip("-")
    return f"results-{digest}" if _GOOGLE.search(name) else f"{name}-{digest}"


def carried(workload: Workload) -> list[SecretView]:
    """The secrets that can reach the program as variables of that name."""
    return secrets(workload, _taken(workload), _rule)[0]


def left_out(workload: Workload) -> list[LeftOut]:
    """The other secrets."""
    return secrets(workload, _taken(workload), _rule)[1]


def _taken(workload: Workload) -> set[str]:
    nodes = workload.nodes
    return {BUCKET, *(node_variables(nodes) if nodes is not None else ())}


def _rule(name: str) -> str | None:
    if name in _READ_ONLY:
        return "bash has a variable of that name that cannot be set"
    if name.startswith(("SKYPILOT_", "PET_")):
        return "names that begin so belong to SkyPilot and torchrun"
    return None
