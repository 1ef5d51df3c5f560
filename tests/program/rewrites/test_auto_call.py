"""Calls that IPython writes the brackets of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nb2prod.program.model import Ledger, LedgerEntry, Program

REASON = "a call that IPython writes the brackets of"


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        (",print a b\nx = 1", 'print("a", "b")\nx = 1'),
        (";print a b\nx = 1", 'print("a b")\nx = 1'),
        ("y = 1\n/print y 2", "y = 1\nprint(y, 2)"),
        ("/len 'ab'", 'display(len("ab"))'),
        ("/len 'ab'\nx = 1", 'len("ab")\nx = 1'),
        ("for x in [1]:\n    /print x", "for x in [1]:\n    print(x)"),
        ("/print 1 \\\n  2  # no", None),
        ("/print 1 \\\n  2", "print(1, 2)"),
        ("from google.colab import drive\n,drive.mount /content/drive\nx = 1", "x = 1"),
    ],
)
def test_becomes(body_of: Callable[..., str], cell: str, becomes: str | None) -> None:
    body = body_of(cell)
    if becomes is None:
        assert "raise NotImplementedError" in body
    else:
        assert body == becomes


def test_its_lines_are_rewritten(convert: Callable[..., tuple[Program, Ledger]]) -> None:
    _, ledger = convert("x = 1\n/print x \\\n  2\ny = 2")
    assert ledger.entries == (
        LedgerEntry(1, 1, 1, "kept"),
        LedgerEntry(1, 2, 2, "rewritten", REASON),
        LedgerEntry(1, 4, 1, "kept"),
    )
