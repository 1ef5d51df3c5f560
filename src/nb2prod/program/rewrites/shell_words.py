"""Directories in shell lines and scripts: each stays one word, whatever blanks its path holds.

On the platform no directory's path holds a blank; the one that stands for it may. Where a path
stands bare in a line it is quoted, glob patterns behind it being left to the shell:
`ls /content/x/*.txt` lists with `'/my work'/x/*.txt`. Within quotes a path already is part of one
word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nb2prod.program.context import Context
from nb2prod.program.text import Expression, Piece, Text, expanded, with_roots

# The start of a here-document: the shell reads the lines below it as they are.
HERE_DOCUMENT = re.compile(r"(?<!<)<<(?!<)(-?)\s*(['\"]?)(\w+)\2")


def command_pieces(command: str, context: Context, *, twice: bool = False) -> list[Piece]:
    """A shell line with names expanded as IPython expands them, and its directories quoted."""
    return quoted(expanded(command, context, twice=twice), context)


def script_pieces(commands: Iterable[str], context: Context) -> list[Piece]:
    """A script, given as its commands of whole lines, with its directories quoted.

    The lines of a here-document are text, in which quotes mean nothing.
    """
    pieces: list[Piece] = []
    for command in commands:
        document = HERE_DOCUMENT.search(command)
        end = command.find("\n", document.end()) if document else -1
        head, rest = (command[:end], command[end:]) if end >= 0 else (command, "")
        pieces += quoted(with_roots(head, context), context)
        pieces += [*with_roots(rest, context), Text("\n")]
    return pieces


def quoted(pieces: Iterable[Piece], context: Context) -> list[Piece]:
    """The pieces of a line, those directories quoted that stand outside of quotes."""
    result: list[Piece] = []
    state = _Quotes()
    directory = f"{context.configuration}."
    for piece in pieces:
        if isinstance(piece, Text):
            state.feed(piece.value)
        elif state.bare and piece.code.startswith(directory):
            piece = Expression(f"{context.shell('quoted')}({piece.code})")  # noqa: PLW2901
        result.append(piece)
    return result


class _Quotes:
    """Where in a command line a text has come to: in which quotes, substitutions, comments."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._last = " "

    @property
    def bare(self) -> bool:
        """Whether what comes next stands outside of quotes."""
        return not self._open or self._open[-1] in "(`"

    def feed(self, text: str) -> None:
        """Go on behind `text`."""
        position = 0
        while position < len(text):
            char = text[position]
            position += self._step(char, text[position + 1 : position + 2])
            self._last = char

    def _step(self, char: str, following: str) -> int:
        """Take one character, or two that belong together; how many it were."""
        top = self._open[-1] if self._open else ""
        if top == "#" or top == "'":  # noqa: PLR1714 - a tuple would hide the two rules
            if char == ("\n" if top == "#" else "'"):
                self._open.pop()
        elif char == "\\":
            return 2
        elif char == "$" and following == "(":
            self._open.append("(")
            return 2
        elif char == '"' or char == "`":  # noqa: PLR1714
            if top == char:
                self._open.pop()
            else:
                self._open.append(char)
        elif top != '"':
            self._step_bare(char, top)
        return 1

    def _step_bare(self, char: str, top: str) -> None:
        if char == "'" or (char == "#" and self._last in " \t\n;|&("):
            self._open.append(char)
        elif char == "(" and top == "(":
            self._open.append("(")
        elif char == ")" and top == "(":
            self._open.pop()
