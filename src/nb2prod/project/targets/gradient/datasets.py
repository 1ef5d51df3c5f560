"""The directories of the program as Gradient's datasets.

A job sees an input read-only at /inputs/<name>, and what it leaves in /outputs/<name> becomes a new
version of that dataset when it ends ("container jobs" in the Workflows documentation).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nb2prod.errors import InternalError
from nb2prod.project.targets.directories import directory_variables
from nb2prod.project.targets.gradient.paths import WORKFLOW
from nb2prod.project.targets.schema_check import nearest, place_of
from nb2prod.project.targets.workload import Volume, Workload


def inputs(workload: Workload) -> list[str]:
    """The names of what a job is given."""
    return [_name(volume) for volume in workload.volumes if volume.filled]


def outputs(workload: Workload) -> list[str]:
    """The names of what is kept: all that the program may write to."""
    return [_name(volume) for volume in workload.volumes if volume.writable]


def references(workload: Workload) -> list[str]:
    """All datasets by their names on Gradient, each once."""
    names = dict.fromkeys([*inputs(workload), *outputs(workload)])
    return [reference(workload, name) for name in names]


def reference(workload: Workload, name: str) -> str:
    """A dataset's name on Gradient."""
    return f"{workload.name}-{name}"


def ports(workload: Workload, names: list[str]) -> dict[str, object]:
    """These inputs or outputs, as a job declares them."""
    return {name: {"type": "dataset", "with": {"ref": reference(workload, name)}} for name in names}


def environment(workload: Workload) -> dict[str, str]:
    """The variables that send the program to them."""
    return directory_variables(
        workload,
        given=lambda volume: f"/inputs/{_name(volume)}",
        kept=lambda volume: f"/outputs/{_name(volume)}",
    )


def in_place(workload: Workload, command: list[str], *, keep: bool = True) -> list[str]:
    """The command, run once the files beside the program lie in the directory that it starts in;
    with `keep` that is one whose files are kept.

    The program finds them by relative paths, so that no variable can point to them.
    """
    work = workload.work
    given, kept = f"/inputs/{_name(work)}/.", f"/outputs/{_name(work)}"
    steps = [f"mkdir -p {kept}", f"cd {kept}"] if keep else []
    steps += [f"cp -R {given} ."] if work.filled else []
    return ["sh", "-c", " && ".join([*steps, 'exec "$@"']), "sh", *command] if steps else command


def require_known(workflow: Mapping[str, Any], workload: Workload) -> None:
    """Every dataset of the Workflow has to be one of the program's directories.

    The files alone do not tell those, so that this is asked of the Workflow before it is written,
    and not of a file that was edited. Raises `InternalError` with the place and the nearest name.
    """
    known = references(workload)
    for job, found in workflow["jobs"].items():
        for side in ("inputs", "outputs"):
            for name, port in found.get(side, {}).items():
                if not isinstance(port, Mapping) or port["type"] != "dataset":
                    continue
                given = port["with"].get("ref", "")
                if given not in known:
                    place = place_of(("jobs", job, side, name, "with", "ref"))
                    raise InternalError(
                        f"{WORKFLOW}: {place}: the program has no directory for the dataset"
                        f" {given!r}{nearest(given, known)}."
                    )


def _name(volume: Volume) -> str:
    return "results" if volume.name == "output" else volume.name
