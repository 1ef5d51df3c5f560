"""The code of a cell, whatever it stands in: Python behind magics, files that are written, shell
lines and scripts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.shell import split_commands
from nb2prod.location import Location
from nb2prod.notebook.statements import (
    FILE_MAGICS,
    AutoCall,
    CellMagic,
    LineMagic,
    ParsedCell,
    Shell,
)
from nb2prod.notebook.syntax import NotPython, parse_python
from nb2prod.notebook.trees import shared_tree

SHELL_CELL_MAGICS = frozenset({"bash", "sh", "shell", "!", "script", "system", "sx"})
SHELL_LINE_MAGICS = frozenset({"sh", "shell", "system", "sx"})
INSTALL_MAGICS = frozenset({"pip", "conda", "mamba", "uv"})
# Line magics whose arguments are a Python statement that runs in the notebook's namespace; what
# `%timeit` runs is in a function of its own and binds nothing.
PYTHON_LINE_MAGICS = frozenset({"time", "prun"})


def python_of(parsed: ParsedCell) -> Iterator[ast.Module]:
    """The cell's Python, and what stands behind `%time`, `,f` and the like, at its own lines."""
    yield shared_tree(parsed.python)
    for found in parsed.own:
        if isinstance(found, AutoCall):
            code = found.call
        elif isinstance(found, LineMagic) and found.magic in PYTHON_LINE_MAGICS:
            code = found.arguments
        else:
            continue
        try:
            tree = parse_python(code)
        except NotPython:
            continue  # options of the magic, or nothing at all
        yield ast.increment_lineno(tree, found.location.line - 1)


def separate_code(
    cells: tuple[ParsedCell, ...],
) -> Iterator[tuple[ParsedCell, ast.Module]]:
    """The Python files that cells write and the Python scripts that they run, at their own lines:
    what those import has to be there.
    """
    for parsed in cells:
        for found in parsed.cell_magics:
            writes = found.magic in FILE_MAGICS and found.arguments.rstrip().endswith(".py")
            if not (writes or found.magic in ("python", "python3")):
                continue
            try:
                tree = parse_python(found.body)
            except NotPython:
                continue  # half a file, which another cell completes
            yield parsed, ast.increment_lineno(tree, found.location.line)


def shell_scripts(parsed: ParsedCell) -> Iterator[tuple[str, Location]]:
    """The shell texts of a cell with their places: `!` lines, `%sx` and the like, `%%bash` lines.

    Lines of a body that continue over several are one.
    """
    for statement in parsed.own:
        if isinstance(statement, Shell):
            yield statement.command, statement.location
        elif isinstance(statement, LineMagic) and statement.magic in SHELL_LINE_MAGICS:
            yield statement.arguments, statement.location
        elif isinstance(statement, CellMagic) and statement.magic in SHELL_CELL_MAGICS:
            number = statement.location.line + 1
            for line in re.split(r"(?<!\\)\n", statement.body):
                if line.strip():
                    place = Location(statement.location.cell, number)
                    yield line.replace("\\\n", " "), place
                number += line.count("\n") + 1


def magic_words(statement: LineMagic) -> tuple[str, ...]:
    """`%pip install x` as the words of the command that it stands for."""
    command = split_commands(f"{statement.magic} {statement.arguments}")
    return command[0].words if command else ()
