"""The lines and columns of a file in which the lines of cells stand."""

from __future__ import annotations

import json
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Part
from nb2prod.hygiene.physical import Physical, Spot
from nb2prod.location import Location
from tests.hygiene.build import code, document, only, text, written


def spot(content: bytes, *place: int, part: Part = "source") -> Spot:
    context = Context("nb.ipynb", content, only())
    return Physical(context).spot(Location(*place) if place else None, part)


def cells(*sources: object) -> dict[str, Any]:
    return document(*({**code(""), "source": source} for source in sources))


AS_JUPYTER = written("a\nb\n", text("# T"), "é = 1\nd")
MINIFIED = json.dumps(cells(["a\n", "b"]), separators=(",", ":")).encode()
ONE_STRING = json.dumps(cells("a\n\tb \U0001f600 c"), indent=1).encode()
OLD = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {},
    "worksheets": [
        {"cells": [{"cell_type": "heading", "level": 1, "source": ["T"]}]},
        {"cells": [{"cell_type": "code", "input": ["a\n", "b"], "language": "python"}]},
    ],
}
TWICE = (
    b'{"cells": 1,\n"nbformat": 4, "cells": [{"cell_type": "code",\n"source": 1,\n"source": "a"}]}'
)
CASES = [
    ("as Jupyter writes it", AS_JUPYTER, (1, 2, 1), '"b\\n"', 1),
    ("a column", AS_JUPYTER, (3, 1, 5), '"é = 1\\n"', 5),
    ("a cell of text", AS_JUPYTER, (2, 1, 3), '"# T"', 3),
    ("beyond a line's end", AS_JUPYTER, (3, 1, 90), '"é = 1\\n"', 6),
    ("beyond the last line's end", AS_JUPYTER, (3, 2, 90), '"d"', 2),
    ("the empty line after the last", AS_JUPYTER, (1, 3, 1), '"b\\n"', 4),
    ("beyond the last line", AS_JUPYTER, (3, 9, 1), '"d"', 1),
    ("on one line", MINIFIED, (1, 2, 1), '"b"', 1),
    ("one string", ONE_STRING, (1, 2, 1), '"a\\n\\tb \\ud83d\\ude00 c"', 4),
    ("behind escapes", ONE_STRING, (1, 2, 6), '"a\\n\\tb \\ud83d\\ude00 c"', 4 + 17),
    ("lines that end in CRLF", AS_JUPYTER.replace(b"\n", b"\r\n"), (1, 2, 1), '"b\\n"', 1),
    ("a byte order mark", b"\xef\xbb\xbf" + MINIFIED, (1, 2, 1), '"b"', 1),
    ("sources with CRLF", json.dumps(cells(["a\r\n", "b"])).encode(), (1, 2, 1), '"b"', 1),
    ("CR and LF apart", json.dumps(cells(["a\r", "\nb"])).encode(), (1, 2, 1), '"\\nb"', 3),
    ("several lines in a string", json.dumps(cells(["a\nb\n", "c"])).encode(), (1, 3), '"c"', 1),
    ("a line in several strings", json.dumps(cells(["a", "", "b"])).encode(), (1, 1, 2), '"b"', 1),
    ("what is no string", json.dumps(cells(["a\n", 7, "b"])).encode(), (1, 2, 1), '"b"', 1),
    ("half a pair", b'{"cells": [{"source": ["\\ud800\\n",\n"b"]}]}', (1, 2, 1), '"b"', 1),
    ("an old notebook", json.dumps(OLD, indent=2).encode(), (2, 2, 1), '"b"', 1),
    ("an old heading", json.dumps(OLD, indent=2).encode(), (1, 1, 1), '"T"', 1),
    ("keys that are there twice", TWICE, (1, 1, 1), '"a"', 1),
]


@pytest.mark.parametrize(
    ("content", "place", "literal", "column"),
    [case[1:] for case in CASES],
    ids=[c[0] for c in CASES],
)
def test_a_place_is_found_in_the_file(
    content: bytes, place: tuple[int, ...], literal: str, column: int
) -> None:
    shown = content.decode("utf-8-sig")
    start = shown.index(literal)
    line = shown.count("\n", 0, start) + 1
    before = start - shown.rfind("\n", 0, start)
    assert spot(content, *place) == Spot(line, before + column)


@pytest.mark.parametrize(
    ("content", "place", "part", "line"),
    [
        (AS_JUPYTER, (), "metadata", 1),
        (AS_JUPYTER, (1,), "metadata", 3),
        (AS_JUPYTER, (2,), "output", 13),
        (AS_JUPYTER, (9,), "source", 1),
        (json.dumps(cells([]), indent=1).encode(), (1,), "source", 3),
        (json.dumps(cells(None), indent=1).encode(), (1,), "source", 3),
        (b'{"cells": [\n{}]}', (1,), "source", 2),
        (b"\xff", (), "metadata", 1),
        (b"{", (1,), "source", 1),
    ],
)
def test_what_is_about_no_line_is_where_its_cell_begins(
    content: bytes, place: tuple[int, ...], part: Part, line: int
) -> None:
    assert spot(content, *place, part=part) == Spot(line)


TEXTS = st.text(st.sampled_from('ab\n\n\n\r\t"\\/<é\u2028\u0085\U0001f600\0 #ud8'), max_size=16)


@st.composite
def notebooks(draw: st.DrawFn) -> bytes:
    """Any notebook, in any way of writing it."""
    sources: list[object] = []
    for source in draw(st.lists(TEXTS, min_size=1, max_size=4)):
        cut = draw(st.integers(0, len(source)))
        lines = source.splitlines(keepends=True)
        sources.append(draw(st.sampled_from([source, lines, [source[:cut], source[cut:]]])))
    found = cells(*sources)
    if draw(st.booleans()):
        old = [{"cell_type": "code", "input": source} for source in sources]
        found = {"nbformat": 3, "worksheets": [{"cells": old}]}
    gap = draw(st.sampled_from(["", " "]))
    indent = draw(st.sampled_from([None, 0, 1, 4, "\t"]))
    shown = json.dumps(
        found,
        indent=indent,
        ensure_ascii=draw(st.booleans()),
        separators=("," if indent is not None else f",{gap}", draw(st.sampled_from([":", " : "]))),
    )
    if draw(st.booleans()):
        shown = shown.replace("<", "\\u003c").replace("/", "\\/")
    shown = shown.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\n\n"])))
    return (draw(st.sampled_from(["", "\ufeff"])) + shown).encode()


@given(notebooks(), st.data())
def test_the_line_that_is_told_holds_the_string_of_the_source_line(
    content: bytes, data: st.DataObject
) -> None:
    context = Context("nb.ipynb", content, only())
    physical = Physical(context)
    rows = content.decode("utf-8-sig").split("\n")
    for cell in context.cells:
        for number, line in enumerate(cell.source.split("\n"), start=1):
            column = data.draw(st.integers(1, max(1, len(line))))
            found = physical.spot(Location(cell.number, number, column), "source")
            if not cell.source:
                continue
            assert found.column is not None
            # From there on the row has the rest of the line, or as much of it as the string has.
            held, _ = scanstring(rows[found.line - 1], found.column - 1)
            here, rest = held.replace("\r\n", "\n").replace("\r", "\n"), line[column - 1 :]
            assert here.startswith(rest) or (here and rest.startswith(here))
