"""NB408: who wrote or ran the notebook, in metadata that tools add without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, RemoveValue
from nb2prod.location import Location
from nb2prod.notebook.lean import JsonPath

RULE = rule("NB408")

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
_HOME = re.compile(r"(?:^|[\s:=\"'])(?:/home/|/Users/|[A-Za-z]:\\+Users\\+)(?P<user>[^/\\\"'\s]+)")
# Users that are nobody: those of images and of runners.
_NOBODY = frozenset(
    "app azureuser codespace colab conda default docker ec2-user emr-notebook gitpod glue_user"
    " hadoop jenkins jovyan jupyter kaggle ma-user Public runner runneradmin sagemaker-user shared"
    " studio-lab-user trusted-service-user ubuntu user username vscode vsts you".split()
)
# What people write about themselves on purpose, and what is shown to readers anyway.
_MEANT = frozenset({"author", "authors", "license", "widgets", "contact", "maintainer", "title"})
# Without these a notebook does not open with its kernel; what is in them is left to a person.
_NEEDED = frozenset({"kernelspec", "language_info"})
_DRIVE_FILE = re.compile(r"[\w-]{20,}")


def check(context: Context) -> Iterator[Finding]:
    """What Colab records of the person, and e-mail addresses and home directories in metadata."""
    yield from _of_notebook(context)
    for cell in context.cells:
        path = (*cell.path, "metadata")
        metadata = cell.found.get("metadata")
        for what, place in _in_cell(metadata, path):
            yield _finding(context, what, place, Location(cell.number))


def _of_notebook(context: Context) -> Iterator[Finding]:
    colab = context.metadata.get("colab")
    path: JsonPath = ("metadata", "colab")
    if isinstance(colab, dict):
        provenance = colab.get("provenance")
        if isinstance(provenance, list) and any(map(_names_file, provenance)):
            what = "the files that the notebook was made from (`provenance`)"
            yield _finding(context, what, (*path, "provenance"), None)
    for what, place in _in_texts(context.metadata, ("metadata",)):
        yield _finding(context, what, place, None)


def _in_cell(metadata: object, path: JsonPath) -> Iterator[tuple[str, JsonPath]]:
    if not isinstance(metadata, dict) or not metadata:
        return
    info = metadata.get("executionInfo")
    user = info.get("user") if isinstance(info, dict) else None
    if isinstance(user, dict) and any(user.get(key) for key in _USER):
        what = ", ".join(word for key, word in _USER.items() if user.get(key))
        yield f"the user's {what} (`executionInfo`)", (*path, "executionInfo", "user")
        metadata = {key: value for key, value in metadata.items() if key != "executionInfo"}
    yield from _in_texts(metadata, path)


_USER = {"displayName": "name", "photoUrl": "photograph", "userId": "number"}


def _names_file(entry: Any) -> bool:
    """Whether an entry of the provenance is about a file of Drive, or a gist."""
    found = entry.get("file_id") if isinstance(entry, dict) else None
    return isinstance(found, str) and (
        _DRIVE_FILE.fullmatch(found) is not None or "gist.github.com" in found
    )


def _in_texts(value: object, path: JsonPath) -> Iterator[tuple[str, JsonPath]]:
    """E-mail addresses and people's home directories in the texts of metadata."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in _MEANT:
                yield from _in_texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _in_texts(item, (*path, index))
    elif isinstance(value, str):
        if "@" in value and _EMAIL.search(value):
            yield f"an e-mail address (`{_key(path)}`)", path
        elif ("home" in value or "Users" in value) and any(
            match["user"] not in _NOBODY for match in _HOME.finditer(value)
        ):
            yield f"a user's home directory (`{_key(path)}`)", path


def _key(path: JsonPath) -> str:
    return next(str(part) for part in reversed(path) if isinstance(part, str))


def _finding(context: Context, what: str, path: JsonPath, place: Location | None) -> Finding:
    said = f"the metadata hold {what}; remove it before others get the notebook"
    fix = None if _NEEDED & set(path) else Fix("remove it", (RemoveValue(path),))
    return context.found(RULE, place, said, part="metadata", fix=fix)
