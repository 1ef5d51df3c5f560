"""What people are shown of a notebook's text: without secrets, without control characters."""

from __future__ import annotations

import re

from nb2prod.location import Location

_WIDEST = 160
_BEFORE = 100


def hidden(source: str, *, code: bool) -> str:
    """A cell's source with stars for the values of secrets, as long as it was."""
    from nb2prod.analysis.pasted import in_pieces
    from nb2prod.analysis.tokens import find_tokens

    for token in [*find_tokens(source, names=code), *(in_pieces(source) if code else ())]:
        hides = stars(source[token.start : token.end])
        source = source[: token.start] + hides + source[token.end :]
    return source


def stars(value: str) -> str:
    """As many stars as a value has characters, in as many lines."""
    return re.sub(r"[^\n]", "*", value)


def excerpt(source: str, place: Location) -> str:
    """The line of a place; of a long one the surroundings of the place, between ellipses."""
    lines = source.split("\n")
    if not 0 < place.line <= len(lines):
        return ""
    line = printable(lines[place.line - 1])
    if len(line) <= _WIDEST:
        return line
    start = max(0, place.column - _BEFORE)
    kept = line[start : start + _WIDEST]
    return f"{'…' if start else ''}{kept}{'…' if start + _WIDEST < len(line) else ''}"


def column_in_excerpt(shown: str, place: Location) -> int:
    """Where in its excerpt the column of a place is."""
    cut = place.column > _BEFORE and shown.startswith("…")
    return _BEFORE + 1 if cut else place.column


def printable(text: str) -> str:
    """The text without control characters, which would reach the terminal; tabs stay."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )
