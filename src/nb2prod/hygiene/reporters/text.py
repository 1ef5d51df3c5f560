"""Texts as people and terminals can take them, and how findings are named in them."""

from __future__ import annotations

from nb2prod.hygiene.model import Finding

_WIDEST = 160
_BEFORE = 100


def visible(text: str) -> str:
    """The text with signs for control characters, none of which may reach a terminal. Tabs and line
    ends stay.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\t\n" else _sign(c) for c in text)


def one_line(text: str) -> str:
    """The same in one line."""
    return visible(text).replace("\n", _sign("\n"))


def cut(line: str, column: int = 1) -> tuple[str, int]:
    """Of a long line the surroundings of a column, between ellipses, and where it is in them."""
    if len(line) <= _WIDEST:
        return line, column
    start = max(0, column - _BEFORE)
    kept = line[start : start + _WIDEST]
    more = "…" if start + _WIDEST < len(line) else ""
    return ("…" if start else "") + kept + more, column - start + (1 if start else 0)


def blanks(text: str) -> str:
    """Blanks that are as wide as a text. Tabs stay tabs, however wide a terminal makes them."""
    if text.isascii():
        return "".join("\t" if char == "\t" else " " for char in text)
    from unicodedata import combining, east_asian_width

    wide = {"W": "  ", "F": "  "}
    return "".join(
        "\t" if char == "\t" else "" if combining(char) else wide.get(east_asian_width(char), " ")
        for char in text
    )


def place_of(finding: Finding) -> str:
    """`path:cell 3:2:5`, or the path alone where the notebook as a whole is meant."""
    place = finding.location
    if place is None:
        return finding.path
    return f"{finding.path}:cell {place.cell}:{place.line}:{place.column}"


def with_cell(finding: Finding) -> str:
    """The message with the cell that it is about, for readers who see the file's own lines."""
    place = finding.location
    if place is None:
        return finding.message
    line = f" line {place.line}" if finding.part == "source" else ""
    return f"{finding.message} (cell {place.cell}{line})"


def _sign(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else "\N{REPLACEMENT CHARACTER}"
