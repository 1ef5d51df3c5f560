"""Names as SkyPilot and the stores behind it take them."""

from __future__ import annotations

import hashlib
import re

from nb2prod.environment.decide import RESERVED_VARIABLES
from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets.workload import Workload

BUCKET = "RESULTS_BUCKET"
# What SkyPilot logs in to a registry with: all three, or none (`sky.skylet.constants`).
DOCKER_LOGIN = (
    "SKYPILOT_DOCKER_USERNAME",
    "SKYPILOT_DOCKER_PASSWORD",
    "SKYPILOT_DOCKER_SERVER",
)
DISTRIBUTED = frozenset(
    {"LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT", "NODE_RANK", "RANK", "WORLD_SIZE"}
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
    return [one for one in workload.secrets if one.usable and not _taken(workload, one.name)]


def left_out(workload: Workload) -> list[str]:
    """The names of the other secrets."""
    kept = {one.name for one in carried(workload)}
    return [one.name for one in workload.secrets if one.name not in kept]


def _taken(workload: Workload, name: str) -> bool:
    served = dict(workload.service.variables) if workload.service is not None else {}
    return name in RESERVED_VARIABLES | DISTRIBUTED | _READ_ONLY | {BUCKET} | set(
        served
    ) or name.startswith(("SKYPILOT_", "PET_"))
