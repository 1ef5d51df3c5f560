"""The headings of a notebook's Markdown, as a reader sees them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from nb2prod.notebook.model import Cell
from nb2prod.program.markdown import DATA, IMAGE, TAG, plain

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
# CommonMark, and with it Jupyter and Colab, wants a blank behind the marks: `#tag` is text.
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t](.*))?")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
# Lines that begin something other than a paragraph: code, lists, quotations, tables, HTML.
_NO_PARAGRAPH = re.compile(r" {4}|[ ]{0,3}(?:\t|[>|<]|[-*+][ \t]|\d+[.)][ \t])")
_LONGEST_UNDERLINED = 100
# With a style of its own a heading is long; patterns that look for an end take longer with each.
_LONGEST_WRITTEN = 10_000
_LONGEST_TEXT = 500
# A piece of code that speaks about HTML is none.
_HTML = re.compile(r"`[^`\n]*`|<h([1-6])\b[^>]{0,2000}>(.{0,5000}?)</h\1\s*>", re.I | re.S)
_BREAK = re.compile(r"<br\b[^>]{0,300}>|\s+", re.I)
_REFERENCE = re.compile(r"\[([^\]]*)\]\[[^\]]*\]")
_ROLE_OR_ATTRIBUTES = re.compile(r"\{\w+\}(?=`)|\s\{[#.:][^}]*\}\s*$")
_EMPHASIS = re.compile(r"(?<![\\\w])([*_])(?=\S)(.+?)(?<=[^\s\\])\1(?!\w)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# What makes an emoji of a plain character: `1` and two of these are the key with a 1.
_EMOJI_MARKS = re.compile("[\ufe0e\ufe0f\u20e3]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: the number of its Markdown cell, its level (1 to 6), and its words.

    `text` is without Markdown, HTML, links, images and emoji at its ends; numbering is still there.
    """

    cell: int
    level: int
    text: str


def headings_of(cells: Iterable[Cell]) -> tuple[Heading, ...]:
    """All headings, in order: `# x`, underlined lines and `<h1>` to `<h6>`.

    What stands in code fences and HTML comments is none, nor is one without words. The heading
    cells of old notebooks were read as Markdown.
    """
    return tuple(
        Heading(cell.number, level, text)
        for cell in cells
        if cell.kind == "markdown"
        for _, level, written in sorted(_written(list(_shown(cell.source))))
        if (text := plain_words(written))
    )


def opening_headings(cells: Iterable[Cell]) -> dict[int, Heading]:
    """By Markdown cell: the heading under which the code stands that follows the cell.

    It is the cell's last heading of its best level: those below it belong to it, because they tell
    of its parts before any code comes ("## Training", "### Hyper-parameters"). The notebook's title
    gives way to the other headings of its cell: all code stands under it.
    """
    headings = headings_of(cells)
    title = notebook_title(headings)
    opening = {}
    for number, group in groupby(headings, attrgetter("cell")):
        in_cell = list(group)
        those = [one for one in in_cell if one is not title] or in_cell
        best = min(one.level for one in those)
        opening[number] = [one for one in those if one.level == best][-1]
    return opening


def notebook_title(headings: tuple[Heading, ...]) -> Heading | None:
    """The heading that names the notebook and no part of it: the first, when no other is as high
    and it is of the first level.
    """
    first = headings[0] if headings else None
    if first is None or first.level > 1 or any(one.level == 1 for one in headings[1:]):
        return None
    return first


def plain_words(text: str) -> str:
    """A heading's words: without Markdown, HTML, links, images, and emoji at the ends."""
    text = _BREAK.sub(" ", IMAGE.sub("", DATA.sub("", text)[:_LONGEST_WRITTEN]))
    text = _ROLE_OR_ATTRIBUTES.sub("", _REFERENCE.sub(r"\1", TAG.sub("", text)))
    text = _EMPHASIS.sub(r"\2", plain(text[:_LONGEST_TEXT]).replace("~~", ""))
    text = _EMOJI_MARKS.sub("", _ESCAPED.sub(r"\1", text))
    return " ".join(_without_ornaments(text).split())


def _without_ornaments(text: str) -> str:
    first, last = 0, len(text)
    while first < last and _is_ornament(text[first]):
        first += 1
    while first < last and _is_ornament(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_ornament(char: str) -> bool:
    """Whether it is a blank, an emoji or a part of one, or an arrow."""
    if char.isascii():
        return char == " "
    return unicodedata.category(char) in ("Zs", "So", "Sk", "Sm", "Cf")


def _shown(source: str) -> Iterator[str]:
    """The lines of a cell, those of code fences and what stands in comments left empty."""
    fence, comment = "", False
    for line in re.split(r"\r\n|\r|\n", source):
        if fence:
            rest = line.strip()
            if len(rest) >= len(fence) and not rest.strip(fence[0]):
                fence = ""
            yield ""
        elif not comment and (opened := _FENCE.match(line)):
            fence = opened[1]
            yield ""
        else:
            shown, comment = _without_comments(line, comment)
            yield shown


def _without_comments(line: str, inside: bool) -> tuple[str, bool]:
    """What of a line is outside HTML comments, and whether one goes on behind it."""
    shown = ""
    while line:
        before, mark, line = line.partition("-->" if inside else "<!--")
        shown += "" if inside else before
        inside = inside != bool(mark)
    return shown, inside


def _written(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """The headings in a cell's lines, in no order: index of the line, level, text as written."""
    for index, line in enumerate(lines):
        if heading := _ATX.fullmatch(line):
            yield index, len(heading[1]), _without_closing_marks(heading[2] or "")
            lines[index] = ""
        elif (under := _UNDERLINE.fullmatch(line)) and _can_be_underlined(lines, index - 1):
            yield index - 1, 1 if under[1][0] == "=" else 2, lines[index - 1]
            lines[index - 1] = lines[index] = ""
    text = "\n".join(lines)
    for found in _HTML.finditer(text):
        if found[1]:
            yield text.count("\n", 0, found.start()), int(found[1]), found[2]


def _without_closing_marks(text: str) -> str:
    """The text of `# text ##`; in `# C#` the last one is part of it."""
    text = text.rstrip()
    bare = text.rstrip("#")
    return text if bare and bare[-1] not in " \t" else bare


def _can_be_underlined(lines: list[str], index: int) -> bool:
    """Whether a line is a paragraph of its own and short.

    CommonMark takes any paragraph above such marks for a heading; longer ones are text above what
    was meant as a rule.
    """
    if index < 0 or (index > 0 and lines[index - 1].strip()):
        return False
    line = lines[index]
    return 0 < len(line.strip()) <= _LONGEST_UNDERLINED and not _NO_PARAGRAPH.match(line)
