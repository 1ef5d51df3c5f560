"""A file's bytes as the JSON of a notebook, without a look at what the notebook is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from nb2prod.errors import InvalidNotebook, UnreadableNotebook

_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_CONFLICT = re.compile(r"^(?:<{7} |={7}\r?$|>{7} )", re.MULTILINE)


def load_json(content: bytes) -> dict[str, Any]:
    """The JSON of a notebook's bytes as it stands.

    Raises `UnreadableNotebook` when they are not text, `InvalidNotebook` when they are not JSON or
    plainly no notebook.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableNotebook("The file is not UTF-8 text, so it is not a notebook.") from None
    if not text.strip():
        raise InvalidNotebook("The file is empty, so it is not a notebook.")
    try:
        found = json.loads(text)
    except ValueError as error:  # json.JSONDecodeError is one, a number of 5,000 digits another
        if _CONFLICT.search(text):
            raise InvalidNotebook(
                "The file holds merge conflict markers; resolve the conflict and try again."
            ) from None
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise InvalidNotebook(
            f"The file is not valid JSON{where}, so it is not a notebook."
        ) from None
    if not isinstance(found, dict) or not ({"cells", "worksheets", "nbformat"} & found.keys()):
        raise InvalidNotebook("The file is JSON but not a notebook: it has no cells.")
    if _ESCAPED_SURROGATE.search(content):
        found = _without_lone_surrogates(found)
    return cast("dict[str, Any]", found)


def _without_lone_surrogates(value: Any) -> Any:
    """Half a surrogate pair is not a character: no file and no terminal can take it."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in value]
    if isinstance(value, Mapping):
        return {
            _without_lone_surrogates(key): _without_lone_surrogates(item)
            for key, item in value.items()
        }
    return value
