"""Edits of a file's bytes: whatever they are not about stays as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.hygiene.context import Context
from nb2prod.hygiene.edits import Batch
from nb2prod.hygiene.model import Edit, Fix, RemoveValue, SetValue, SourceEdit, WrapValue
from nb2prod.hygiene.positions import Positions
from tests.hygiene.build import code, document, only


def edited(text: str, *edits: Edit) -> str:
    batch = Batch(Context("nb.ipynb", text.encode(), only()))
    assert batch.add(Fix("", edits))
    return batch.apply().decode()


TABS = json.dumps(
    {"cells": [], "metadata": {"b": 1}, "nbformat": 4, "nbformat_minor": 4}, indent="\t"
)
ONE_LINE = '{"cells": [], "metadata": {"b": 1, "c": [1, 2]}, "nbformat": 4, "nbformat_minor": 4}'
TIGHT = '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":4}\n'
CASES = [
    # A key goes where the others' order has it, in the file's own way of writing.
    (
        TABS,
        SetValue(("metadata", "a"), {"x": 1}),
        '\t\t"b": 1',
        '\t\t"a": {\n\t\t\t"x": 1\n\t\t},\n\t\t"b": 1',
    ),
    (TABS, SetValue(("metadata", "c"), []), '\t\t"b": 1', '\t\t"b": 1,\n\t\t"c": []'),
    (TABS, SetValue(("metadata", "b"), "é"), '"b": 1', '"b": "é"'),
    (TABS, RemoveValue(("metadata", "b")), '{\n\t\t"b": 1\n\t}', "{}"),
    (TABS, WrapValue(("metadata", "b"), "w"), '"b": 1', '"b": {"w": 1}'),
    (
        ONE_LINE,
        SetValue(("metadata", "d"), {"x": [1, 2]}),
        "[1, 2]}",
        '[1, 2], "d": {"x": [1, 2]}}',
    ),
    (ONE_LINE, RemoveValue(("metadata", "b")), '{"b": 1, ', "{"),
    (ONE_LINE, RemoveValue(("metadata", "c")), ', "c": [1, 2]', ""),
    (ONE_LINE, RemoveValue(("metadata", "c", 0)), "[1, 2]", "[2]"),
    (TIGHT, SetValue(("metadata", "d"), {"x": [1, 2]}), "{}", '{"d":{"x":[1,2]}}'),
]


@pytest.mark.parametrize(("text", "edit", "old", "new"), CASES)
def test_values_are_written_as_the_file_writes(text: str, edit: Edit, old: str, new: str) -> None:
    assert edited(text, edit) == text.replace(old, new)


LINES = '{"cells": [{"cell_type": "code", "source": [\n  "a\\n",\n  "b\\u003c\\n",\n  "c"\n ]}]}'


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (SourceEdit(1, 0, 1, "xy"), '"a\\n"', '"xy\\n"'),
        (SourceEdit(1, 3, 4, "<"), "\\u003c", "\\u003c"),
        (SourceEdit(1, 2, 2, "<é\n"), '"a\\n"', '"a\\n",\n  "\\u003c\\u00e9\\n"'),
        (SourceEdit(1, 0, 2, ""), '"a\\n",\n  ', ""),
        (SourceEdit(1, 1, 2, ""), '"a\\n",\n  "b', '"ab'),
        (SourceEdit(1, 5, 6, ""), ',\n  "c"', ""),
        (SourceEdit(1, 6, 6, "\nd"), '"c"', '"c\\n",\n  "d"'),
        (SourceEdit(1, 0, 6, ""), '[\n  "a\\n",\n  "b\\u003c\\n",\n  "c"\n ]', "[]"),
    ],
)
def test_lines_are_written_as_the_file_writes(edit: Edit, old: str, new: str) -> None:
    text = LINES if "\\u00e9" not in new else LINES.replace("code", "cod\\u00e9").replace("é", "e")
    assert edited(text, edit) == text.replace(old, new)


def test_a_source_that_is_one_text() -> None:
    text = '{"cells": [{"cell_type": "code", "source": "a\\r\\nb"}]}'
    assert edited(text, SourceEdit(1, 2, 3, "c")) == text.replace("nb", "nc")


def test_a_byte_order_mark_and_half_a_pair_stay() -> None:
    text = '\ufeff{"cells": [{"cell_type": "code", "source": "a \\ud800 b"}], "x": "\\ud800"}\r\n'
    assert edited(text, SourceEdit(1, 0, 1, "c")) == text.replace("a ", "c ")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SourceEdit(1, 0, 2, ""), SourceEdit(1, 1, 3, "")),
        (SourceEdit(1, 1, 1, "x"), SourceEdit(1, 1, 1, "y")),
        (SourceEdit(1, 0, 1, ""), RemoveValue(("cells", 0))),
        (SetValue(("metadata", "a"), 1), RemoveValue(("metadata",))),
        (SetValue(("metadata", "b"), 1), SetValue(("metadata", "b"), 2)),
        (SetValue(("metadata", "n"), 1), SetValue(("metadata", "m"), 2)),
        (RemoveValue(("metadata", "b")), SetValue(("metadata", "m"), 2)),
    ],
)
def test_edits_that_touch_each_other_do_not_go_together(first: Edit, second: Edit) -> None:
    text = '{"cells": [{"cell_type": "code", "source": "abc"}], "metadata": {"a": 0, "b": 0}}'
    for one, other in ((first, second), (second, first)):
        batch = Batch(Context("nb.ipynb", text.encode(), only()))
        assert batch.add(Fix("", (one,)))
        before = batch.apply()
        assert not batch.add(Fix("", (other,)))
        assert batch.apply() == before


@pytest.mark.parametrize(
    "edit",
    [
        RemoveValue(("metadata", "none")),
        RemoveValue(()),
        SetValue(("none", "a"), 1),
        SetValue(("cells", 7), 1),
        WrapValue(("metadata", "none"), "a"),
        SourceEdit(1, 2, 9, ""),
        SourceEdit(2, 0, 0, "x"),
    ],
)
def test_an_edit_of_what_is_not_there_is_refused(edit: Edit) -> None:
    text = (
        '{"cells": [{"cell_type": "code", "source": "abc"}, {"source": ["a", 1]}], "metadata": {}}'
    )
    assert not Batch(Context("nb.ipynb", text.encode(), only())).add(Fix("", (edit,)))


def test_several_members_go_at_once() -> None:
    text = '{"cells": [], "metadata": {"a": 1, "b": 2, "c": 3, "d": 4}}'
    for gone in ("ab", "ac", "bc", "cd", "ad", "abc", "bcd", "abcd"):
        left = json.loads(edited(text, *(RemoveValue(("metadata", key)) for key in gone)))
        assert list(left["metadata"]) == [key for key in "abcd" if key not in gone]


# Any notebook, in any way of writing it.
TEXTS = st.text(st.sampled_from('ab\n\r\t"\\/<é\u2028\U0001f600\u0000 #%!'), max_size=12)
CELLS = st.lists(
    st.builds(
        lambda source, as_list, count: {
            **code("", execution_count=count),
            "source": source.splitlines(keepends=True) if as_list else source,
        },
        TEXTS,
        st.booleans(),
        st.none() | st.integers(0, 9),
    ),
    min_size=1,
    max_size=4,
)
WRITING = st.builds(
    lambda indent, ensure_ascii, gap, colon, sort_keys: {
        "indent": indent,
        "ensure_ascii": ensure_ascii,
        # Nobody writes blanks at the ends of lines.
        "separators": ("," if indent is not None else f",{gap}", colon),
        "sort_keys": sort_keys,
    },
    st.sampled_from([None, 0, 1, 2, "\t"]),
    st.booleans(),
    st.sampled_from(["", " "]),
    st.sampled_from([": ", ":", " : "]),
    st.booleans(),
)


@st.composite
def edits_of_sources(draw: st.DrawFn) -> tuple[str, list[SourceEdit], list[str]]:
    """A notebook's text, edits of it, and the sources that they make."""
    cells: list[dict[str, Any]] = draw(CELLS)
    writing: dict[str, Any] = draw(WRITING)
    text = json.dumps(document(*cells), **writing)
    if draw(st.booleans()):
        text = text.replace("<", "\\u003c")
    text += draw(st.sampled_from(["", "\n", "\n\n"]))
    context = Context("nb.ipynb", text.encode(), only())
    edits: list[SourceEdit] = []
    after: list[str] = []
    for cell in context.cells:
        source = cell.source
        cuts = sorted(
            draw(st.lists(st.integers(0, len(source)), max_size=4, unique=True)), reverse=True
        )
        for end, start in zip(cuts[::2], cuts[1::2], strict=False):
            new = draw(TEXTS).replace("\r", "")
            if edits and edits[-1].cell == cell.number and edits[-1].start == end:
                continue
            edits.append(SourceEdit(cell.number, start, end, new))
            source = source[:start] + new + source[end:]
        after.append(source)
    return text, edits, after


