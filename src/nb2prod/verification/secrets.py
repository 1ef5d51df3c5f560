"""The values of secrets: which were pasted, and blanking them in what is told of a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from nb2prod.analysis.pasted import is_marked, marker
from nb2prod.analysis.tokens import find_tokens
from nb2prod.notebook.model import Notebook

_BLANK = "***"
# So much of a value gives it away: a part of it, in capitals or in small letters, is blanked, too.
_PART = 8
_SHORTEST = 4


def hiding(values: Iterable[str]) -> Callable[[str], str]:
    """What blanks these values in a text, and whatever else shows itself to be a secret."""
    known = tuple(values)

    def hide(text: str) -> str:
        text = without_values(text, known)
        for token in find_tokens(text):
            if not is_marked(token.value):
                text = text.replace(token.value, _BLANK)
        return text

    return hide


def without_values(text: str, values: Iterable[str]) -> str:
    """The text without these values, and without parts of them of eight characters or more."""
    for value in sorted(set(values), key=len, reverse=True):
        if len(value) >= _SHORTEST:
            text = re.sub(re.escape(value), _BLANK, text, flags=re.IGNORECASE)
        if len(value) > _PART:
            text = _without_parts(text, value.lower())
    return text


def _without_parts(text: str, value: str) -> str:
    parts = {value[at : at + _PART] for at in range(len(value) - _PART + 1)}
    lower = text.lower()
    if len(lower) != len(text) or not any(part in lower for part in parts):
        return text
    hidden = [False] * len(text)
    for at in range(len(text) - _PART + 1):
        if lower[at : at + _PART] in parts:
            hidden[at : at + _PART] = [True] * _PART
    blanked = "".join(
        "\0" if is_hidden else char for char, is_hidden in zip(text, hidden, strict=True)
    )
    return re.sub("\0+", _BLANK, blanked)


def pasted_values(raw: Notebook, clean: Notebook, names: Sequence[str]) -> dict[str, str]:
    """The values of pasted secrets by their names: what stands in the notebook where its clean copy
    has markers.
    """
    found: dict[str, str] = {}
    for one, other in zip(raw.cells, clean.cells, strict=True):
        held = [name for name in names if marker(name) in other.source]
        if not held:
            continue
        words = "|".join(re.escape(marker(name)) for name in sorted(held, key=len, reverse=True))
        by_marker = {marker(name): name for name in held}
        pattern, order = "", []
        for piece in re.split(f"({words})", other.source):
            if piece in by_marker:
                order.append(by_marker[piece])
                pattern += "(.+?)"
            else:
                pattern += re.escape(piece)
        match = re.fullmatch(pattern, one.source, re.DOTALL)
        if match is not None:
            for name, value in zip(order, match.groups(), strict=True):
                found.setdefault(name, value)
    return found
