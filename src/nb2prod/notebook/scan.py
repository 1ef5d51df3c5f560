"""Where statements begin in a text that is Python but for IPython's own lines.

`tokenize` cannot be used: it stops at the first `!ls "it's"`. The scan below only needs to know whether a
line begins inside a string, inside brackets, or after a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"""('''|\"\"\"|'|"|[()\[\]{}]|#|\\)""")
_OPENING, _CLOSING = "([{", ")]}"
_ESCAPE_START = re.compile(r"\s*(!|%|\?)|\s*[A-Za-z_*(\[][\w\s.,*()\[\]'\"-]*?\s*=\s*(!|%)(?=[^\s=])")


def logical_lines(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) of each run of physical lines that belongs to one statement or header.

    A line that begins with IPython's `!`, `%` or `?`, or assigns from one, ends where its own
    backslash continuation ends; quotes and brackets in it mean nothing.
    """
    start = 0
    while start < len(lines):
        if _ESCAPE_START.match(lines[start]):
            stop = _end_of_escape(lines, start)
        else:
            stop = _end_of_python(lines, start)
        yield start, stop
        start = stop


def _end_of_escape(lines: list[str], start: int) -> int:
    stop = start
    while stop < len(lines) - 1 and lines[stop].rstrip().endswith("\\"):
        stop += 1
    return stop + 1


def _end_of_python(lines: list[str], start: int) -> int:
    depth = 0
    quote = ""  # the quote of the string that is open across the line's end
    for index in range(start, len(lines)):
        depth, quote, continued = _scan_line(lines[index], depth, quote)
        if depth <= 0 and not quote and not continued:
            return index + 1
    # Never closed: not Python. Only the first line is taken, so that what follows is still seen.
    return start + 1 if depth > 0 or quote else len(lines)


def _scan_line(line: str, depth: int, quote: str) -> tuple[int, str, bool]:
    """The bracket depth, the open triple quote and whether the line continues, after `line`."""
    position = 0
    while True:
        if quote:
            position = _end_of_string(line, position, quote)
            if position < 0:
                continued = len(quote) == 1 and line.endswith("\\")
                return depth, quote if len(quote) == 3 or continued else "", continued
            quote = ""
        match = _TOKEN.search(line, position)
        if match is None:
            return depth, "", False
        token, position = match.group(1), match.end()
        if token == "#":
            return depth, "", False
        if token == "\\":
            if position == len(line):
                return depth, "", True
        elif token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
        else:
            quote = token


def _end_of_string(line: str, position: int, quote: str) -> int:
    """The position after the closing quote, or -1 when the string does not end on this line."""
    while position < len(line):
        if line[position] == "\\":
            position += 2
        elif line.startswith(quote, position):
            return position + len(quote)
        else:
            position += 1
    return -1
