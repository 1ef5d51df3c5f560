"""Markdown cells as comments: the words, without images, HTML and links' litter."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator

from nb2prod.notebook.model import Cell

IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)|!\[[^\]]*\]\[[^\]]*\]|<img\b[^>]*>", re.I | re.S)
_LINKED_IMAGE = re.compile(r"\[\s*\]\([^)]*\)")
# A tag with attributes may go on over lines; a bare `<` before a word is one of comparison.
TAG = re.compile(
    r"</?[A-Za-z][^>\n]{0,300}>|<[A-Za-z]\w*\s+[\w-]+\s*=\s*[\"'][^>]{0,2000}>|<!--.*?-->", re.S
)
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
# Headings that say nothing of what the notebook is about.
_NO_TITLE = re.compile(
    r"(?:copyright\b|©|licen[cs]e).*"
    r"|(?:intro(?:duction)?|overview|set-?\s?up|imports?|prerequisites|install(?:ation)?|contents"
    r"|table of contents|setting up.*|(?:import|load).* libraries)[:.!]?",
    re.IGNORECASE,
)
DATA = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_LONGEST_LINE = 96


def as_comment(source: str) -> list[str]:
    """The cell's text as lines of a comment, without their `#`; none when it was litter alone."""
    text = DATA.sub("", source)
    text = _LINKED_IMAGE.sub("", IMAGE.sub("", text))
    text = html.unescape(TAG.sub("", text))
    lines: list[str] = []
    for written in text.splitlines():
        line = written.rstrip().replace("\t", "    ")
        heading = _HEADING.match(line)
        if heading:
            lines += ["", plain(heading[2])] if lines else [plain(heading[2])]
        elif len(line) > _LONGEST_LINE and not line.lstrip().startswith(("|", "```")):
            lines += textwrap.wrap(
                line.strip(), _LONGEST_LINE, break_long_words=False, break_on_hyphens=False
            )
        else:
            lines.append(line)
    while lines and (not lines[-1].strip() or _RULE.fullmatch(lines[-1])):
        lines.pop()
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(_printable(line) for line in lines)).strip("\n")
    return joined.split("\n") if joined.strip() else []


def title_of(cells: Iterable[Cell]) -> str | None:
    """The text of the first heading that can be the notebook's title: one outside code fences that
    says something, and stands above all code but a first cell of it. None where there is none.
    """
    for source in _opening(cells):
        fenced = False
        for line in source.splitlines():
            if line.lstrip().startswith("```"):
                fenced = not fenced
            heading = None if fenced else _HEADING.match(line)
            if heading:
                title = plain(TAG.sub("", IMAGE.sub("", heading[2])))
                if title and not _NO_TITLE.fullmatch(title):
                    return title
    return None


def _opening(cells: Iterable[Cell]) -> Iterator[str]:
    """The Markdown above the second cell of code."""
    code = 0
    for cell in cells:
        code += cell.kind == "code" and bool(cell.source.strip())
        if code > 1:
            return
        if cell.kind == "markdown":
            yield cell.source


def plain(text: str) -> str:
    """The text of a line without the marks of links, bold type and code."""
    text = html.unescape(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text))
    return _printable(re.sub(r"(\*\*|__|`)", "", text)).strip()


def _printable(line: str) -> str:
    """A comment ends at the first thing that Python takes for a line's end."""
    return "".join(char if char.isprintable() or char == " " else " " for char in line)
