"""Where a notebook runs Kaggle's command, which asks for a name and a key."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from nb2prod.analysis.facts import Command, Secret
from nb2prod.location import Location
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.trees import walk

PROGRAM = "kaggle"
# Where the command looks for what it asks for (its own documentation).
_VARIABLES = ("KAGGLE_USERNAME", "KAGGLE_KEY")
_FILE = "kaggle.json"
# The command as a text that Python puts together and starts.
_TEXT = re.compile(
    r"kaggle (?:c|competitions|d|datasets|k|kernels|m|models)"
    r" (?:download|files|list|output|pull|submit)\b"
)


def kaggle_commands(
    commands: Iterable[Command], trees: Iterable[tuple[int, ast.Module]]
) -> Iterator[Command]:
    """The places where Kaggle's command is run, or is written to be."""
    yield from (command for command in commands if command.name == PROGRAM)
    for cell, tree in trees:
        for node in walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and _TEXT.match(node.value)
            ):
                yield Command(PROGRAM, Location(cell, node.lineno, node.col_offset + 1))


def kaggle_secrets(notebook: Notebook, found: Iterable[Command]) -> Iterator[Secret]:
    """What the command has to be given, unless the notebook brings its file of them."""
    first = next(iter(found), None)
    named = any(_FILE in cell.source for cell in notebook.code_cells)
    if first is not None and not named:
        yield from (Secret(name, first.location) for name in _VARIABLES)
