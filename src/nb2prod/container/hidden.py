"""Values that nobody is to see, in what a builder says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote

from nb2prod.container.progress import Began, Event, Moved, Said

_SHORTEST = 4  # a value of less is in every second line, and keeps nothing secret
_WORD = 8  # a value of less is looked for as a word alone, not within others
_LOGIN = re.compile(r"://([^:@/\s]*)(?::([^@/\s]*))?@")
_IN_ITS_PLACE = "****"


class Hidden:
    """Puts stars in the place of secret values; of addresses, in that of their passwords too.

    What `public` says, a text that anybody may see, is no secret: stars in the place of its words
    would hide what is said, and show which value it is.
    """

    def __init__(self, values: Iterable[str] = (), public: str = "") -> None:
        found = {part for value in values for part in _parts(value) if len(part) >= _SHORTEST}
        # The longest first: one may be part of another.
        ordered = sorted(found, key=lambda value: (-len(value), value))
        patterns = [_pattern(value) for value in ordered]
        self._patterns = [one for one in patterns if not one.search(public)]

    def text(self, text: str) -> str:
        """The text without them."""
        for pattern in self._patterns:
            text = pattern.sub(_IN_ITS_PLACE, text)
        return text

    def event(self, event: Event) -> Event:
        """The event without them."""
        if isinstance(event, Said):
            return replace(event, text=self.text(event.text))
        if isinstance(event, Began):
            return replace(event, instruction=self.text(event.instruction))
        if isinstance(event, Moved):
            return replace(event, reference=self.text(event.reference))
        return event

    def is_in(self, text: str) -> bool:
        """Whether one of them is there."""
        return any(pattern.search(text) for pattern in self._patterns)


def _pattern(value: str) -> re.Pattern[str]:
    exact = re.escape(value)
    return re.compile(rf"(?<!\w){exact}(?!\w)" if len(value) < _WORD else exact)


def _parts(value: str) -> Iterable[str]:
    for line in value.splitlines():
        yield line.strip()
        yield from line.split()
        for user, password in _LOGIN.findall(line):
            # An address without a password has a token in the place of the user.
            yield from (password or user, unquote(password or user))
