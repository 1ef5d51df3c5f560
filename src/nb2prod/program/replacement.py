"""What stands in the program where a statement is gone: a stop with its reason, or its text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import libcst as cst

from nb2prod.location import Location
from nb2prod.notebook.model import Cell
from nb2prod.program.cst_names import comment_lines, statements
from nb2prod.program.ledger import CellFates
from nb2prod.program.outcome import Outcome
from nb2prod.program.rewrites.platform import without_module_names
from nb2prod.program.text import string

_LONGEST_REASON = 300


def stop(reason: str, place: Location) -> cst.SimpleStatementLine:
    """A `raise` that names the place in the notebook and the reason."""
    short = reason if len(reason) <= _LONGEST_REASON else reason[:_LONGEST_REASON] + "…"
    message = string(f"{place}: {without_module_names(short)}")
    (line,) = statements(f"raise NotImplementedError({message})")
    assert isinstance(line, cst.SimpleStatementLine)
    return line


def source_comment(cell: Cell, first: int, last: int) -> list[cst.EmptyLine]:
    """The cell's lines from `first` to `last` as a comment."""
    return comment_lines(_source(cell, first, last))


def quotes_source(outcome: Outcome, cell: Cell, first: int, last: int) -> bool:
    """Whether the statement's text stays as a comment: where a person or an address is concerned.

    An address in a pip line is in the dependencies.
    """
    source = _source(cell, first, last)
    gone = outcome.fate == "dropped" or (outcome.fate == "hoisted" and not outcome.code)
    return outcome.fate == "attention" or (gone and "://" in source and "pip" not in source)


def comments_for(outcome: Outcome, cell: Cell, first: int, last: int) -> list[cst.EmptyLine]:
    """What a statement that is gone leaves behind."""
    if outcome.comment:
        return comment_lines(outcome.comment)
    if outcome.from_notebook or not quotes_source(outcome, cell, first, last):
        return []
    source = _source(cell, first, last)
    if outcome.fate == "attention":
        heading = "" if outcome.stops else f"Needs a person: {outcome.reason}\n"
        return comment_lines(f"{heading}{source}")
    return comment_lines(f"Left out ({outcome.reason}):\n{source}")


def whole_cell(
    outcome: Outcome, cell: Cell, fates: CellFates, first: int = 1, line: int | None = None
) -> list[cst.BaseStatement]:
    """The statements that take the place of a cell from its line `first` on.

    Above `first` stand comments alone; they stay. `line` is the line that a stop names.
    """
    last = max(len(cell.lines), 1)
    fates.set(first, last, outcome.fate, outcome.reason)
    lines: list[cst.BaseStatement] = []
    if outcome.stops:
        lines.append(stop(outcome.reason, Location(cell.number, line or first)))
    if outcome.code:
        lines += statements(outcome.code)
    comments = [*_heading(cell.lines[: first - 1]), *comments_for(outcome, cell, first, last)]
    if comments and not lines:
        lines.append(cst.SimpleStatementLine(body=[cst.Pass()]))
    if comments:
        lines[0] = lines[0].with_changes(leading_lines=comments)
    return lines


def _heading(lines: Sequence[str]) -> list[cst.EmptyLine]:
    comments = [line.strip() for line in lines]
    return [cst.EmptyLine(comment=cst.Comment(line)) for line in comments if line.startswith("#")]


def _source(cell: Cell, first: int, last: int) -> str:
    return textwrap.dedent("\n".join(cell.lines[first - 1 : last]))
