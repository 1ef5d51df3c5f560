"""IPython's syntax: a code cell becomes typed statements and a Python text with the same lines.

The scan keeps to what IPython itself does (`IPython.core.inputtransformer2`): a magic, a shell line or a
help look-up is one only where a statement begins, never inside a string, brackets or a continued line.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator

from nb2prod.location import Location
from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.scan import logical_lines
from nb2prod.notebook.statements import (
    CellMagic,
    Help,
    IPythonStatement,
    LineMagic,
    ParsedCell,
    Python,
    Shell,
    Statement,
    Unparsed,
)

# Cell magics whose body is Python that runs in the notebook's own namespace (`timeit` runs it in a
# function of its own, and is Python all the same).
PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "lprun"})

_CELL_MAGIC = re.compile(r"%%([A-Za-z_!][\w.]*|!)[ \t]*(.*)")
_ESCAPE = re.compile(r"(?P<indent>\s*)(?P<sign>!!|!|%(?!%)|\?\??)(?P<rest>.*)", re.DOTALL)
_ASSIGNMENT = re.compile(
    r"(?P<indent>\s*)(?P<target>[A-Za-z_*(\[][\w\s.,*()\[\]'\"-]*?)\s*=\s*(?P<sign>!|%)(?P<rest>(?=[\S])[^=].*)",
    re.DOTALL,
)
_HELP_AFTER = re.compile(r"(?P<indent>\s*)(?P<subject>%{0,2}(?!\d)[\w*]+(\.[\w*]+|\[-?\d+\])*)(?P<sign>\?\??)\s*")
_MAGIC = re.compile(r"\s*([A-Za-z_][\w.]*|[A-Za-z_]?[^\s\w])\s*(.*)", re.DOTALL)

# Magics that people leave the sign off; IPython takes them so when the line is the whole cell.
_AUTOMAGICS = frozenset(
    "pip conda cd ls ll pwd mkdir rm rmdir cp mv cat matplotlib env time timeit run who whos load_ext".split()
)
_FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def parse_notebook(notebook: Notebook) -> tuple[ParsedCell, ...]:
    """Cut every code cell of the notebook into statements, in order."""
    return tuple(parse_cell(cell) for cell in notebook.code_cells)


def parse_cell(cell: Cell) -> ParsedCell:
    """Cut one code cell into statements. A cell that is not valid Python 3 becomes one `Unparsed`."""
    lines = _without_leading_indent(list(cell.lines))
    magic = _cell_magic(cell, lines)
    if magic is not None and not magic.python:
        return ParsedCell(cell, "\n" * max(len(lines) - 1, 0), (magic,))
    if magic is not None:
        lines[magic.location.line - 1] = ""
    python, found = _replace_escapes(cell, lines)
    try:
        tree = parse_python(python)
    except _NotPython as error:
        automagic = _automagic(cell, lines) if magic is None else None
        if automagic is not None:
            padded = [automagic.name if n == automagic.location.line else "" for n in range(1, len(lines) + 1)]
            return ParsedCell(cell, "\n".join(padded), (automagic,))
        last = max(len(lines), 1)
        place = Location(cell.number, min(error.line, last), 1)
        return ParsedCell(cell, "\n" * (last - 1), (Unparsed(place, last, error.reason, error.kind),))
    statements: list[Statement] = [*found]
    if magic is not None:
        statements.append(magic)
    names = {statement.name for statement in found}
    for node in tree.body:
        if not _is_placeholder(node, names):
            assert node.end_lineno is not None
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            statements.append(Python(Location(cell.number, first, node.col_offset + 1), node.end_lineno))
    statements.sort(key=lambda statement: (statement.location.line, statement.location.column))
    return ParsedCell(cell, python, tuple(statements))


class _NotPython(Exception):
    def __init__(self, line: int, reason: str, kind: str) -> None:
        self.line = line
        self.reason = reason
        self.kind: str = kind
        super().__init__(reason)


def parse_python(source: str) -> ast.Module:
    """Parse a cell's Python as IPython would: top-level `await` allowed, nothing executed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = compile(source, "<cell>", "exec", flags=_FLAGS, dont_inherit=True)
            # The tree alone accepts `return` and `break` outside their place; the compiler does not.
            compile(tree, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except SyntaxError as error:
            raise _explained(error, source) from None
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            raise _NotPython(1, f"{type(error).__name__}: {error}", "syntax") from None
    assert isinstance(tree, ast.Module)
    return tree


_PYTHON_2 = re.compile(r"^\s*(print\s+[^\s(=.,\[]|print\s*$|exec\s+['\"]|raise\s+\w+\s*,|except\s+[\w.]+\s*,\s*\w+\s*:)", re.M)


def _explained(error: SyntaxError, source: str) -> _NotPython:
    line = error.lineno or 1
    message = (error.msg or "invalid syntax").rstrip(".")
    if _PYTHON_2.search(source) and ("print" in message or "Missing paren" in message or "multiple exception" in message):
        return _NotPython(line, f"it is Python 2 ({message})", "syntax")
    return _NotPython(line, f"it is not valid Python {sys.version_info[0]} ({message})", "syntax")


def _without_leading_indent(lines: list[str]) -> list[str]:
    """A cell whose first line is indented is taken as a whole block that is, as IPython does."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines] if indent else lines


def _cell_magic(cell: Cell, lines: list[str]) -> CellMagic | None:
    """The `%%` magic that opens the cell; comment lines (Colab's `#@title`) may stand above it."""
    for index, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _CELL_MAGIC.fullmatch(line.rstrip()) if line.startswith("%%") else None
        if match is None:
            return None
        name, arguments = match.group(1), match.group(2).strip()
        return CellMagic(
            location=Location(cell.number, index + 1),
            end_line=len(lines),
            magic=name,
            arguments=arguments,
            body="\n".join(lines[index + 1 :]),
            python=name in PYTHON_CELL_MAGICS,
        )
    return None


def _replace_escapes(cell: Cell, lines: list[str]) -> tuple[str, list[IPythonStatement]]:
    """Put a placeholder where IPython's own statements stand; keep the number of lines."""
    found: list[IPythonStatement] = []
    result: list[str] = []
    for start, stop in logical_lines(lines):
        text = "\n".join(lines[start:stop])
        statement, replacement = _escape(cell, text, start, stop, len(found))
        if statement is None:
            result.extend(lines[start:stop])
            continue
        found.append(statement)
        result.append(replacement)
        result.extend("" for _ in range(stop - start - 1))
    return "\n".join(result), found


def _escape(
    cell: Cell, text: str, start: int, stop: int, count: int
) -> tuple[IPythonStatement | None, str]:
    name = f"__ipython_{cell.number}_{count}__"
    match = _ESCAPE.fullmatch(text)
    target = None
    if match is None:
        match = _ASSIGNMENT.fullmatch(text)
        target = match["target"].strip() if match else None
    if match is None:
        match = _HELP_AFTER.fullmatch(text)
        if match is None:
            return None, ""
        place = Location(cell.number, start + 1, len(match["indent"]) + 1)
        return Help(place, stop, match["subject"], name), match["indent"] + name
    indent, sign, rest = match["indent"], match["sign"], _joined(match["rest"])
    place = Location(cell.number, start + 1, len(indent) + 1)
    replacement = f"{indent}{target} = {name}" if target else indent + name
    if sign.startswith("!"):
        return Shell(place, stop, rest.lstrip("!").strip(), target, name), replacement
    if sign.startswith("?"):
        return Help(place, stop, rest.strip(), name), replacement
    if target is None and re.fullmatch(r"[\w.*]+\?\??", rest.strip()):
        return Help(place, stop, "%" + rest.strip().rstrip("?"), name), replacement
    parts = _MAGIC.fullmatch(rest)
    magic, arguments = (parts.group(1), parts.group(2)) if parts else (rest.strip(), "")
    return LineMagic(place, stop, magic, arguments.strip(), target, name), replacement


def _joined(text: str) -> str:
    """Join continued lines the way IPython does: the backslash goes, a blank comes."""
    parts = text.split("\n")
    return " ".join([*(part.rstrip().removesuffix("\\") for part in parts[:-1]), parts[-1].rstrip()])


def _automagic(cell: Cell, lines: list[str]) -> LineMagic | None:
    filled = [(index, line) for index, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    if len(filled) != 1:
        return None
    index, line = filled[0]
    parts = line.strip().split(None, 1)
    if parts[0] not in _AUTOMAGICS:
        return None
    place = Location(cell.number, index + 1)
    arguments = parts[1] if len(parts) > 1 else ""
    return LineMagic(place, len(lines), parts[0], arguments, None, f"__ipython_{cell.number}_0__")


def _is_placeholder(node: ast.stmt, names: set[str]) -> bool:
    value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    return isinstance(value, ast.Name) and value.id in names


def python_statements(parsed: ParsedCell) -> Iterator[ast.stmt]:
    """The cell's top-level statements as syntax trees, placeholders included."""
    yield from ast.parse(parsed.python).body if parsed.unparsed is None else ()
