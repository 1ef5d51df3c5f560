"""NB404: values from outside that a shell reads as part of its command."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.names import dotted_text
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.outside import names_from_outside, open_quote, source_of
from nb2prod.notebook.statements import Shell
from nb2prod.notebook.syntax import NotPython, parse_python

RULE = rule("NB404")

_SHELLS = frozenset({"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"})
_SUBPROCESS = frozenset(
    f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")
)
_STARTS = ("os.system", "os.popen", "subprocess.")
# As IPython reads them: `{expression}`, `$name`; doubled ones stand for themselves.
_EXPANDED = re.compile(r"\{\{|\}\}|\$\$|\{(?P<code>[^{}]+)\}|\$(?P<name>[A-Za-z_]\w*)")


def check(context: Context) -> Iterator[Finding]:
    """Shell lines, and calls that start a shell, with values that nobody has seen yet."""
    cells = [cell for cell in context.code_cells if _may_expand(cell)]
    names = names_from_outside(context.code_cells) if cells else {}
    for cell in cells:
        for found in cell.parsed.own:
            if isinstance(found, Shell):
                values = dict(_in_line(found.command, names))
                if values:
                    listed = ", ".join(f"`{value}`" for value in values)
                    said = _said(listed, ", ".join(dict.fromkeys(values.values())))
                    yield context.found(RULE, cell.shown(found.location), said)
        yield from _in_calls(context, cell, names)


def _may_expand(cell: CheckedCell) -> bool:
    """Whether a shell may get values of Python's from the cell."""
    if any(word in cell.source for word in _STARTS):
        return True
    return any(isinstance(one, Shell) and _EXPANDED.search(one.command) for one in cell.parsed.own)


def _in_line(line: str, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    position, quote = 0, ""
    for match in _EXPANDED.finditer(line):
        quote = open_quote(line[position : match.start()], quote)
        position = match.end()
        code = match["code"] or match["name"]
        if quote or not code:
            continue
        try:
            [statement] = parse_python(code.strip()).body
        except (NotPython, ValueError):
            continue  # braces of the shell's own
        words = source_of(statement.value, names) if isinstance(statement, ast.Expr) else None
        if words is not None:
            yield match[0], words


def _in_calls(context: Context, cell: CheckedCell, names: dict[str, str]) -> Iterator[Finding]:
    for node in cell.nodes:
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = dotted_text(node.func)
        through_shell = name in _SHELLS or (
            name in _SUBPROCESS
            and any(
                keyword.arg == "shell"
                and isinstance(keyword.value, ast.Constant)
                and keyword.value.value is True
                for keyword in node.keywords
            )
        )
        words = source_of(node.args[0], names) if through_shell else None
        if words is not None:
            yield context.found(RULE, cell.place(node), _said(f"the command of `{name}`", words))


def _said(what: str, words: str) -> str:
    return (
        f"what {words} gives reaches a shell by {what}, and the shell runs whatever it holds; put"
        " `shlex.quote` around it, or give `subprocess.run` a list"
    )
