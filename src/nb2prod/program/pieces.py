"""The flow of a program before it has a shape: statements in order, with their cells."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import cast

import libcst as cst

from nb2prod.analysis.name_scopes import Scope, scope_of
from nb2prod.location import Location
from nb2prod.notebook.model import Cell
from nb2prod.notebook.trees import tree_of


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement of the flow or, where `statement` is None, text that only comments it."""

    cell: int
    statement: cst.BaseStatement | None
    comment: tuple[str, ...] = ()

    @property
    def tree(self) -> list[ast.stmt]:
        """The statement as syntax trees; several where its line has several."""
        return tree_of(code_of(self.statement)).body


@dataclass(frozen=True, slots=True)
class TopStatement:
    """A top-level statement of the flow: its tree, its own source, the cell it comes from, and the
    index of its piece; a line of several statements is one piece.
    """

    tree: ast.stmt
    code: str
    cell: int
    piece: int = 0
    line: int = 1

    @property
    def scope(self) -> Scope:
        """What it binds and reads."""
        return scope_of(self.code)

    @property
    def location(self) -> Location:
        """Where it stands in the notebook; the first line of the cell where it is rewritten."""
        return Location(self.cell, self.line)


def flow_of(pieces: Sequence[Piece], cells: Iterable[Cell] = ()) -> list[TopStatement]:
    """The flow as syntax trees; the cells tell the lines that its statements stand on."""
    lines = {cell.number: [line.strip() for line in cell.lines] for cell in cells}
    flow: list[TopStatement] = []
    for index, piece in enumerate(pieces):
        code = code_of(piece.statement)
        for tree in tree_of(code).body:
            own = ast.unparse(tree) if ";" in code else code
            line = _line_of(own, lines.get(piece.cell, []))
            flow.append(TopStatement(tree, own, piece.cell, index, line))
    return flow


def _line_of(code: str, lines: Sequence[str]) -> int:
    written = (line.strip() for line in code.splitlines())
    first = next((line for line in written if line and not line.startswith("#")), "")
    return lines.index(first) + 1 if first in lines else 1


def without_carriers(pieces: Iterable[Piece]) -> list[Piece]:
    """Turn the `pass` statements that only carry comments into comments."""
    result: list[Piece] = []
    for piece in pieces:
        line = piece.statement
        carrier = (
            isinstance(line, cst.SimpleStatementLine)
            and len(line.body) == 1
            and isinstance(line.body[0], cst.Pass)
            and line.trailing_whitespace.comment is None
            and any(leading.comment for leading in line.leading_lines)
        )
        if carrier:
            assert isinstance(line, cst.SimpleStatementLine)
            comments = [leading.comment for leading in line.leading_lines if leading.comment]
            text = tuple(comment.value[1:].removeprefix(" ") for comment in comments)
            result.append(Piece(piece.cell, None, text))
        else:
            result.append(piece)
    return result


def imports_apart(pieces: Iterable[Piece], names: Set[str]) -> list[Piece]:
    """Give each of these modules a statement of its own where it is imported with others: code of
    nb2prod's reads it at the top, whatever keeps the others where they are.
    """
    return [part for piece in pieces for part in _apart(piece, names)]


def _apart(piece: Piece, names: Set[str]) -> list[Piece]:
    line = piece.statement
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return [piece]
    found = line.body[0]
    if not isinstance(found, cst.Import):
        return [piece]
    alone = [one for one in found.names if one.asname is None and one.evaluated_name in names]
    others = [one for one in found.names if one not in alone]
    if not alone or not others:
        return [piece]
    groups = [others, *([one] for one in alone)]
    statements = [_importing(found, group) for group in groups]
    first = line.with_changes(body=[statements[0]])
    rest = [cst.SimpleStatementLine([one]) for one in statements[1:]]
    return [Piece(piece.cell, one) for one in (first, *rest)]


def _importing(statement: cst.Import, names: Sequence[cst.ImportAlias]) -> cst.Import:
    last = names[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return statement.with_changes(names=[*names[:-1], last])


def module_of(
    body: Sequence[cst.BaseStatement], footer: Sequence[cst.EmptyLine] = ()
) -> cst.Module:
    """A module of statements, which LibCST's types want to be lines or compounds; all are."""
    lines = cast("Sequence[cst.SimpleStatementLine | cst.BaseCompoundStatement]", body)
    return cst.Module(body=lines, footer=footer)


def code_of(statement: cst.BaseStatement | None) -> str:
    """A statement's source; empty where there is none."""
    return module_of([statement]).code if statement is not None else ""


def has_top_level_await(flow: Iterable[TopStatement]) -> bool:
    """Whether a statement of the flow awaits outside any function."""
    return any(_awaits(statement.tree) for statement in flow)


def _awaits(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return False
    if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
        return True
    if isinstance(node, ast.comprehension) and node.is_async:
        return True
    return any(_awaits(child) for child in ast.iter_child_nodes(node))
