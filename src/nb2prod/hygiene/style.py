"""How a file writes JSON: what is put into it is written in the same way."""

from __future__ import annotations

import json
import re
from functools import cached_property

from nb2prod.hygiene.positions import Container, Positions

# An escape of a character below U+0080 that JSON does not ask for; Google's tools write `\u003c`.
_ASCII_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u00([2-7][0-9a-fA-F])")
_OTHER_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u([0-9a-fA-F]{4})")
_SLASH = re.compile(r"(?<!\\)(?:\\\\)*\\/")
_LOWER = re.compile(r"((?<!\\)(?:\\\\)*)\\u([0-9a-f]{4})")
_HALF = re.compile(r"[\ud800-\udfff]")  # no encoding takes half a surrogate pair as it is
_QUOTED_ANYWAY = frozenset('"\\')


class Style:
    """The habits of a JSON text: escapes, indentation, blanks behind colons and commas."""

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self._text = positions.text

    def text(self, value: str) -> str:
        """A string in quotes."""
        written = json.dumps(value, ensure_ascii=self._only_ascii)
        if self._escaped:
            written = '"' + "".join(self._escaped.get(c, c) for c in written[1:-1]) + '"'
        written = _HALF.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
        if self._upper_case:
            written = _LOWER.sub(lambda found: f"{found[1]}\\u{found[2].upper()}", written)
        return written

    def value(self, value: object, margin: str) -> str:
        """Any value. `margin` is the line end and the indentation of the line that it begins in."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict) and value:
            keyed = [(f"{self.text(key)}{self.colon}", item) for key, item in value.items()]
            return self._within("{}", keyed, margin)
        if isinstance(value, list) and value:
            return self._within("[]", [("", item) for item in value], margin)
        return json.dumps(value)

    def margin(self, container: Container) -> str:
        """The line end and the indentation before each member of a container; "" on one line.

        Of an empty one it is what it would be.
        """
        if container.members:
            return self._before(container.members[0].start)
        if not self.unit:
            return ""
        line = self._text.rfind("\n", 0, container.start) + 1
        indent = re.match(r"[ \t]*", self._text[line:]) if line else None
        return f"{self.line_end}{indent[0] if indent else ''}{self.unit}"

    def separator(self, margin: str) -> str:
        """What stands between two members."""
        return f",{margin}" if margin else f",{self._gap}"

    @cached_property
    def unit(self) -> str:
        """One step of indentation; "" where the file is on one line."""
        members = self._positions.container(self._positions.root).members
        margin = self._before(members[0].start) if members else ""
        return margin.lstrip("\r\n")

    @cached_property
    def line_end(self) -> str:
        """How lines end."""
        return "\r\n" if "\r\n" in self._text else "\n"

    def _within(self, brackets: str, members: list[tuple[str, object]], margin: str) -> str:
        inner = f"{margin}{self.unit}" if margin else ""
        written = [f"{key}{self.value(value, inner)}" for key, value in members]
        return brackets[0] + inner + self.separator(inner).join(written) + margin + brackets[1]

    def _before(self, position: int) -> str:
        """The blanks before a member when they hold a line end."""
        start = position
        while self._text[start - 1] in " \t\r\n":
            start -= 1
        blanks = self._text[start:position]
        return blanks if "\n" in blanks else ""

    @cached_property
    def colon(self) -> str:
        """The colon between a key and its value, with the blanks around it."""
        members = self._positions.container(self._positions.root).members
        if not members:
            return ": "
        found = self._text[members[0].start : members[0].value]
        return ":" + found[found.rindex(":") + 1 :]

    @cached_property
    def _gap(self) -> str:
        """The blank behind a comma on one line."""
        members = self._positions.container(self._positions.root).members
        if len(members) < 2 or self.unit:
            return " "
        between = self._text[members[0].end : members[1].start]
        return between[between.index(",") + 1 :]

    @cached_property
    def _only_ascii(self) -> bool:
        if not self._text.isascii():
            return False
        return any(int(code, 16) >= 0x80 for code in _OTHER_ESCAPE.findall(self._text))

    @cached_property
    def _escaped(self) -> dict[str, str]:
        """The characters below U+0080 that the file escapes and JSON would not."""
        codes = {int(code, 16) for code in _ASCII_ESCAPE.findall(self._text)}
        escaped = {chr(code): f"\\u{code:04x}" for code in codes}
        if _SLASH.search(self._text):
            escaped["/"] = "\\/"
        return {
            char: form
            for char, form in escaped.items()
            if not char.isalnum() and char not in _QUOTED_ANYWAY
        }

    @cached_property
    def _upper_case(self) -> bool:
        codes = "".join(_OTHER_ESCAPE.findall(self._text))
        return any(c in "ABCDEF" for c in codes) and not any(c in "abcdef" for c in codes)
