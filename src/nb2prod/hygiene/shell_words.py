"""Where the words of an install command stand in a cell's source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache


def words_behind_install(source: str, start: int) -> Iterator[tuple[str, int, int]]:
    """The words behind `install` in the commands of the line that begins at `start`: each without
    its quotes, and where in the source it is, between the quotes. Words that are put together of
    several pieces, or hold an escape, are left out.
    """
    pattern, quoted = _patterns()
    installs = False
    for found in pattern.finditer(source, start):
        kind, text = found.lastgroup, found[0]
        if text == "\n":
            return
        if kind == "end":
            installs = False
        elif kind == "word" and text == "install":
            installs = True
        elif kind == "word" and installs:
            if not re.search(r"['\"\\]", text):
                yield text, found.start(), found.end()
            elif quoted.fullmatch(text):
                yield text[1:-1], found.start() + 1, found.end() - 1


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = re.compile(
        r"(?P<blank>(?:[ \t]|\\\n)+)"
        r"|(?P<end>&&|\|\||[;|&\n])"
        r"|(?P<note>#[^\n]*)"
        r"|(?P<word>(?:\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|\\[^\n]|[^\s\"'\\;|&])+)"
        r"|(?P<other>.)"
    )
    return words, re.compile(r"'[^']*'|\"[^\"\\]*\"")
