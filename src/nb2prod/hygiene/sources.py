"""Edits of a cell's source, made in the strings of the file that it is the text of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nb2prod.hygiene.model import SourceEdit
from nb2prod.hygiene.positions import Member, Positions
from nb2prod.hygiene.style import Style

Span = tuple[int, int, str]


class _Item(NamedTuple):
    """A string of the source: its text, and how the file writes it; None once it is changed."""

    text: str
    written: str | None


def spans_of_source(
    positions: Positions, style: Style, found: Member, edits: Sequence[SourceEdit]
) -> list[Span] | None:
    """The changes of a file's text that edits of one source are; None where it is no source.

    Of a list of lines those that are not touched stay as they are written.
    """
    value = positions.value(found)
    if isinstance(value, str):
        text = _edited(value, [(edit.start, edit.end, edit.text) for edit in _placed(value, edits)])
        return [(found.value, found.end, style.text(text))]
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        return None
    container = positions.container(found.value)
    items = [
        _Item(text, positions.text[member.value : member.end])
        for text, member in zip(value, container.members, strict=True)
    ]
    items = _edited_items(items, _placed("".join(value), edits))
    margin = style.margin(container)
    written = [style.text(one.text) if one.written is None else one.written for one in items]
    if not written:
        return [(container.start, container.end, "[]")]
    if container.members:
        first, last = container.members[0].start, container.members[-1].end
        return [(first, last, style.separator(margin).join(written))]
    closing = margin.removesuffix(style.unit) if margin else ""
    inner = style.separator(margin).join(written)
    return [(container.start, container.end, f"[{margin}{inner}{closing}]")]


def _placed(text: str, edits: Iterable[SourceEdit]) -> list[SourceEdit]:
    """The edits in order, with offsets in the text as the file has it: a source's lines end in
    `\\n`, whatever the file has at the ends of its lines.
    """
    edits = sorted(edits, key=lambda edit: (edit.start, edit.end))
    if "\r" not in text:
        return edits
    starts = [match.start() for match in re.finditer(r"\r\n|[\s\S]", text)] + [len(text)]
    return [
        _apart(SourceEdit(edit.cell, starts[edit.start], starts[edit.end], edit.text), text)
        for edit in edits
    ]


def _apart(edit: SourceEdit, text: str) -> SourceEdit:
    """The edit, so that a `\\r` before it and a `\\n` that comes behind it stay two line ends."""
    follows = (edit.text + text[edit.end :])[:1]
    if edit.start and text[edit.start - 1] == "\r" and follows == "\n":
        return SourceEdit(edit.cell, edit.start - 1, edit.end, "\n" + edit.text)
    return edit


def _edited(text: str, edits: Iterable[Span]) -> str:
    parts: list[str] = []
    position = 0
    for start, end, new in edits:
        parts += [text[position:start], new]
        position = end
    return "".join([*parts, text[position:]])


def _edited_items(items: list[_Item], edits: list[SourceEdit]) -> list[_Item]:
    result: list[_Item] = []
    position, index = 0, 0
    waiting = list(edits)
    while index < len(items) or waiting:
        start, text = position, ""
        touched: list[Span] = []
        # One item, and more as long as an edit, or a line that has lost its end, reaches over.
        while index < len(items):
            text += items[index].text
            position += len(items[index].text)
            index += 1
            last = index == len(items)
            while waiting and (waiting[0].start < position or last):
                edit = waiting.pop(0)
                touched.append((edit.start - start, edit.end - start, edit.text))
            if all(end <= len(text) for _, end, _ in touched) and not (
                touched and _loses_its_end(text, touched)
            ):
                break
        if not items:
            touched = [(edit.start, edit.end, edit.text) for edit in waiting]
            waiting = []
        if touched:
            new = _edited(text, touched)
            result += [_Item(line, None) for line in re.findall(r"[^\n]*\n|[^\n]+", new)]
        else:
            result.append(items[index - 1])
    return result


def _loses_its_end(text: str, touched: list[Span]) -> bool:
    new = _edited(text, touched)
    return text.endswith("\n") and bool(new) and not new.endswith("\n")
