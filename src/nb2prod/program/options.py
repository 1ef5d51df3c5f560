"""What can be set from outside: a field of the configuration for each parameter of the notebook,
each question and each upload.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping

from nb2prod.analysis.facts import Asked, Literalish, Parameter, ParameterSource
from nb2prod.analysis.paths import PathRoots
from nb2prod.location import Location
from nb2prod.program.model import Option, Upload

# What the directories of every program are called; a constant of the notebook leaves it to them.
_DIRECTORIES = frozenset({"data_dir", "work_dir", "output_dir", "data_from"})
# What the ledger says of the line that gave a parameter its value.
_REASONS: Mapping[ParameterSource, str] = {
    "form": "a form parameter: an option of the program",
    "papermill": "a parameter of papermill's: an option of the program",
    "constant": "a constant in capitals: an option of the program",
}


def first_free(candidates: Iterable[str], taken: set[str]) -> str:
    """The first name that is not taken; the last one with a number where all are."""
    candidates = tuple(candidates)
    for candidate in candidates:
        if candidate not in taken:
            return candidate
    number = 2
    while f"{candidates[-1]}_{number}" in taken:
        number += 1
    return f"{candidates[-1]}_{number}"


def form_options(parameters: tuple[Parameter, ...], roots: PathRoots) -> tuple[Option, ...]:
    """A field for each parameter; a leading underscore would be private or mangled in a class.

    A constant's field is its name in small letters, where nothing else has that name.
    """
    taken: set[str] = set()
    fields: dict[Parameter, str] = {}
    for parameter in sorted(parameters, key=lambda found: found.source == "constant"):
        name = parameter.name.strip("_") or "value"
        if parameter.source == "constant":
            name = name.lower()
            name = f"notebook_{name}" if name in _DIRECTORIES else name
        if keyword.iskeyword(name) or not name.isidentifier():
            name = f"option_{name}"
        fields[parameter] = first_free((name, f"{name}_option"), taken)
        taken.add(fields[parameter])
    return tuple(Option(fields[parameter], _relative(parameter, roots)) for parameter in parameters)


def hoisted_reason(option: Option) -> str:
    """What the ledger says of a line that became an option."""
    return _REASONS[option.parameter.source]


def questions(asked: Iterable[Asked], taken: set[str]) -> dict[Location, Option]:
    """The options that answer what the notebook asks for, by the place where it asks."""
    found: dict[Location, Option] = {}
    for question in asked:
        if question.kind == "input" and question.name is not None:
            name = question.name if question.name.isidentifier() else "answer"
            field = first_free((name, f"{name}_answer"), taken)
            taken.add(field)
            words = f": {question.prompt}" if question.prompt else ""
            text = f"needed: what the notebook asks for{words}"
            parameter = Parameter(field, "string", None, question.location, help=text)
            found[question.location] = Option(field, parameter)
    return found


def uploads(asked: Iterable[Asked], taken: set[str]) -> dict[Location, Upload]:
    """The options that take the files of uploads, by the place of the upload."""
    found: dict[Location, Upload] = {}
    for upload in asked:
        if upload.kind == "upload" and upload.name is not None:
            field = first_free((upload.name, f"{upload.name}_file"), taken)
            taken.add(field)
            found[upload.location] = Upload(field, upload.location)
    return found


def _relative(parameter: Parameter, roots: PathRoots) -> Parameter:
    """A parameter that is a platform path: `{data_dir}/churn` in place of Drive's own."""
    if not isinstance(parameter.default, str):
        return parameter

    def relative(value: Literalish) -> Literalish:
        if not isinstance(value, str):
            return value
        for found in reversed(list(roots.find(value))):
            if found.root.directory == "home" or found.root.below_work:
                continue
            place = f"{{{found.root.directory}_dir}}{found.root.suffix}"
            value = value[: found.start] + place + value[found.end :]
        return value

    choices = parameter.choices
    return parameter._replace(
        default=relative(parameter.default),
        choices=None if choices is None else tuple(relative(choice) for choice in choices),
    )
