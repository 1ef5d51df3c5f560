"""Values that nobody is to see, in what a builder says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote

from nb2prod.container.progress import Began, Event, Said

_SHORTEST = 4  # a value of less is in every second line, and keeps nothing secret
_LOGIN = re.compile(r"://([^:@/\s]*)(?::([^@/\s]*))?@")
_IN_ITS_PLACE = "****"


class Hidden:
    """Puts stars in the place of secret values; of addresses, in that of their passwords too."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        found = {part for value in values for part in _parts(value) if len(part) >= _SHORTEST}
        # The longest first: one may be part of another.
        self._values = sorted(found, key=lambda value: (-len(value), value))

    def text(self, text: str) -> str:
        """The text without them."""
        for value in self._values:
            text = text.replace(value, _IN_ITS_PLACE)
        return text

    def event(self, event: Event) -> Event:
        """The event without them."""
        if isinstance(event, Said):
            return replace(event, text=self.text(event.text))
        if isinstance(event, Began):
            return replace(event, instruction=self.text(event.instruction))
        return event

    def is_in(self, text: str) -> bool:
        """Whether one of them is there."""
        return any(value in text for value in self._values)


def _parts(value: str) -> Iterable[str]:
    for line in value.splitlines():
        yield line.strip()
        yield from line.split()
        for user, password in _LOGIN.findall(line):
            # An address without a password has a token in the place of the user.
            yield from (password or user, unquote(password or user))
