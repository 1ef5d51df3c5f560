"""Where a place in a notebook stands in its file: the line and the column of the JSON text.

What shows findings beside files, as GitHub and GitLab do, knows nothing of cells. A line of a cell
is one string of the file, or a part of one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Part
from nb2prod.hygiene.positions import Member, Positions
from nb2prod.location import Location
from nb2prod.notebook.lean import JsonPath

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_LINE_END = re.compile(r"\r\n?|\n")
# What stands for one character and takes more than one in JSON.
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.")


class Spot(NamedTuple):
    """A place in a file, counted from 1. `column` is None where the whole line is meant."""

    line: int
    column: int | None = None


class _Literal:
    """A string of the file: the text before it in the cell has `start` characters, and it opens
    with the quote at `quote`.
    """

    def __init__(self, text: str, start: int, member: Member) -> None:
        self.start = start
        self.quote = member.value
        # How much further on a character is for the escapes before it, by the escape's place.
        self._after: list[int] = []
        self._longer: list[int] = []
        longer = 0
        for escape in _ESCAPE.finditer(text, member.value + 1, member.end - 1):
            self._after.append(escape.start() - member.value - 1 - longer)
            longer += len(escape[0]) - 1
            self._longer.append(longer)

    def offset(self, number: int) -> int:
        """Where the character of this number, counted in the cell's text, is in the file."""
        within = number - self.start
        escapes = bisect_left(self._after, within)
        return self.quote + 1 + within + (self._longer[escapes - 1] if escapes else 0)


class _Source:
    """The text of a cell as the file has it."""

    def __init__(self, positions: Positions, found: Member) -> None:
        value = positions.value(found)
        strings: list[tuple[object, Member]] = [(value, found)]
        if isinstance(value, list):
            strings = list(zip(value, positions.container(found.value).members, strict=True))
        self.literals: list[_Literal] = []
        text = ""
        parts: list[str] = []
        start = 0
        for part, member in strings:
            if isinstance(part, str):
                self.literals.append(_Literal(positions.text, start, member))
                parts.append(part)
                start += len(part)
        text = "".join(parts)
        self._starts = [literal.start for literal in self.literals]
        self._lines = [0, *(end.end() for end in _LINE_END.finditer(text)), len(text) + 1]

    def offset(self, place: Location) -> int:
        """Where in the file a place is; what is beyond the end of its line is that end."""
        line = min(place.line, len(self._lines) - 1)
        number = min(self._lines[line - 1] + place.column - 1, self._lines[line] - 1)
        return self.literals[bisect_right(self._starts, number) - 1].offset(number)


class Physical:
    """The places of a notebook in its file."""

    def __init__(self, context: Context) -> None:
        self._cells = context.cells
        text = "" if context.problem else context.content.decode("utf-8").removeprefix(_BOM)
        self._positions = Positions(text)
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._sources: dict[int, _Source | None] = {}

    def spot(self, place: Location | None, part: Part) -> Spot:
        """Where a place is; what is about a whole notebook or a whole cell is where that begins."""
        if place is None or place.cell > len(self._cells):
            return Spot(1)
        cell = self._cells[place.cell - 1]
        source = self._source(cell) if part == "source" else None
        if source is None:
            return Spot(self._spot(self._find(cell.path).value).line)
        return self._spot(source.offset(place))

    def _source(self, cell: CheckedCell) -> _Source | None:
        if cell.number not in self._sources:
            path = cell.text_path
            found = _Source(self._positions, self._find(path)) if path else None
            self._sources[cell.number] = found if found and found.literals else None
        return self._sources[cell.number]

    def _find(self, path: JsonPath) -> Member:
        """The value at a path that is known to be there. The last of equal keys counts."""
        found = Member("", 0, self._positions.root, len(self._positions.text))
        for step in path:
            members = self._positions.container(found.value).members
            if isinstance(step, int):
                found = members[step]
            else:
                found = [member for member in members if member.key == step][-1]
        return found

    def _spot(self, offset: int) -> Spot:
        line = bisect_left(self._breaks, offset)
        return Spot(line + 1, offset - (self._breaks[line - 1] if line else -1))
