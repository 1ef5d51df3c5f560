"""Whether tasks are what SkyPilot takes and runs as meant, before anything is rented.

The published schema says what one value may be; the functions here say what has to agree between
several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from nb2prod.data.skypilot import all_accelerators, paperspace_machines
from nb2prod.project.targets.schema_check import check_file, nearest, place_of, problems
from nb2prod.project.targets.skypilot.names import BUCKET, DOCKER_LOGIN
from nb2prod.project.targets.skypilot.paths import INPUTS, JOB, PAPERSPACE, RESULTS, TASK

_BUCKET = re.compile(r"(?!goog)(?!.*g[o0]{2}gle)[a-z0-9](-?[a-z0-9]){2,62}")


def check(files: Mapping[str, str]) -> None:
    """Raises `InvalidSpec` for the first thing that is wrong in one of the files. The task has to
    be there, the others may be missing.
    """
    for path in (TASK, JOB, PAPERSPACE):
        if path in files or path == TASK:
            check_file(files, path, partial(_problems, path=path))


def _problems(document: Any, path: str) -> Iterator[str]:
    """What is wrong, the schema's part first: the rest reads the document as it is described."""
    yield from problems(document, "skypilot-task")
    yield from _form_problems(document, path)
    yield from _accelerator_problems(document["resources"])
    yield from _secret_problems(document)
    yield from _mount_problems(document)


def _form_problems(document: Mapping[str, Any], path: str) -> Iterator[str]:
    """Each file is of one kind: with an image or without, and recovered only as a managed job."""
    resources = document["resources"]
    if path == PAPERSPACE:
        if resources.get("infra") != "paperspace" or "setup" not in document:
            yield "$: a task for Paperspace names it in resources.infra and has a setup"
        if "image_id" in resources:
            yield "$.resources.image_id: what setup installs is not seen inside of an image"
    elif "image_id" not in resources or "config" not in document:
        yield "$: a task that runs the image names it in resources.image_id and has a config"
    if ("job_recovery" in resources) != (path == JOB):
        yield f"$.resources.job_recovery: it is for managed jobs, and stands in {JOB} alone"


def _accelerator_problems(resources: Mapping[str, Any]) -> Iterator[str]:
    found = resources.get("accelerators", {})
    if isinstance(found, str):
        name, _, count = found.partition(":")
        found = {name: int(count)}
    there = {(one.accelerator, one.gpus) for one in paperspace_machines()}
    for name, count in found.items():
        place = "$.resources.accelerators"
        if name not in all_accelerators():
            near = nearest(name, sorted(all_accelerators()))
            yield f"{place}: SkyPilot has no {name!r} that we know{near}"
        elif resources.get("infra") == "paperspace" and (name, count) not in there:
            yield f"{place}: SkyPilot knows no machine of Paperspace with {count} of {name}"


def _secret_problems(document: Mapping[str, Any]) -> Iterator[str]:
    secrets = document.get("secrets", {})
    for name in secrets:
        if name in document["envs"]:
            yield f"{place_of(('secrets', name))}: it stands in envs as well, with a value"
    lacking = [name for name in DOCKER_LOGIN if name not in secrets]
    if 0 < len(lacking) < len(DOCKER_LOGIN):
        yield f"$.secrets: to log in to a registry, SkyPilot needs {', '.join(lacking)} as well"


def _mount_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """Every directory that a variable names has to be there, or in the bucket."""
    envs: Mapping[str, str] = document["envs"]
    mounts: Mapping[str, Any] = document.get("file_mounts", {})
    for target, source in mounts.items():
        if isinstance(source, Mapping):
            variable = source["name"][2:-1]
            if variable not in envs:
                place = place_of(("file_mounts", target, "name"))
                yield f"{place}: envs has no {variable!r}{nearest(variable, envs)}"
            elif not _BUCKET.fullmatch(envs[variable]):
                yield (
                    f"{place_of(('envs', variable))}: {envs[variable]!r} is no name that every"
                    " store takes: 3 to 63 small letters, digits and single dashes, nothing like"
                    " Google's name"
                )
    if BUCKET in envs and not any(isinstance(source, Mapping) for source in mounts.values()):
        yield f"$.envs.{BUCKET}: no directory is mounted from it"
    for name, value in envs.items():
        if value.startswith((f"{INPUTS}/", f"{RESULTS}/")) and not any(
            value == target or value.startswith(f"{target}/") for target in mounts
        ):
            yield f"{place_of(('envs', name))}: {value} lies in none of file_mounts"
