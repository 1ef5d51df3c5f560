"""NB503: what waits for somebody at the keyboard."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.asked import find_asked, login_of_command
from nb2prod.analysis.facts import Asked
from nb2prod.analysis.names import dotted_text
from nb2prod.analysis.people import DEBUGGERS
from nb2prod.analysis.shell import every_command
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.guards import asks_environment, guarded_lines
from nb2prod.hygiene.model import Finding

RULE = rule("NB503")

# One of them is in every notebook that asks.
# The word that most often means something else.
_INPUT = re.compile(r"input\s*[(=]")
_WORDS = frozenset(RULE.words.split()) - {"input"}
_HINT = re.compile(
    r"\binput\s*[(=]|getpass|login|upload|interact|on_click|observe|on_submit|authenticate_user"
    r"|set_trace|breakpoint|\bpdb\b"
)
# What the modules of such functions are called, and what variables hold what they would ask for.
_HOLDS = re.compile(r"huggingface_hub|wandb|ipywidgets|google|environ|getenv")
# Functions under a name that nobody knows.
_RENAMED = re.compile(
    r"\b(?:input|getpass|\w*login|upload|interact\w*|authenticate_user|set_trace)[ \t]+as\b"
)
_SAID = {
    "input": "`input` waits for somebody to type; take the value from an argument or a setting",
    "secret": "`getpass` waits for somebody to type; read the secret from the environment",
    "upload": "`files.upload` waits for somebody to choose files; read them from a path",
    "widget": "a widget waits for somebody to use it, and a job has nobody; call the function",
    "credentials": "`authenticate_user` has a person sign in; give the job credentials of its own",
}
_DEBUGGER = re.compile(r"set_trace|breakpoint|\bpdb\b")
_DEBUGS = "a debugger waits for somebody to type; take the call away"


def check(context: Context) -> Iterator[Finding]:
    """The calls and commands that ask, but for those that ask only where a variable is not set."""
    others = any(word in context.words for word in _WORDS)
    if not others and _INPUT.search(context.code) is None:
        return
    renamed = _RENAMED.search(context.code) is not None
    cells = {
        cell.number: cell
        for cell in context.code_cells
        if renamed or _HINT.search(cell.source) or _HOLDS.search(cell.source)
    }
    answers = frozenset(name for cell in cells.values() for name in _read_from_environment(cell))
    skipped: dict[int, frozenset[int]] = {}
    for asked in find_asked((cell.number, cell.tree) for cell in cells.values()):
        if not isinstance(asked, Asked):
            continue
        number, line = asked.location.cell, asked.location.line
        cell = cells[number]
        if number not in skipped:
            skipped[number] = guarded_lines(cell) | _answered_lines(cell, answers)
        if asked.kind == "widget" or line not in skipped[number]:
            yield context.found(RULE, cell.shown(asked.location), _message(asked))
    for cell in cells.values():
        yield from _commands(context, cell)
        for node in cell.nodes if _DEBUGGER.search(cell.source) else ():
            if isinstance(node, ast.Call) and dotted_text(node.func) in DEBUGGERS:
                yield context.found(RULE, cell.place(node), _DEBUGS)


def _message(asked: Asked) -> str:
    if asked.kind == "login":
        return _login((asked.secret or "").strip('"'))
    return _SAID[asked.kind]


def _login(variable: str) -> str:
    return f"the login asks for a token; put it into the environment as {variable} instead"


def _commands(context: Context, cell: CheckedCell) -> Iterator[Finding]:
    if "login" not in cell.source:
        return
    for script, place in cell.shell:
        for command in every_command(script):
            variable = login_of_command(command.words)
            if variable is not None:
                yield context.found(RULE, cell.shown(place), _login(variable))


def _read_from_environment(cell: CheckedCell) -> Iterator[str]:
    """The names that are given what a variable of the environment holds."""
    for node in cell.nodes if "env" in cell.source else ():
        if isinstance(node, ast.Assign) and asks_environment(node.value):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _answered_lines(cell: CheckedCell, answers: frozenset[str]) -> frozenset[int]:
    """The lines of code that runs only where a variable of the environment is not set. `answers`
    are names that hold the value of one.
    """
    found: set[int] = set()
    for node in cell.nodes:
        if isinstance(node, ast.If | ast.IfExp):
            asks = _is_answer(node.test, answers)
        elif isinstance(node, ast.BoolOp):
            asks = _is_answer(node.values[0], answers)
        elif isinstance(node, ast.Call):
            asks = dotted_text(node.func).endswith(("getenv", "environ.get"))
        else:
            continue
        if asks:
            found.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return frozenset(found)


def _is_answer(test: ast.expr, answers: frozenset[str]) -> bool:
    return asks_environment(test) or any(
        isinstance(part, ast.Name) and part.id in answers for part in ast.walk(test)
    )
