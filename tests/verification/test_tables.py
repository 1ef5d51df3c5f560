"""Tables of a notebook's page, read as rows."""

from __future__ import annotations

import pytest

from nb2prod.verification.model import Shown
from nb2prod.verification.tables import rows_of
from tests.verification.build import judged, run, showing, told

FRAME = """<div><style scoped>.dataframe tbody tr th {{ vertical-align: top; }}</style>
<table border="1" class="dataframe"><thead><tr style="text-align: right;">
<th></th><th>name</th><th>size</th></tr></thead>
<tbody><tr><th>0</th><td>a</td><td>{}</td></tr><tr><th>1</th><td>b</td><td>2</td></tr></tbody>
</table></div>"""


@pytest.mark.parametrize(
    ("html", "rows"),
    [
        ("<p>a</p>", None),
        ("", None),
        ("<table></table>", []),
        ("<table><tr><td>a</td><td> b </td></tr></table>", [["a", "b"]]),
        ("<table><tr><th>a</th></tr><tr><td>1</td></tr></table>", [["a"], ["1"]]),
        ("<table><tr><td>a <b>bold</b></td></tr></table>", [["a bold"]]),
        ("<table><tr><td>a &amp; b &lt;c&gt;</td></tr></table>", [["a & b <c>"]]),
        ("<table><tr><td></td><td>1</td></tr></table>", [["", "1"]]),
        ("<p>x</p><table><tr><td>a</td></tr></table><p>y</p>", [["a"]]),
        ("<table><td>a</td></table>", [["a"]]),
        (FRAME.format(1), [["", "name", "size"], ["0", "a", "1"], ["1", "b", "2"]]),
    ],
)
def test_rows(html: str, rows: list[list[str]] | None) -> None:
    assert rows_of(html) == rows


@pytest.mark.parametrize(
    ("one", "other", "lines"),
    [
        (FRAME.format("1"), FRAME.format("1"), []),
        (FRAME.format("1.0"), FRAME.format("1.00000000001"), []),
        # The page of another version looks different; the rows are what is shown.
        (FRAME.format("1"), FRAME.format("1").replace("right", "left"), []),
        (FRAME.format("1"), FRAME.format("3"), [2]),
        (FRAME.format("1"), FRAME.format("1").replace("name", "title"), [1]),
        (
            FRAME.format("1"),
            FRAME.format("1").replace("<tr><th>1</th><td>b</td><td>2</td></tr>", ""),
            [3],
        ),
        (FRAME.format("1"), FRAME.format("").replace("<td></td>", ""), [2]),
    ],
)
def test_a_table_that_is_shown(one: str, other: str, lines: list[int]) -> None:
    found = judged(
        run(showing(Shown("as text", one))), run(showing(Shown("as another text", other)))
    )
    assert told(found.findings) == [("different", "value", 1, line, "display 1") for line in lines]
    assert found.compared["table"] == 1


def test_a_table_on_one_side_alone_is_compared_by_its_text() -> None:
    one, other = Shown("a  b", FRAME.format("1")), Shown("a  c")
    assert told(judged(run(showing(one)), run(showing(other))).findings) == [
        ("different", "value", 1, 1, "display 1")
    ]
