"""The texts of a notebook's JSON, and texts of Python that are written in pieces."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# Between two literals that are one text: `"a" "b"`, `"a" + "b"`.
JUNCTION = re.compile(r"['\"]\s*(?:\+\s*)?(?:\\\s*)?[rbfuRBFU]{0,2}['\"]")
# Colours of a terminal, which stand between the words of a traceback.
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
# Pictures in outputs of nbformat 3, which has no types of media; 4 has them below `data`.
_PICTURES = frozenset({"png", "jpeg", "svg", "pdf"})
# What says of what kind an output is.
_KINDS = frozenset({"output_type", "name", "stream"})
_LEFT_OUT = _PICTURES | _KINDS


def texts_in(value: object) -> list[str]:
    """All texts in a JSON value; lists of lines are one text, pictures are none."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return ["".join(value)]
        return [text for item in value for text in texts_in(item)]
    if isinstance(value, dict):
        return [
            text
            for key, item in value.items()
            if not str(key).startswith(("image/", "application/vnd.jupyter.widget"))
            for text in texts_in(item)
        ]
    return []


def output_texts(output: Mapping[str, Any]) -> list[str]:
    """What an output says in words: streams, results, tracebacks; no pictures, no widgets."""
    kept = {key: value for key, value in output.items() if key not in _LEFT_OUT}
    return [_COLOUR.sub("", text) if "\x1b" in text else text for text in texts_in(kept)]
