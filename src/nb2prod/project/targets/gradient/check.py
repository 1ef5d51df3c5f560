"""Whether job specs are what Paperspace Gradient takes, before anything is sent.

The `gradient` command sends unknown keys and unknown machines as they are and ends with 0 whatever
the service says, so that a mistake would show up as a job that never ran.

The published schemas say what one value may be; the functions here say what has to agree between
several: the machine of each job, the jobs that it waits for, what it takes from them and where it
finds that, and the ports of a Deployment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import Any

from nb2prod.data.machines import machines
from nb2prod.project.targets.gradient.paths import DEPLOYMENT, JOB, WORKFLOW
from nb2prod.project.targets.schema_check import check_file, nearest, place_of, problems, texts

_SCHEMAS = {
    WORKFLOW: "gradient-workflow",
    JOB: "gradient-job",
    DEPLOYMENT: "gradient-deployment",
}
_OPTIONAL = (DEPLOYMENT,)
_MOUNTED = re.compile(r"(?<!\S)/(inputs|outputs)/([^/\s]+)")
_SECRET = re.compile(r"secret:[a-zA-Z][a-zA-Z0-9_]*")


def check(files: Mapping[str, str], unchecked: str | None = None) -> None:
    """Raises `InvalidSpec` for the first thing that is wrong in the files; the machine `unchecked`
    is taken as it is.
    """
    for path, name in _SCHEMAS.items():
        if path in files or path not in _OPTIONAL:
            check_file(files, path, partial(_problems, name=name, unchecked=unchecked))


def _problems(document: Any, name: str, unchecked: str | None) -> Iterator[str]:
    """What is wrong, the schema's part first: the rest reads the document as it is described."""
    yield from problems(document, name)
    if name == "gradient-job":
        yield from _machine_problems("$.machineType", document["machineType"], unchecked)
    elif name == "gradient-deployment":
        machine = document["resources"]["machineType"]
        yield from _machine_problems("$.resources.machineType", machine, unchecked)
        yield from _deployment_problems(document)
    else:
        yield from _workflow_problems(document, unchecked)
    yield from _secret_problems(document)


def _machine_problems(place: str, name: str, unchecked: str | None) -> Iterator[str]:
    if name not in machines() and name != unchecked:
        near = nearest(name, machines())
        yield f"{place}: Gradient has no machine {name!r} that is documented{near}"


def _workflow_problems(document: Mapping[str, Any], unchecked: str | None) -> Iterator[str]:
    jobs: Mapping[str, Any] = document["jobs"]
    default = _machine(document.get("defaults", {}))
    if default is not None:
        yield from _machine_problems("$.defaults.resources.instance-type", default, unchecked)
    for name, job in jobs.items():
        place = place_of(("jobs", name))
        machine = _machine(job)
        if machine is not None:
            yield from _machine_problems(f"{place}.resources.instance-type", machine, unchecked)
        elif default is None:
            yield (
                f"{place}: no machine is named, neither in its resources.instance-type nor in"
                " $.defaults.resources.instance-type"
            )
        for needed in job.get("needs", []):
            if needed not in jobs:
                yield f"{place}.needs: there is no job {needed!r}{nearest(needed, jobs)}"
        for key, value in job.get("inputs", {}).items():
            wrong = _reference_problem(value, job, document) if isinstance(value, str) else None
            if wrong is not None:
                yield f"{place_of(('jobs', name, 'inputs', key))}: {value!r}: {wrong}"
        yield from _mount_problems(place, job)
    yield from _circles(jobs)


def _mount_problems(place: str, job: Mapping[str, Any]) -> Iterator[str]:
    """What a variable of the job is, and what the line of shell before the program copies, has to
    be declared. Other text may name such a path and mean nothing by it.
    """
    variables: Mapping[str, str] = job.get("env", {})
    said = {
        f"{place}.env.{key}": value for key, value in variables.items() if value.startswith("/")
    }
    words = job["with"].get("args", [])
    if words[:2] == ["sh", "-c"]:
        said[f"{place}.with.args[2]"] = " ".join(words[2:3])
    for where, text in said.items():
        for side, name in _MOUNTED.findall(text):
            if name not in job.get(side, {}):
                one = side.removesuffix("s")
                near = nearest(name, job.get(side, {}))
                yield f"{where}: /{side}/{name}: the job has no {one} {name!r}{near}"


def _deployment_problems(document: Mapping[str, Any]) -> Iterator[str]:
    resources, ports = document["resources"], document["resources"]["ports"]
    for name, probe in document.get("healthChecks", {}).items():
        if "port" in probe and probe["port"] not in ports:
            yield f"$.healthChecks.{name}.port: {probe['port']} is none of $.resources.ports"
    names = [one["name"] for one in document.get("env", [])]
    for name in dict.fromkeys(one for one in names if names.count(one) > 1):
        yield f"$.env: {name!r} is there twice"
    most = resources.get("autoscaling", {}).get("maxReplicas")
    if most is not None and most < resources.get("replicas", 1):
        yield (
            f"$.resources.autoscaling.maxReplicas: {most} is less than $.resources.replicas, which"
            " are never fewer"
        )


def _machine(holder: Mapping[str, Any]) -> str | None:
    found: str | None = holder.get("resources", {}).get("instance-type")
    return found


def _reference_problem(
    reference: str, job: Mapping[str, Any], document: Mapping[str, Any]
) -> str | None:
    """What is wrong with `workflow.inputs.NAME` or `JOB.outputs.NAME`, None if nothing is."""
    jobs: Mapping[str, Any] = document["jobs"]
    source, kind, name = reference.split(".")
    if kind == "inputs":
        declared: Mapping[str, Any] = document.get("inputs", {})
        if name in declared:
            return None
        return f"the Workflow has no input {name!r}{nearest(name, declared)}"
    if source not in jobs:
        return f"there is no job {source!r}{nearest(source, jobs)}"
    if source not in job.get("needs", []):
        return f"the job {source!r} has to stand in needs as well"
    outputs: Mapping[str, Any] = jobs[source].get("outputs", {})
    if name in outputs:
        return None
    return f"the job {source!r} has no output {name!r}{nearest(name, outputs)}"


def _circles(jobs: Mapping[str, Any]) -> Iterator[str]:
    try:
        TopologicalSorter({name: job.get("needs", []) for name, job in jobs.items()}).prepare()
    except CycleError as error:
        circle = ", ".join(repr(name) for name in error.args[1])
        yield f"$.jobs: these jobs wait for each other through needs: {circle}"


def _secret_problems(document: object) -> Iterator[str]:
    """The values of all maps that mean a secret; in a list (`args`) the same text is only text."""
    for place, text in texts(document):
        listed = isinstance(place[-1], int)
        if not listed and text.startswith("secret:") and not _SECRET.fullmatch(text):
            yield (
                f"{place_of(place)}: {text!r} names no secret; their names are letters, digits and"
                " _ and begin with a letter"
            )
