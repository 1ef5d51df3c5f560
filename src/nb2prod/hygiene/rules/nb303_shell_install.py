"""NB303: `!pip install`, which installs for whatever Python the shell finds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.names import dotted_text, literal_text
from nb2prod.analysis.shell import every_command, split_commands
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, SourceEdit
from nb2prod.notebook.statements import LineMagic, Shell

RULE = rule("NB303")

_PIP = re.compile(r"pip(?:3(?:\.\d+)?)?")
_SHELL_CALLS = frozenset({"os.system", "os.popen", "subprocess.getoutput"})

_CALLS = ("system", "popen", "getoutput")


def check(context: Context) -> Iterator[Finding]:
    """Shell lines, calls of `os.system` and lines without a sign that run `pip install`."""
    for cell in context.code_cells:
        if "pip" not in cell.source:
            continue
        for found in cell.parsed.own:
            if isinstance(found, Shell) and _installs(found.command):
                said = "pip runs through the shell; `%pip` installs for the kernel's own Python"
                yield context.found(RULE, cell.shown(found.location), said, fix=_fix(cell, found))
            elif (
                isinstance(found, LineMagic) and found.magic == "pip" and _has_no_sign(cell, found)
            ):
                said = "pip without a sign works in IPython alone, and only as a cell's only line"
                offset = cell.offset(cell.shown(found.location))
                edit = SourceEdit(cell.number, offset, offset, "%")
                fix = Fix("write `%pip`", (edit,))
                yield context.found(RULE, cell.shown(found.location), said, fix=fix)
        for node in cell.nodes if any(word in cell.source for word in _CALLS) else ():
            if isinstance(node, ast.Call) and _calls_pip(node):
                said = "pip runs through a shell; `%pip` installs for the kernel's own Python"
                yield context.found(RULE, cell.place(node), said)


def _calls_pip(node: ast.Call) -> bool:
    if dotted_text(node.func) not in _SHELL_CALLS or not node.args:
        return False
    return _installs(literal_text(node.args[0]) or "")


def _installs(line: str) -> bool:
    if "pip" not in line:
        return False
    return any(
        _PIP.fullmatch(words[0].rpartition("/")[2]) and "install" in words[1:]
        for command in every_command(line)
        if (words := command.words)
    )


def _has_no_sign(cell: CheckedCell, found: LineMagic) -> bool:
    return cell.source.startswith("pip", cell.offset(cell.shown(found.location)))


def _fix(cell: CheckedCell, found: Shell) -> Fix | None:
    """`%pip` where the line is `!pip` and nothing but a single command."""
    start = cell.offset(cell.shown(found.location))
    written = re.match(r"!\s*pip3?(?=\s)", cell.source[start:])
    commands = split_commands(found.command)
    if found.target is not None or written is None or len(commands) != 1:
        return None
    edit = SourceEdit(cell.number, start, start + written.end(), "%pip")
    return Fix("write `%pip`", (edit,))
