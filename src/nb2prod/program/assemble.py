"""From the cells' statements to the text of `pipeline.py`."""

from __future__ import annotations

import ast
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import cast

import libcst as cst

from nb2prod.notebook.trees import tree_of
from nb2prod.program import hoisting, layout
from nb2prod.program.context import Context
from nb2prod.program.cst_names import comment_lines, statements
from nb2prod.program.head import module_head
from nb2prod.program.layout import TopStatement
from nb2prod.program.model import Layout


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement of the flow or, where `statement` is None, text that only comments it."""

    cell: int
    statement: cst.BaseStatement | None
    comment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assembled:
    """The module's source before formatting, with what was decided about its shape."""

    source: str
    layout: Layout
    asynchronous: bool
    cells: tuple[int, ...]
    imports: tuple[tuple[str, int], ...]


def assemble(
    pieces: Sequence[Piece], context: Context, package: str, title: str, local: frozenset[str]
) -> Assembled:
    """Put the flow into `main()`, or leave it a script where that alone is safe.

    `title` becomes the module's docstring; `local` are the modules that the notebook itself makes.
    """
    pieces = _without_carriers(pieces)
    flow, owners = _flow(pieces)
    support = f"{context.shell_module}." if "shell" in context.needs.support else None
    imports = hoisting.movable_imports(flow, local, support)
    # A line with several statements moves as a whole or not at all.
    staying = {owner for index, owner in enumerate(owners) if index not in imports}
    imports = frozenset(index for index in imports if owners[index] not in staying)
    definitions = hoisting.movable_definitions(flow, imports)
    chosen = layout.choose(flow, imports | definitions)
    asynchronous = layout.has_top_level_await(flow)
    if asynchronous and chosen.rung == "script":
        # A script cannot await; a coroutine is the only place where the code can run at all.
        reason = f"the notebook awaits at its top level, although {chosen.reason}"
        chosen = Layout("main", reason, chosen.location)
    parts = _Parts(
        tuple(pieces),
        context,
        package,
        title,
        frozenset(owners[index] for index in imports),
        frozenset(owners[index] for index in definitions),
    )
    source = _script(parts) if chosen.rung == "script" else _main(parts, asynchronous=asynchronous)
    script = chosen.rung == "script"
    return Assembled(source, chosen, asynchronous, *_cells(parts, owners, flow, script=script))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The pieces in order, and which of them (by index) can go to the top of the module."""

    pieces: tuple[Piece, ...]
    context: Context
    package: str
    title: str
    imports: frozenset[int]
    definitions: frozenset[int]


def _flow(pieces: Sequence[Piece]) -> tuple[list[TopStatement], list[int]]:
    """The flow as syntax trees, each with the index of the piece that it comes from."""
    flow: list[TopStatement] = []
    owners: list[int] = []
    for index, piece in enumerate(pieces):
        if piece.statement is None:
            continue
        code = _module([piece.statement]).code
        for tree in tree_of(code).body:
            flow.append(TopStatement(tree, ast.unparse(tree) if ";" in code else code, piece.cell))
            owners.append(index)
    return flow, owners


def _without_carriers(pieces: Sequence[Piece]) -> list[Piece]:
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


def _cells(
    parts: _Parts, owners: list[int], flow: list[TopStatement], *, script: bool
) -> tuple[tuple[int, ...], tuple[tuple[str, int], ...]]:
    """The cells of the statements, in the order in which `_main` or `_script` has them, and those
    of the imports.
    """
    first_set_up = _first_set_up(parts.pieces)
    future = {
        index for index in parts.imports if "__future__" in _code(parts.pieces[index].statement)
    }
    moved = future if script else parts.imports | parts.definitions
    cells: list[int] = []
    imports: dict[str, int] = {}
    for index, statement in zip(owners, flow, strict=True):
        if index not in moved:
            cells.append(statement.cell)
        for alias in import_keys(statement.tree) if index in parts.imports else ():
            imports.setdefault(alias, statement.cell)
    if first_set_up in parts.imports and not script:
        cells[:0] = cells[:1]
    elif first_set_up is not None:
        at = [index for index in owners if index <= first_set_up and index not in moved]
        cells.insert(len(at), parts.pieces[first_set_up].cell)
    return tuple(cells), tuple(imports.items())


def import_keys(tree: ast.stmt) -> list[str]:
    """What an import statement imports, as `Program.imports` writes it; nothing for any other."""
    if not isinstance(tree, ast.Import | ast.ImportFrom):
        return []
    module = (tree.module or "") if isinstance(tree, ast.ImportFrom) else ""
    return [f"{module}:{alias.name}:{alias.asname or ''}" for alias in tree.names]


def _main(parts: _Parts, *, asynchronous: bool) -> str:
    context = parts.context
    lines = _import_lines(parts.pieces, parts.imports)
    head = module_head(context, parts.package, parts.title, lines, script=False)
    above: list[cst.BaseStatement] = []
    body: list[cst.BaseStatement] = []
    first_set_up = _first_set_up(parts.pieces)
    if first_set_up in parts.imports:
        body += _set_up(parts.pieces[first_set_up].statement)
    waiting: list[cst.EmptyLine] = []
    cell = 0
    for index, piece in enumerate(parts.pieces):
        if piece.statement is None:
            waiting += _comment(piece, waiting or body)
        elif index in parts.imports:
            waiting += _comments_of(piece.statement)
        elif index in parts.definitions:
            above.append(_spaced(piece.statement, 2))
        else:
            body.append(_led_by(piece.statement, waiting, apart=bool(body) and piece.cell != cell))
            body += _set_up(piece.statement) if index == first_set_up else []
            waiting, cell = [], piece.cell
    name, parameter = context.entry_point, f"{context.configuration}: {context.configuration_class}"
    function = cst.parse_module(
        f"{'async ' if asynchronous else ''}def {name}({parameter}) -> None:\n"
        '    """Run the notebook from its first cell to its last."""\n'
    ).body[0]
    assert isinstance(function, cst.FunctionDef)
    block = function.body.with_changes(body=[*function.body.body, *body], footer=waiting)
    module = _module([*above, _spaced(function.with_changes(body=block), 2)])
    return "\n".join(head) + "\n" + module.code


def _script(parts: _Parts) -> str:
    context = parts.context
    future = {i for i in parts.imports if "__future__" in _code(parts.pieces[i].statement)}
    lines = _import_lines(parts.pieces, future)
    head = module_head(context, parts.package, parts.title, lines, script=True)
    body: list[cst.BaseStatement] = []
    if context.needs.configuration:
        body += statements(f"{context.configuration} = current()")
    first_set_up = _first_set_up(parts.pieces)
    waiting: list[cst.EmptyLine] = []
    cell = 0
    for index, piece in enumerate(parts.pieces):
        if piece.statement is None:
            waiting += _comment(piece, waiting or body)
        elif index in future:
            waiting += _comments_of(piece.statement)
        else:
            body.append(_led_by(piece.statement, waiting, apart=bool(body) and piece.cell != cell))
            body += _set_up(piece.statement) if index == first_set_up else []
            waiting, cell = [], piece.cell
    return "\n".join(head) + "\n\n" + _module(body, waiting).code


def _first_set_up(pieces: Sequence[Piece]) -> int | None:
    """The index of the first import that something has to follow; once is enough."""
    return next((index for index, piece in enumerate(pieces) if _set_up(piece.statement)), None)


def _set_up(statement: cst.BaseStatement | None) -> list[cst.BaseStatement]:
    """What has to follow an import for it to behave as in a notebook.

    pandas cuts tables to a terminal's width; in a notebook it shows up to twenty columns.
    """
    if not isinstance(statement, cst.SimpleStatementLine):
        return []
    if not any(isinstance(small, cst.Import) for small in statement.body):
        return []
    for tree in tree_of(_code(statement)).body:
        for alias in tree.names if isinstance(tree, ast.Import) else ():
            if alias.name == "pandas":
                name = alias.asname or "pandas"
                option = f'{name}.set_option("display.max_columns", 20)'
                return list(statements(f"{option}  # as a notebook shows tables"))
    return []


def _import_lines(pieces: Sequence[Piece], imports: Set[int]) -> list[str]:
    lines: list[str] = []
    for index in sorted(imports):
        lines += [ast.unparse(tree) for tree in tree_of(_code(pieces[index].statement)).body]
    return lines


def _module(body: Sequence[cst.BaseStatement], footer: Sequence[cst.EmptyLine] = ()) -> cst.Module:
    """A module of statements, which LibCST's types want to be lines or compounds; all are."""
    lines = cast("Sequence[cst.SimpleStatementLine | cst.BaseCompoundStatement]", body)
    return cst.Module(body=lines, footer=footer)


