"""NB108: code for Python 2."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.python2 import MODULES, NAMES
from nb2prod.analysis.undefined import undefined_names
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, SourceEdit
from nb2prod.hygiene.namespace import place_of
from nb2prod.notebook.ipython import parse_cell

RULE = rule("NB108")

# A print statement that is all there is to its line.
_PRINT = re.compile(r"^([ \t]*print)(?:[ \t]+(\S.*?))?[ \t]*$", re.MULTILINE)
_GONE = re.compile(rf"(?<![\w.'\"])(?:{'|'.join(sorted(NAMES))})(?=\()")


def check(context: Context) -> Iterator[Finding]:
    """The cells that only Python 2 parses, and in others the names, methods and modules that are
    Python 2's alone.
    """
    for cell in context.code_cells:
        unparsed = cell.parsed.unparsed
        if unparsed is not None and unparsed.kind == "python-2":
            said = "the cell is Python 2, which Python 3 does not parse"
            yield context.found(RULE, cell.shown(unparsed.location), said, fix=_fix(cell))
        elif unparsed is None:
            yield from _in_cell(context, cell)
    if any(name in cell.source for cell in context.code_cells for name in NAMES):
        for location, name in undefined_names(context.parsed):
            cell = context.cells[location.cell - 1]
            if name in NAMES and "raises-exception" not in cell.tags:
                said = f"`{name}` is Python 2's; Python 3 has `{NAMES[name]}`"
                yield context.found(RULE, place_of(cell, location, name), said)


def _in_cell(context: Context, cell: CheckedCell) -> Iterator[Finding]:
    if ".has_key" in cell.source:
        for node in cell.nodes:
            if isinstance(node, ast.Call) and _asks_for_key(node):
                said = "`has_key` is Python 2's; Python 3 has `key in mapping`"
                yield context.found(RULE, cell.place(node), said)
    if not any(module in cell.source for module in MODULES):
        return
    ready = _ready_for_both(cell)
    for node in cell.nodes:
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules = [node.module or ""]
        else:
            continue
        gone = next((name for name in modules if name in MODULES), None)
        if gone is not None and id(node) not in ready:
            said = f"`{gone}` is Python 2's module; Python 3 has `{MODULES[gone]}`"
            yield context.found(RULE, cell.place(node), said)


def _asks_for_key(call: ast.Call) -> bool:
    """Whether a call is `mapping.has_key(key)`, as far as the code says."""
    function = call.func
    return (
        isinstance(function, ast.Attribute) and function.attr == "has_key" and len(call.args) == 1
    )


def _ready_for_both(cell: CheckedCell) -> frozenset[int]:
    """The nodes below a `try` or an `if`: code that chooses between two Pythons."""
    return frozenset(
        id(inner)
        for node in cell.nodes
        if isinstance(node, ast.Try | ast.If)
        for inner in ast.walk(node)
    )


def _fix(cell: CheckedCell) -> Fix | None:
    """Brackets for print statements and new names for old builtins, where the cell parses then."""
    if re.search(r"\"{3}|'{3}", cell.source):
        return None  # what is in such a text is no code
    edits: list[SourceEdit] = []
    for match in _PRINT.finditer(cell.source):
        what = match[2] or ""
        if what.startswith((">>", "(")) or what.endswith((",", "\\")) or "#" in what or ";" in what:
            return None
        edits.append(SourceEdit(cell.number, match.end(1), match.end(), f"({what})"))
    for match in _GONE.finditer(cell.source):
        if not any(edit.start <= match.start() <= edit.end for edit in edits):
            edits.append(SourceEdit(cell.number, match.start(), match.end(), NAMES[match[0]]))
    source = cell.source
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        source = source[: edit.start] + edit.text + source[edit.end :]
    if not edits or parse_cell(cell.cell._replace(source=source)).unparsed is not None:
        return None
    return Fix("write it for Python 3", tuple(edits), "unsafe")
