"""What can be set from outside: a field of the configuration for each parameter of a form, each
question and each upload.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable

from nb2prod.analysis.facts import Asked, Literalish, Parameter
from nb2prod.analysis.paths import PathRoots
from nb2prod.location import Location
from nb2prod.program.model import Option, Upload


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
    """A field for each parameter; a leading underscore would be private or mangled in a class."""
    options: list[Option] = []
    taken: set[str] = set()
    for parameter in parameters:
        name = parameter.name.strip("_") or "value"
        if keyword.iskeyword(name) or not name.isidentifier():
            name = f"option_{name}"
        name = first_free((name, f"{name}_option"), taken)
        taken.add(name)
        options.append(Option(name, _relative(parameter, roots)))
    return tuple(options)


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