def _code(statement: cst.BaseStatement | None) -> str:
    return _module([statement]).code if statement is not None else ""


def _comments_of(statement: cst.BaseStatement) -> list[cst.EmptyLine]:
    """The comments above and beside an import that moved."""
    lines = [line for line in getattr(statement, "leading_lines", ()) if line.comment]
    trailing = getattr(getattr(statement, "trailing_whitespace", None), "comment", None)
    if trailing is not None:
        lines.append(cst.EmptyLine(comment=trailing))
    return lines


def _comment(piece: Piece, before: Sequence[object]) -> list[cst.EmptyLine]:
    """A markdown cell as comment lines, set apart from what stands above."""
    blank = [cst.EmptyLine(indent=False)] if before else []
    return [*blank, *comment_lines("\n".join(piece.comment))]


def _led_by(
    statement: cst.BaseStatement, waiting: list[cst.EmptyLine], *, apart: bool
) -> cst.BaseStatement:
    """The statement below the comments that wait for it, set off when it opens a cell."""
    lines = [*waiting, *getattr(statement, "leading_lines", ())]
    if apart and not (lines and lines[0].comment is None):
        lines.insert(0, cst.EmptyLine(indent=False))
    return statement.with_changes(leading_lines=lines)


def _spaced(statement: cst.BaseStatement, blank: int) -> cst.BaseStatement:
    lines = list(getattr(statement, "leading_lines", ()))
    while lines and lines[0].comment is None:
        lines.pop(0)
    return statement.with_changes(leading_lines=[*[cst.EmptyLine(indent=False)] * blank, *lines])
