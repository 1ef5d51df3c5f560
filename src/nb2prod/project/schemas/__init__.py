"""JSON Schemas of what nb2prod writes, and the check that it keeps to them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from nb2prod.errors import InternalError


@cache
def schema(name: str) -> dict[str, Any]:
    """The schema `name`: a file of this directory, without `.schema.json`."""
    text = files(__name__).joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def require_valid(document: object, name: str) -> None:
    """Raises `InternalError` when the document breaks the schema, saying where."""
    # Loaded here, because what only reads projects starts without it; it can take seconds.
    from jsonschema import Draft202012Validator

    error = next(iter(Draft202012Validator(schema(name)).iter_errors(document)), None)
    if error is not None:
        raise InternalError(
            f"A generated document breaks {name}.schema.json at {error.json_path}: {error.message}"
        )
