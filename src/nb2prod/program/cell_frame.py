"""What stands around a cell's statements: its magics, and the figures that it leaves open."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from nb2prod.notebook.model import Cell
from nb2prod.notebook.statements import CellMagic
from nb2prod.program.context import Context
from nb2prod.program.ledger import CellFates


def under_magics(
    magics: Sequence[CellMagic],
    cell: Cell,
    context: Context,
    fates: CellFates,
    body: list[cst.BaseStatement],
) -> list[cst.BaseStatement]:
    """The statements under the cell's Python magics, of which the first is the outermost."""
    for magic in reversed(magics):
        body = _under_magic(magic, cell, context, fates, body)
    return body


def showing_figures(body: list[cst.BaseStatement], context: Context) -> list[cst.BaseStatement]:
    """The cell's statements and, at their end, what a notebook does there with open figures."""
    last = body[-1]
    if isinstance(last, cst.SimpleStatementLine) and isinstance(last.body[-1], cst.Raise):
        return body
    shows = cst.ensure_type(cst.parse_statement(context.show_figures()), cst.SimpleStatementLine)
    if isinstance(last, cst.SimpleStatementLine) and _only_carries_comments(last):
        return [*body[:-1], shows.with_changes(leading_lines=last.leading_lines)]
    return [*body, shows]


def going_on_after_errors(
    body: list[cst.BaseStatement], context: Context
) -> list[cst.BaseStatement]:
    """The statements of a cell that is tagged `raises-exception`: the notebook prints its error and
    goes on with the next cell.
    """
    header = (
        "try:\n    pass\n"
        "except Exception:  # the notebook goes on: the cell is tagged raises-exception\n"
        f"    {context.module('traceback')}.print_exc()\n"
    )
    return _within(header, body)


def _under_magic(
    magic: CellMagic,
    cell: Cell,
    context: Context,
    fates: CellFates,
    body: list[cst.BaseStatement],
) -> list[cst.BaseStatement]:
    """A Python cell under `%%time`, `%%capture` and the like: the header goes, the body stays."""
    first = magic.location.line
    words = magic.arguments.split()
    if magic.magic != "capture":
        fates.set(first, first, "dropped", f"%%{magic.magic} is gone; the cell itself stays")
        return body
    name = next((word for word in words if not word.startswith("-")), None)
    if name is not None and name in context.used_names and name.isidentifier():
        fates.set(first, first, "rewritten", f"what the cell prints is kept in {name}")
        off = [kind for kind in ("stdout", "stderr") if f"--no-{kind}" in words]
        options = ", ".join(f"{kind}=False" for kind in off)
        header = f"with {context.capture()}({options}) as {name}:\n    pass\n"
        return _within(header, body)
    if "--no-stdout" in words:
        fates.set(first, first, "dropped", "%%capture lets the cell's output through")
        return body
    if all(_only_carries_comments(line) for line in body):
        fates.set(first, first, "dropped", "nothing of the cell is left to be kept quiet")
        return body
    fates.set(first, first, "rewritten", "what the cell prints is kept quiet")
    return _quiet(context, body)


def _quiet(context: Context, body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
    """The statements with their output thrown away."""
    redirect, text = context.module("contextlib"), context.module("io")
    header = f"with {redirect}.redirect_stdout({text}.StringIO()):\n    pass\n"
    return _within(header, body)


def _within(header: str, body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
    """The statements as the block of a compound statement, of which `header` is one with nothing
    in that block.
    """
    statement = cst.parse_statement(header)
    assert isinstance(statement, cst.With | cst.Try)
    footer: Sequence[cst.EmptyLine] = ()
    last = body[-1] if body else None
    if isinstance(last, cst.SimpleStatementLine) and _only_carries_comments(last):
        body, footer = body[:-1], last.leading_lines
    body = body or [cst.SimpleStatementLine(body=[cst.Pass()])]
    return [statement.with_changes(body=cst.IndentedBlock(body=body, footer=footer))]


def _only_carries_comments(line: cst.BaseStatement) -> bool:
    return (
        isinstance(line, cst.SimpleStatementLine)
        and len(line.body) == 1
        and isinstance(line.body[0], cst.Pass)
    )
