"""Displayed values: what a notebook shows below a cell, as text on standard output."""

from __future__ import annotations

_WIDTH = 79
_LONGEST = 1000
_BRACKETS = {list: "[]", tuple: "()", set: "{}", dict: "{}"}


def display(*values: object) -> None:
    """Print each value as the notebook shows it; None shows nothing."""
    for value in values:
        if value is not None:
            print(_text(value))


def _text(value: object, indent: int = 0) -> str:
    """The value's `repr`, a container that does not fit on a line with one element a line."""
    flat = repr(value)
    brackets = _BRACKETS.get(type(value))
    if not brackets or not value or ("\n" not in flat and indent + len(flat) <= _WIDTH):
        return flat
    inner = indent + 1
    if isinstance(value, dict):
        elements = [
            f"{key!r}: {_text(item, inner + len(repr(key)) + 2)}" for key, item in value.items()
        ]
    else:
        elements = [_text(item, inner) for item in _ordered(value)]
    if len(elements) > _LONGEST:
        elements = [*elements[:_LONGEST], "..."]
    joint = ",\n" + " " * inner
    return brackets[0] + joint.join(elements) + brackets[1]


def _ordered(value: object) -> list[object]:
    """A sequence's elements; a set's in order where they have one, so that two runs print the same."""
    elements = list(value)  # type: ignore[call-overload]
    if isinstance(value, set):
        try:
            return sorted(elements)
        except TypeError:
            return elements
    return elements
