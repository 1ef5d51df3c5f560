"""An import that a fix needs: whether it is there, and where it goes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import SourceEdit
from nb2prod.location import Location


def imports_module(
    context: Context, cell: CheckedCell, place: ast.expr | ast.stmt, module: str
) -> bool:
    """Whether a module is imported, under its own name, before a place of a cell."""
    known = _FIRST.setdefault(context, {})
    if module not in known:
        known[module] = next(_imports(context, module), None)
    first = known[module]
    return first is not None and first < (cell.number, place.lineno)


# The cell and the line of the first import of a module in a notebook, None where there is none.
_FIRST: WeakKeyDictionary[Context, dict[str, tuple[int, int] | None]] = WeakKeyDictionary()


def _imports(context: Context, module: str) -> Iterator[tuple[int, int]]:
    for cell in context.code_cells:
        if module in cell.source:
            for node in cell.tree.body:
                if isinstance(node, ast.Import) and any(
                    alias.name == module and alias.asname is None for alias in node.names
                ):
                    yield cell.number, node.lineno


def import_of(cell: CheckedCell, module: str) -> tuple[SourceEdit, ...]:
    """`import module` on a line of its own before the first statement that may follow it."""
    for node in cell.tree.body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if is_text or is_future:
            continue
        decorators: Mapping[str, list[ast.expr]] = vars(node)
        place = cell.place(next(iter(decorators.get("decorator_list", ())), node))
        line = cell.offset(Location(cell.number, place.line))
        opening = cell.source[line : cell.offset(place)].removesuffix("@")
        start = line + len(opening)
        return (SourceEdit(cell.number, start, start, f"import {module}\n{opening}"),)
    return ()


def joined(first: tuple[SourceEdit, ...], edit: SourceEdit) -> tuple[SourceEdit, ...]:
    """Both edits; as one where they are in the same place."""
    if first and first[0].end == edit.start:
        return (SourceEdit(edit.cell, first[0].start, edit.end, first[0].text + edit.text),)
    return (*first, edit)
