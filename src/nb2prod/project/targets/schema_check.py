"""What is wrong with a document, in words, with its place: by a published schema, and by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from nb2prod.errors import InvalidSpec
from nb2prod.project.schemas import schema
from nb2prod.project.yaml_reading import load

if TYPE_CHECKING:
    from jsonschema import ValidationError

Place = tuple[str | int, ...]
"""The keys and numbers that lead to a value in a document."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")


def check_file(files: Mapping[str, str], path: str, wrong: Callable[[Any], Iterable[str]]) -> None:
    """Raises `InvalidSpec` where the file is missing or no YAML, and for the first problem that
    `wrong` finds in its document.
    """
    require_none(path, wrong(load(path, text_of(files, path))))


def text_of(files: Mapping[str, str], path: str) -> str:
    """The text of a file that has to be there. Raises `InvalidSpec` where it is not."""
    if path not in files:
        raise InvalidSpec(f"{path} is missing.")
    return files[path]


def require_none(where: str, found: Iterable[str]) -> None:
    """Raises `InvalidSpec` for the first problem. Only that one is asked for: what looks for the
    next may rely on what was looked at before.
    """
    problem = next(iter(found), None)
    if problem is not None:
        raise InvalidSpec(f"{where}: {problem}.")


def problems(document: object, name: str) -> Iterator[str]:
    """What the schema `name` has against the document, in the order of the places."""
    from jsonschema import (
        Draft202012Validator,  # takes long to load, and not every command needs it
    )

    errors = Draft202012Validator(schema(name)).iter_errors(document)
    for error in sorted(errors, key=lambda one: _order(one.absolute_path)):
        yield f"{place_of(error.absolute_path)}: {_shortened(_said(error))}"


def texts(found: object, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every text in a document that is no key, with its place."""
    if isinstance(found, str):
        yield place, found
    elif isinstance(found, Mapping):
        for key, value in found.items():
            yield from texts(value, (*place, key))
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from texts(value, (*place, number))


def place_of(path: Iterable[str | int]) -> str:
    """`$.jobs.train.with.args[0]`; a key that is no plain word stands as `['a b']`."""
    return "$" + "".join(
        f".{key}" if isinstance(key, str) and _PLAIN_KEY.fullmatch(key) else f"[{key!r}]"
        for key in path
    )


def _order(path: Iterable[str | int]) -> list[tuple[int, str]]:
    """What a path is sorted by: places in a list by their numbers, keys as text."""
    return [(key, "") if isinstance(key, int) else (0, str(key)) for key in path]


def _said(error: ValidationError) -> str:
    """The schema's message, put plainly, with the nearest name where one is not known."""
    rule: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    found: Any = error.instance
    if error.validator == "additionalProperties" and "properties" in rule:
        known = rule["properties"]
        keys = [key for key in found if key not in known]
        return "; ".join(f"{key!r} is not known{nearest(key, known)}" for key in keys)
    if error.validator == "pattern" and "description" in rule:
        return f"{found!r} is not {rule['description']}"
    if error.validator == "enum" and isinstance(found, str):
        return f"{error.message}{nearest(found, rule['enum'])}"
    return error.message


def _shortened(message: str) -> str:
    """A value that is not what it should be may be the whole file."""
    return message if len(message) <= 400 else f"{message[:200]} ... {message[-200:]}"


def nearest(name: str, known: Iterable[str]) -> str:
    """`; 'A4000' is near it`, or nothing."""
    folded = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), folded, n=1)
    return f"; {folded[found[0]]!r} is near it" if found else ""
