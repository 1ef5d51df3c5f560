"""Markdown cells as comments: the words, without images, HTML and links' litter."""

from __future__ import annotations

import re
import textwrap

_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)|!\[[^\]]*\]\[[^\]]*\]|<img\b[^>]*>", re.I | re.S)
_LINKED_IMAGE = re.compile(r"\[\s*\]\([^)]*\)")
_TAG = re.compile(r"</?[A-Za-z][^>\n]{0,300}>|<!--.*?-->", re.S)
_DATA = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_LONGEST_LINE = 96


def as_comment(source: str) -> list[str]:
    """The cell's text as lines of a comment, without their `#`; none when it was litter alone."""
    text = _DATA.sub("", source)
    text = _LINKED_IMAGE.sub("", _IMAGE.sub("", text))
    text = _TAG.sub("", text)
    lines: list[str] = []
    for written in text.splitlines():
        line = written.rstrip().replace("\t", "    ")
        heading = _HEADING.match(line)
        if heading:
            lines += ["", _plain(heading[2])] if lines else [_plain(heading[2])]
        elif len(line) > _LONGEST_LINE and not line.lstrip().startswith(("|", "```")):
            lines += textwrap.wrap(
                line.strip(), _LONGEST_LINE, break_long_words=False, break_on_hyphens=False
            )
        else:
            lines.append(line)
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(_printable(line) for line in lines)).strip("\n")
    return joined.split("\n") if joined.strip() else []


def first_heading(sources: list[str]) -> str | None:
    """The text of the first heading outside code fences."""
    for source in sources:
        fenced = False
        for line in source.splitlines():
            if line.lstrip().startswith("```"):
                fenced = not fenced
            heading = None if fenced else _HEADING.match(line)
            if heading:
                title = _plain(_TAG.sub("", _IMAGE.sub("", heading[2])))
                if title:
                    return title
    return None


def _plain(text: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return _printable(re.sub(r"(\*\*|__|`)", "", text)).strip()


def _printable(line: str) -> str:
    """A comment ends at the first thing that Python takes for a line's end."""
    return "".join(char if char.isprintable() or char == " " else " " for char in line)
