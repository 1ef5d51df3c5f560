"""Limits on the outputs that stay in memory: code is small, pictures may not be."""

from __future__ import annotations

from typing import Any

KEPT_CHARACTERS = 20_000_000


def limit_outputs(document: dict[str, Any], kept: int = KEPT_CHARACTERS) -> None:
    """Replace the largest outputs of a valid nbformat 4 document by a line that says so, in place,
    until what is left has at most `kept` characters.

    Of outputs of one size the earliest goes first, so that every run takes the same ones.
    """
    places = [
        (outputs, index)
        for outputs in (cell.get("outputs", []) for cell in document["cells"])
        for index in range(len(outputs))
    ]
    sizes = [_characters(outputs[index]) for outputs, index in places]
    total = sum(sizes)
    for number in sorted(range(len(places)), key=lambda number: -sizes[number]):
        note = _note(sizes[number])
        if total <= kept or sizes[number] <= _characters(note):
            return
        outputs, index = places[number]
        outputs[index] = note
        total -= sizes[number] - _characters(note)


def _note(characters: int) -> dict[str, Any]:
    text = f"nb2prod left out an output of {characters / 1e6:.1f} million characters here.\n"
    return {"output_type": "stream", "name": "stderr", "text": text}


def _characters(value: Any) -> int:
    """The length of all text within a JSON value, keys included."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(_characters(item) for item in value)
    if isinstance(value, dict):
        return sum(len(key) + _characters(item) for key, item in value.items())
    return 0
