"""What people are shown of a notebook's text: without secrets, without control characters."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache


def hidden(source: str, *, code: bool, values: Collection[str] = ()) -> str:
    """A cell's source with stars for the values of secrets, and for `values`, as long as it was."""
    from nb2prod.analysis.pasted import in_pieces
    from nb2prod.analysis.tokens import find_tokens

    tokens = [*find_tokens(source, names=code), *(in_pieces(source) if code else ())]
    parts: list[str] = []
    position = 0
    for start, end in sorted((token.start, token.end) for token in tokens):
        start = max(start, position)  # noqa: PLW2901 - one may lie in another
        parts += [source[position:start], stars(source[start:end])]
        position = max(position, end)
    source = "".join([*parts, source[position:]])
    pattern = any_of(values)
    return source if pattern is None else pattern.sub(lambda match: stars(match[0]), source)


def any_of(values: Collection[str]) -> re.Pattern[str] | None:
    """What finds any of these texts, the longest first; None where there are none."""
    return _any_of(tuple(values)) if values else None


@lru_cache(maxsize=4)  # the same secrets are looked for in each cell
def _any_of(values: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(values, key=len, reverse=True))))


def stars(value: str) -> str:
    """As many stars as a value has characters, in as many lines."""
    return re.sub(r"[^\n]", "*", value)


def printable(text: str) -> str:
    """The text without control characters, which would reach the terminal; tabs stay."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )
