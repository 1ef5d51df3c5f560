"""Where statements begin in a text that is Python but for IPython's own lines.

`tokenize` cannot be used: it stops at the first `!ls "it's"`, and what it says about one differs
between versions of Python. The scan below only needs to know whether a line begins inside a string,
inside brackets or after a backslash, and where the first assignment of a statement is. It looks at
each character once, whatever is in the cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""('''|\"\"\"|'|"|[()\[\]{}]|\#|\\|;|:(?!=)|\?|(?:\*\*|//|>>|<<|[-+*/%&|^@<>!:=])=|=)"""
)
_OPENING, _CLOSING = "([{", ")]}"
_STRING_END = {quote: re.compile(rf"\\.|{quote}", re.DOTALL) for quote in ("'", '"', "'''", '"""')}
# A line of IPython's own, and what follows the `=` of an assignment from one.
_ESCAPE = re.compile(r"[ \t\f]*(?:[!%](?!=)|[?,;]|/(?![/=]))")
_ASSIGNED_ESCAPE = re.compile(r"[ \t]*(?:!(?!=)|%[ \t]*[^\W\d])")
_BLANKS = re.compile(r"[ \t]*")
# Statements that may have another one behind their colon: `for x in y: z = !ls`.
_COMPOUND = re.compile(
    r"[ \t\f]*(?:async[ \t]+)?(?:if|elif|else|for|while|with|try|except|finally|def|class)\b"
)
# Statements that never end cost a look at the whole rest of the cell each; nothing is gained by
# many of them, because such a cell is no Python anyway.
_MOST_UNCLOSED = 10


class LogicalLine(NamedTuple):
    """The physical lines from `start` to before `stop` (counted from 0) that belong together.

    `sign` is the place (line, column) of the `!`, `%`, `?` or the auto-call's `,`, `;`, `/` that
    makes the line one of IPython's own, and `target` where the left side of an assignment from one
    begins. `asks` is true when the line is Python but for a question mark at its end. `closed` is
    false for a statement with a bracket or a string that does not end.
    """

    start: int
    stop: int
    sign: tuple[int, int] | None = None
    target: tuple[int, int] | None = None
    asks: bool = False
    closed: bool = True


def logical_lines(lines: list[str]) -> Iterator[LogicalLine]:
    """Cut the lines of a cell into logical lines; every physical line is in exactly one.

    A line of IPython's own ends where its backslash continuation ends; quotes and brackets in it
    mean nothing.
    """
    start, unclosed = 0, 0
    while start < len(lines):
        escape = _ESCAPE.match(lines[start])
        if escape is not None:
            stop = _end_of_escape(lines, start)
            line = LogicalLine(start, stop, sign=(start, escape.end() - 1))
        else:
            line = _PythonLine(lines, start).find()
        if not line.closed:
            unclosed += 1
            if unclosed > _MOST_UNCLOSED:
                line = LogicalLine(start, len(lines), closed=False)
        yield line
        start = line.stop


def _end_of_escape(lines: list[str], start: int) -> int:
    stop = start
    while stop < len(lines) - 1 and lines[stop].endswith("\\"):
        stop += 1
    return stop + 1


class _PythonLine:
    """The search for the end of one statement or header, and for a sign of IPython's in it."""

    def __init__(self, lines: list[str], start: int) -> None:
        self._lines = lines
        self._start = start
        self._depth = 0
        self._quote = ""  # the quote of the string that is open across the line's end
        self._assigned = False
        self._target = (start, len(lines[start]) - len(lines[start].lstrip()))
        self._compound = _COMPOUND.match(lines[start]) is not None
        self._question = -1  # where the last question mark of the physical line ends
        self._sign: tuple[int, int] | None = None

    def find(self) -> LogicalLine:
        for index in range(self._start, len(self._lines)):
            continued = self._scan(index)
            if self._sign is not None:
                stop = _end_of_escape(self._lines, index)
                return LogicalLine(self._start, stop, sign=self._sign, target=self._target)
            if self._depth <= 0 and not self._quote and not continued:
                return LogicalLine(self._start, index + 1, asks=self._asks(index))
        closed = self._depth <= 0 and not self._quote
        # Never closed: not Python. Only the first line is taken, so that what follows is still
        # seen; a backslash on the very last line leaves nothing behind it to see.
        return LogicalLine(
            self._start, len(self._lines) if closed else self._start + 1, closed=closed
        )

    def _asks(self, index: int) -> bool:
        return self._question >= 0 and self._question == len(self._lines[index].rstrip())

    def _scan(self, index: int) -> bool:
        """Take in one physical line; tell whether it ends in a backslash."""
        line, position = self._lines[index], 0
        self._question = -1
        while True:
            if self._quote:
                position = _end_of_string(line, position, self._quote)
                if position < 0:
                    continued = len(self._quote) == 1 and line.endswith("\\")
                    if len(self._quote) == 1 and not continued:
                        self._quote = ""  # a string that its own line leaves open is an error
                    return continued
                self._quote = ""
            match = _TOKEN.search(line, position)
            if match is None:
                return False
            token, position = match.group(1), match.end()
            if token == "#":
                return False
            if token == "\\" and position == len(line):
                return True
            self._take(token, index, position)
            if self._sign is not None:
                return False

    def _take(self, token: str, index: int, position: int) -> None:
        if token[0] in "'\"":
            self._quote = token
        elif token in _OPENING:
            self._depth += 1
        elif token in _CLOSING:
            self._depth -= 1
        elif token == "?":
            self._question = position
        elif self._depth > 0 or self._assigned:
            return
        elif token == ";" or (token == ":" and self._compound):
            blanks = _BLANKS.match(self._lines[index], position)
            self._target = (index, blanks.end() if blanks else position)
        elif token == "=":
            # IPython looks behind the first `=` of a statement and no further.
            self._assigned = True
            if match := _ASSIGNED_ESCAPE.match(self._lines[index], position):
                text = match.group()
                self._sign = (index, position + len(text) - len(text.lstrip()))


def _end_of_string(line: str, position: int, quote: str) -> int:
    """The position after the closing quote, or -1 when the string does not end on this line."""
    for match in _STRING_END[quote].finditer(line, position):
        if match.group() == quote:
            return match.end()
    return -1
