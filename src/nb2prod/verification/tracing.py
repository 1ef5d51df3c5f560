"""Which cells the statements of a project's package come from, and which lines have none."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from pathlib import Path

from nb2prod.migration import Migration
from nb2prod.program.model import Program


def traced_modules(program: Program, package: Path) -> dict[str, object]:
    """For each module with the notebook's flow: the function that it is in, and the cells of that
    block's last statements.

    `program` is what is made of the notebook now. A person may have edited the package since; then
    its statements are laid beside those of the program, and what is new belongs to the cell before.
    """
    found: dict[str, object] = {}
    for module in program.modules:
        if not module.cells:
            continue
        function = module.function
        path = package / f"{module.name}.py"
        made = _block(module.source, function)
        there = _block(path.read_text("utf-8"), function) if path.is_file() else None
        if made is None or there is None:
            continue
        cells = list(module.cells)
        first = len(made) - len(cells)
        found[f"{program.package}.{module.name}"] = {
            "function": function,
            "cells": _aligned(made[first:], cells, there),
        }
    return found


def imports_of(program: Program) -> Mapping[str, int]:
    """The cell of each import at the top."""
    return dict(program.imports)


def dropped_lines(migration: Migration) -> dict[str, list[tuple[int, int]]]:
    """The lines (first, last) that the package has no more, by cell.

    A cell under a `%%` magic is one statement, which is dropped only as a whole.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    cells = {cell.number: cell for cell in migration.notebook.code_cells}
    for entry in migration.ledger.of("dropped"):
        lines = cells[entry.cell].lines
        last, left = entry.line, entry.lines
        for number in range(entry.line, len(lines) + 1):
            if lines[number - 1].strip():
                last, left = number, left - 1
            if left <= 0:
                break
        whole = sum(1 for line in lines if line.strip()) == entry.lines
        if whole or not any(line.lstrip().startswith("%%") for line in lines):
            found.setdefault(str(entry.cell), []).append((1 if whole else entry.line, last))
    return found


def _block(source: str, function: str | None) -> list[str] | None:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    body: list[ast.stmt] = tree.body
    if function is not None:
        owner = next((node for node in body if getattr(node, "name", None) == function), None)
        if not isinstance(owner, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        body = owner.body
    return [ast.dump(statement) for statement in body]


def _aligned(made: list[str], cells: list[int], there: list[str]) -> list[int]:
    """The cells of the last statements that are there."""
    if there[len(there) - len(made) :] == made:
        return cells
    found: list[int | None] = [None] * len(there)
    matcher = difflib.SequenceMatcher(None, made, there, autojunk=False)
    opcodes = matcher.get_opcodes()
    if not any(opcode[0] == "equal" for opcode in opcodes):
        return []
    for tag, first_made, end_made, first_there, end_there in opcodes:
        if tag in ("equal", "replace"):  # what was changed is in the place of what it was
            for made_at, there_at in zip(
                range(first_made, end_made), range(first_there, end_there), strict=False
            ):
                found[there_at] = cells[made_at]
    first = next((index for index, cell in enumerate(found) if cell is not None), len(found))
    aligned: list[int] = []
    for cell in found[first:]:
        aligned.append(cell if cell is not None else aligned[-1])
    return aligned
