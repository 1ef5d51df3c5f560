"""Quoting for Markdown: text and code spans that stay what they are wherever they stand."""

from __future__ import annotations

import re

from nb2prod.project.quoting import Quoted, one_line

_ALWAYS = re.compile(r"[\\`*\[\]<|~$]")
# Between two letters or digits an underscore means nothing; names read better without the
# backslash.
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ENTITY = re.compile(r"&(?=[#A-Za-z])")
_HASH = re.compile(r"(?<!\S)#|#(?!\S)")
_LEADING = re.compile(r"^[-+=>]")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")


def text(value: str) -> Quoted:
    """Text within a paragraph, heading, list item or table cell, on one line."""
    value = _ALWAYS.sub(r"\\\g<0>", one_line(value))
    for pattern in (_UNDERSCORE, _ENTITY, _HASH, _LEADING):
        value = pattern.sub(r"\\\g<0>", value)
    return Quoted(_NUMBERED.sub(r"\1\\\2", value))


def code(value: str) -> Quoted:
    """A code span on one line. Empty text, which none can hold, is written as two quotes."""
    value = one_line(value) or '""'
    longest = max((len(run) for run in re.findall("`+", value)), default=0)
    fence = "`" * (longest + 1)
    # A blank at each side is taken away again; without it a backtick at the edge would join the
    # fence.
    padded = f" {value} " if value[0] == "`" or value[-1] == "`" else value
    return Quoted(f"{fence}{padded}{fence}")


def written(value: str) -> Quoted:
    """Markdown that is Markdown already: what a target says of itself, with each value in it
    quoted by the functions above.
    """
    return Quoted(value)


def cell_code(value: str) -> Quoted:
    """A code span in a table's cell, where a bar would end the cell even inside the span."""
    return Quoted(code(value).replace("|", "\\|"))