@given(edits_of_sources())
def test_only_the_edited_cells_change(drawn: tuple[str, list[SourceEdit], list[str]]) -> None:
    text, edits, after = drawn
    if not edits:
        return
    result = edited(text, *edits)
    context = Context("nb.ipynb", result.encode(), only())
    assert [cell.source for cell in context.cells] == [
        source.replace("\r\n", "\n").replace("\r", "\n") for source in after
    ]
    # With the edited sources cut out, both texts are the same.
    assert without_sources(text, edits) == without_sources(result, edits)


def without_sources(text: str, edits: list[SourceEdit]) -> str:
    positions = Positions(text)
    for number in sorted({edit.cell for edit in edits}, reverse=True):
        found = positions.find(("cells", number - 1, "source"))
        text = text[: found.value] + text[found.end :]
    return text


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(TEXTS, JSON_VALUES, max_size=4), TEXTS, JSON_VALUES, WRITING)
def test_any_value_can_be_set_and_removed(
    metadata: dict[str, Any], key: str, value: Any, writing: dict[str, Any]
) -> None:
    text = json.dumps(document("x = 1", metadata=metadata), **writing)
    result = edited(text, SetValue(("metadata", key), value))
    assert json.loads(result) == document("x = 1", metadata={**metadata, key: value})
    removed = edited(result, RemoveValue(("metadata", key)))
    assert json.loads(removed) == document(
        "x = 1", metadata={name: held for name, held in metadata.items() if name != key}
    )
    if key not in metadata:
        # Only the blanks within an empty object are not remembered.
        assert removed == text or not metadata
    wrapped = edited(text, WrapValue(("metadata",), key))
    assert json.loads(wrapped) == document("x = 1", metadata={key: metadata})
