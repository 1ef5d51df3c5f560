"""What a project's `nb2prod.json` may declare of its container. The file may come from anybody, and
an engine does what it says: so each value is checked where it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from nb2prod.environment.decide import RESERVED_VARIABLES

# The program's directories by name: where the image has each, and where it lies in the project.
_PLACES = {"data": ("/data", "data"), "work": ("/work", "work"), "output": ("/outputs", "outputs")}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REFERENCE = re.compile(r"[a-z0-9][A-Za-z0-9._:/@-]*")

_Check = Callable[[Any], bool]


def wrong(manifest: Any) -> str | None:
    """The first value that no project has, as "container.gpus"; None where all of them are as they
    have to be. An older nb2prod's file lacks some, and the first of these is what is wrong with it.
    """
    return _wrong(manifest, "", _MANIFEST)


def _wrong(value: Any, name: str, keys: Mapping[str, _Check | Mapping[str, Any]]) -> str | None:
    if not isinstance(value, dict):
        return name or "what it holds"
    for key, check in keys.items():
        path = f"{name}.{key}" if name else key
        if isinstance(check, Mapping):
            found = _wrong(value.get(key), path, check)
            if found is not None:
                return found
        elif key not in value or not check(value[key]):
            return path
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and value.isprintable()


def _is_number(value: Any, lowest: int, highest: int) -> bool:
    return type(value) is int and lowest <= value <= highest


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_directory(value: Any) -> bool:
    return _wrong(value, "directory", _DIRECTORY) is None and (
        (value["path"], value["local"]) == _PLACES[value["name"]] and len(value) == len(_DIRECTORY)
    )


def _directories(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(_is_directory(one) for one in value)
        and len({one["name"] for one in value}) == len(value)
    )


def _service(value: Any) -> bool:
    return value is None or (
        _wrong(value, "service", _SERVICE) is None and len(value) == len(_SERVICE)
    )


def _variables(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _VARIABLE.fullmatch(name) and name not in RESERVED_VARIABLES and isinstance(text, str)
        for name, text in value.items()
    )


def _data(value: Any) -> bool:
    return isinstance(value, list) and all(_wrong(one, "data", _FOUND) is None for one in value)


def _text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


_DIRECTORY: Mapping[str, _Check] = {
    "name": lambda value: isinstance(value, str) and value in _PLACES,
    "variable": _text_or_none,
    "path": _is_text,
    "local": _is_text,
    "filled": _is_bool,
    "writable": _is_bool,
}
_SERVICE: Mapping[str, _Check] = {
    "port": lambda value: _is_number(value, 1, 65535),
    "local": _is_bool,
    "health": _text_or_none,
    "variables": _variables,
}
_FOUND: Mapping[str, _Check] = dict.fromkeys(
    ("path", "origin", "direction"), lambda value: isinstance(value, str)
)
_MANIFEST: Mapping[str, _Check | Mapping[str, _Check]] = {
    "project": _is_text,
    "package": _is_text,
    "secrets": _texts,
    "notebook": {"sha256": _is_text},
    "data": _data,
    "container": {
        "image": lambda value: isinstance(value, str) and bool(_REFERENCE.fullmatch(value)),
        "gpus": lambda value: _is_number(value, 0, 1024),
        "directories": _directories,
        "service": _service,
        "uploads": _texts,
    },
}
