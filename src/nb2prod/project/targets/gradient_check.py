"""Whether job specs are what Paperspace Gradient takes, before anything is sent.

The `gradient` command sends unknown keys and unknown machines as they are and ends with 0 whatever
the service says, so that a mistake would show up as a job that never ran.

The published schemas say what one value may be; the functions here say what has to agree between
several, which is the machine of each job, the jobs that it waits for and what it takes from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from nb2prod.data.machines import machines
from nb2prod.errors import InvalidSpec
from nb2prod.project.schemas import schema
from nb2prod.project.targets.gradient_yaml import load

WORKFLOW = "deploy/gradient/workflow.yaml"
JOB = "deploy/gradient/job.yaml"

_SCHEMAS = {WORKFLOW: "gradient-workflow", JOB: "gradient-job"}
_SECRET = re.compile(r"secret:[a-zA-Z][a-zA-Z0-9_]*")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")


def check(files: Mapping[str, str], unchecked: str | None = None) -> None:
    """Raises `InvalidSpec` for the first thing that is wrong in either file; the machine
    `unchecked` is taken as it is.
    """
    for path, name in _SCHEMAS.items():
        if path not in files:
            raise InvalidSpec(f"{path} is missing.")
        problem = next(_problems(load(path, files[path]), name, unchecked), None)
        if problem is not None:
            raise InvalidSpec(f"{path}: {problem}.")


def _problems(document: Any, name: str, unchecked: str | None) -> Iterator[str]:
    """What is wrong, the schema's part first: what follows reads the document as it is described.

    Only the first problem of a document may therefore be asked for.
    """
    errors = Draft202012Validator(schema(name)).iter_errors(document)
    placed = [(_place(error.absolute_path), error) for error in errors]
    for place, error in sorted(placed, key=lambda one: one[0]):
        yield f"{place}: {_shortened(_said(error))}"
    if name == "gradient-job":
        yield from _machine_problems("$.machineType", document["machineType"], unchecked)
    else:
        yield from _workflow_problems(document, unchecked)
    yield from _secret_problems(document, ())


def _place(path: Iterable[str | int]) -> str:
    """`$.jobs.train.with.args[0]`; a key that is no plain word stands as `['a b']`."""
    return "$" + "".join(
        f".{key}" if isinstance(key, str) and _PLAIN_KEY.fullmatch(key) else f"[{key!r}]"
        for key in path
    )


def _said(error: ValidationError) -> str:
    """The schema's message, put plainly, with the nearest name where one is not known."""
    rule: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    found: Any = error.instance
    if error.validator == "additionalProperties" and "properties" in rule:
        known = rule["properties"]
        keys = [key for key in found if key not in known]
        return "; ".join(f"{key!r} is not known{_nearest(key, known)}" for key in keys)
    if error.validator == "pattern" and "description" in rule:
        return f"{found!r} is not {rule['description']}"
    if error.validator == "enum" and isinstance(found, str):
        return f"{error.message}{_nearest(found, rule['enum'])}"
    return error.message


def _shortened(message: str) -> str:
    """A value that is not what it should be may be the whole file."""
    return message if len(message) <= 400 else f"{message[:200]} ... {message[-200:]}"


def _nearest(name: str, known: Iterable[str]) -> str:
    folded = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), folded, n=1)
    return f"; {folded[found[0]]!r} is near it" if found else ""


def _machine_problems(place: str, name: str, unchecked: str | None) -> Iterator[str]:
    if name not in machines() and name != unchecked:
        nearest = _nearest(name, machines())
        yield f"{place}: Gradient has no machine {name!r} that is documented{nearest}"


def _workflow_problems(document: Mapping[str, Any], unchecked: str | None) -> Iterator[str]:
    jobs: Mapping[str, Any] = document["jobs"]
    default = _machine(document.get("defaults", {}))
    if default is not None:
        yield from _machine_problems("$.defaults.resources.instance-type", default, unchecked)
    for name, job in jobs.items():
        place = _place(("jobs", name))
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
                yield f"{place}.needs: there is no job {needed!r}{_nearest(needed, jobs)}"
        for key, value in job.get("inputs", {}).items():
            wrong = _reference_problem(value, job, document) if isinstance(value, str) else None
            if wrong is not None:
                yield f"{_place(('jobs', name, 'inputs', key))}: {value!r}: {wrong}"
    yield from _circles(jobs)


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
        return f"the Workflow has no input {name!r}{_nearest(name, declared)}"
    if source not in jobs:
        return f"there is no job {source!r}{_nearest(source, jobs)}"
    if source not in job.get("needs", []):
        return f"the job {source!r} has to stand in needs as well"
    outputs: Mapping[str, Any] = jobs[source].get("outputs", {})
    if name in outputs:
        return None
    return f"the job {source!r} has no output {name!r}{_nearest(name, outputs)}"


def _circles(jobs: Mapping[str, Any]) -> Iterator[str]:
    try:
        TopologicalSorter({name: job.get("needs", []) for name, job in jobs.items()}).prepare()
    except CycleError as error:
        circle = ", ".join(repr(name) for name in error.args[1])
        yield f"$.jobs: these jobs wait for each other through needs: {circle}"


def _secret_problems(found: object, path: tuple[str | int, ...]) -> Iterator[str]:
    """The values of all maps that mean a secret; in a list (`args`) the same text is only text."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from _secret_problems(value, (*path, key))
            said = isinstance(value, str) and value.startswith("secret:")
            if said and not _SECRET.fullmatch(value):
                yield (
                    f"{_place((*path, key))}: {value!r} names no secret; their names are letters,"
                    " digits and _ and begin with a letter"
                )
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from _secret_problems(value, (*path, number))
