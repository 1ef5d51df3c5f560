"""Where the values of a JSON text stand in it.

The values themselves are read by the standard library's decoder; here are only the brackets, commas
and colons between them. Only what is asked for is looked at: a container's members are found by
decoding and dropping each, so a whole path costs no more than a few times reading the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from nb2prod.notebook.lean import JsonPath

_BLANKS = re.compile(r"[ \t\n\r]*")


class NoSuchValue(LookupError):
    """The text has no value at a path."""


class Member(NamedTuple):
    """A key with its value, or an item: it goes from `start` to `end`, its value from `value`."""

    key: str | int
    start: int
    value: int
    end: int


class Container(NamedTuple):
    """An object or a list: where its brackets are, and its members in the order of the text."""

    start: int
    end: int
    is_object: bool
    members: tuple[Member, ...]


class Positions:
    """The places of values in a JSON text that is known to be valid."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._decode = json.JSONDecoder().raw_decode
        self._containers: dict[int, Container] = {}
        self._by_key: dict[int, dict[str | int, Member]] = {}

    @property
    def root(self) -> int:
        """Where the outermost value begins."""
        return self._blanks(0)

    def find(self, path: JsonPath) -> Member:
        """The value at a path. Raises `NoSuchValue`. Of a key that is there twice the last counts,
        as it does to every reader.
        """
        start = self.root
        found = Member("", start, start, len(self.text))
        for step in path:
            member = self.member(found.value, step)
            if member is None:
                raise NoSuchValue(path)
            found = member
        return found

    def member(self, start: int, key: str | int) -> Member | None:
        """The member of this key of the container that begins at `start`, None where there is none.
        Raises `NoSuchValue` for another value.
        """
        if start not in self._by_key:
            members = self.container(start).members
            self._by_key[start] = {member.key: member for member in members}
        return self._by_key[start].get(key)

    def value(self, member: Member) -> Any:
        """A member's value, decoded."""
        return self._decode(self.text, member.value)[0]

    def container(self, start: int) -> Container:
        """The object or the list that begins at `start`. Raises `NoSuchValue` for another value."""
        if start not in self._containers:
            if self.text[start] not in "{[":
                raise NoSuchValue(start)
            members = tuple(self._members(start))
            end = self._blanks(members[-1].end if members else start + 1) + 1
            is_object = self.text[start] == "{"
            self._containers[start] = Container(start, end, is_object, members)
        return self._containers[start]

    def _members(self, start: int) -> Iterator[Member]:
        is_object = self.text[start] == "{"
        position = self._blanks(start + 1)
        index = 0
        while self.text[position] not in "}]":
            first = position
            key: str | int = index
            if is_object:
                key, position = self._decode(self.text, position)
                position = self._blanks(self._blanks(position) + 1)
            _, end = self._decode(self.text, position)
            yield Member(key, first, position, end)
            index += 1
            position = self._blanks(end)
            if self.text[position] == ",":
                position = self._blanks(position + 1)

    def _blanks(self, position: int) -> int:
        match = _BLANKS.match(self.text, position)
        return match.end() if match else position
