"""Whether job specs are what Paperspace Gradient takes, before anything is sent.

The `gradient` command sends unknown keys and unknown machines as they are and ends with 0 whatever
the service says, so that a mistake would show up as a job that never ran.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import yaml
from jsonschema import Draft202012Validator, ValidationError

from nb2prod.data.machines import machines
from nb2prod.errors import InvalidSpec
from nb2prod.project.schemas import schema

WORKFLOW = "deploy/gradient/workflow.yaml"
JOB = "deploy/gradient/job.yaml"

_SCHEMAS = {WORKFLOW: "gradient-workflow", JOB: "gradient-job"}
# Where a machine is named; the same word elsewhere is a variable of the program's own.
_MACHINE = re.compile(r"\$\.machineType|.*\.resources\.instance-type")
_SECRET = re.compile(r"secret:[a-zA-Z][a-zA-Z0-9_]*")


def check(files: Mapping[str, str]) -> None:
    """Raises `InvalidSpec` for the first thing that is wrong in either file."""
    for path, name in _SCHEMAS.items():
        if path not in files:
            raise InvalidSpec(f"{path} is missing.")
        problem = next(_problems(_loaded(path, files[path]), name), None)
        if problem is not None:
            raise InvalidSpec(f"{path}: {problem}")


def _loaded(path: str, text: str) -> object:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # a date such as 2026-13-45 is a ValueError
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise InvalidSpec(f"{path}: this is not YAML{where}: {_one_line(error)}.") from None


def _one_line(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]


def _problems(document: object, name: str) -> Iterator[str]:
    validator = Draft202012Validator(schema(name))
    for error in sorted(validator.iter_errors(document), key=lambda error: error.json_path):
        yield f"{error.json_path}: {_said(error)}."
    for place, value in _entries(document, "$"):
        if _MACHINE.fullmatch(place) and isinstance(value, str) and value not in machines():
            nearest = _nearest(value, machines())
            yield f"{place}: Gradient has no machine {value!r} that is documented{nearest}."
        if isinstance(value, str) and value.startswith("secret:") and not _SECRET.fullmatch(value):
            yield (
                f"{place}: {value!r} names no secret; their names are letters, digits and _ and"
                " begin with a letter."
            )


def _said(error: ValidationError) -> str:
    """The schema's message, with the nearest name where a key is not known."""
    properties = error.schema.get("properties") if isinstance(error.schema, Mapping) else None
    found = error.instance
    if (
        error.validator == "additionalProperties"
        and isinstance(properties, Mapping)
        and isinstance(found, Mapping)
    ):
        keys = [str(key) for key in found if key not in properties]
        said = [f"{key!r} is not known{_nearest(key, properties)}" for key in keys]
        return "; ".join(said) or error.message
    return error.message


def _nearest(name: str, known: Mapping[str, object]) -> str:
    folded = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), folded, n=1)
    return f"; {folded[found[0]]!r} is near it" if found else ""


def _entries(document: object, place: str) -> Iterator[tuple[str, object]]:
    """Every value of every map, depth first, with the place where it stands."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield f"{place}.{key}", value
            yield from _entries(value, f"{place}.{key}")
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from _entries(value, f"{place}[{number}]")
