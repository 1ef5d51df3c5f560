"""The statements of a function or a module, with the comments that belong between them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import libcst as cst

from nb2prod.notebook.trees import tree_of
from nb2prod.program.cst_names import comment_lines, statements
from nb2prod.program.pieces import Piece, code_of

_FORM = re.compile(r"#\s*@(?:title|markdown|param)\b")
# What a form says, as an ordinary comment says it.
_FORM_WORDS = re.compile(r"#?\s*@(?:title|markdown)\b[ \t]*(?P<words>.*?)[ \t]*(?:\{.*\})?[ \t]*")


@dataclass(slots=True)
class Body:
    """Statements in order with the cell of each; definitions that go above them, by the index of
    their piece; and the comments that stand below all.
    """

    statements: list[cst.BaseStatement] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)
    above: dict[int, cst.BaseStatement] = field(default_factory=dict)
    footer: list[cst.EmptyLine] = field(default_factory=list)


def body_of(
    pieces: Mapping[int, Piece],
    gone: Set[int],
    above: Set[int],
    set_up: int | None,
    quiet: Set[int] = frozenset(),
) -> Body:
    """The body that the pieces make, which are given by their index.

    Those in `gone` leave their comments only, those in `above` leave nothing: they stand above.
    The comments beside those in `quiet` are gone as well. What an import needs follows it where it
    is the piece `set_up`.
    """
    found = Body()
    waiting: list[cst.EmptyLine] = []
    told: list[cst.EmptyLine] = []  # right above, and waiting as well
    cell = 0
    for index, piece in pieces.items():
        if piece.statement is None:
            told = _comment(piece, waiting or found.statements)
            waiting += told
            continue
        above_it, told = told, []
        if index in above:  # with the words right above it
            waiting = waiting[: len(waiting) - len(above_it)]
            own = [*above_it, *map(_plain, getattr(piece.statement, "leading_lines", ()))]
            found.above[index] = piece.statement.with_changes(leading_lines=own)
        elif index in gone:
            waiting += _comments_of(piece.statement, beside=index not in quiet)
        else:
            apart = bool(found.statements) and piece.cell != cell
            found.statements.append(_led_by(piece.statement, waiting, apart=apart))
            found.cells += [piece.cell] * len(tree_of(code_of(piece.statement)).body)
            if index == set_up:
                found.statements += set_up_of(piece.statement)
                found.cells.append(piece.cell)
            waiting, cell = [], piece.cell
    found.footer = waiting
    return found


def first_set_up(pieces: Sequence[Piece]) -> int | None:
    """The index of the first import that something has to follow; once is enough."""
    return next((index for index, piece in enumerate(pieces) if set_up_of(piece.statement)), None)


def set_up_of(statement: cst.BaseStatement | None) -> list[cst.BaseStatement]:
    """What has to follow an import for it to behave as in a notebook.

    pandas cuts tables to a terminal's width; in a notebook it shows up to twenty columns.
    """
    if not isinstance(statement, cst.SimpleStatementLine):
        return []
    if not any(isinstance(small, cst.Import) for small in statement.body):
        return []
    for tree in tree_of(code_of(statement)).body:
        for alias in tree.names if isinstance(tree, ast.Import) else ():
            if alias.name == "pandas":
                name = alias.asname or "pandas"
                option = f'{name}.set_option("display.max_columns", 20)'
                return list(statements(f"{option}  # as a notebook shows tables"))
    return []


def spaced(statement: cst.BaseStatement, blank: int) -> cst.BaseStatement:
    """The statement below so many blank lines."""
    lines = list(getattr(statement, "leading_lines", ()))
    while lines and lines[0].comment is None:
        lines.pop(0)
    return statement.with_changes(leading_lines=[*[cst.EmptyLine(indent=False)] * blank, *lines])


def _comments_of(statement: cst.BaseStatement, *, beside: bool) -> list[cst.EmptyLine]:
    """The comments above and beside a statement that moved; what a form says is gone with it."""
    lines = [
        line
        for line in getattr(statement, "leading_lines", ())
        if line.comment and not _FORM.match(line.comment.value)
    ]
    trailing = getattr(getattr(statement, "trailing_whitespace", None), "comment", None)
    if trailing is not None and beside:
        lines.append(cst.EmptyLine(comment=trailing))
    return lines


def _comment(piece: Piece, before: Sequence[object]) -> list[cst.EmptyLine]:
    """A markdown cell as comment lines, set apart from what stands above."""
    blank = [cst.EmptyLine(indent=False)] if before else []
    return [*blank, *comment_lines("\n".join(_words(line) for line in piece.comment))]


def _words(line: str) -> str:
    """A line of a comment, without what makes a form of it."""
    match = _FORM_WORDS.fullmatch(line)
    return match["words"] if match else line


def _plain(line: cst.EmptyLine) -> cst.EmptyLine:
    if line.comment is None or not (match := _FORM_WORDS.fullmatch(line.comment.value)):
        return line
    words = cst.Comment(f"# {match['words']}".rstrip())
    return line.with_changes(comment=words)


def _led_by(
    statement: cst.BaseStatement, waiting: list[cst.EmptyLine], *, apart: bool
) -> cst.BaseStatement:
    """The statement below the comments that wait for it, set off when it opens a cell."""
    lines = [*waiting, *map(_plain, getattr(statement, "leading_lines", ()))]
    if apart and not (lines and lines[0].comment is None):
        lines.insert(0, cst.EmptyLine(indent=False))
    return statement.with_changes(leading_lines=lines)
