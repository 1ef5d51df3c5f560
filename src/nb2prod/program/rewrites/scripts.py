"""Shell scripts of several lines (`%%bash`): installs go to the environment, the rest is run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2prod.analysis.facts import Install
from nb2prod.location import Location
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, dropped, left_to_person, rewritten
from nb2prod.program.rewrites.shell import problem_of, where, without_installs
from nb2prod.program.text import block, string, with_roots

_SHELLS = frozenset({"bash", "sh"})
_HERE_DOCUMENT = re.compile(r"(?<!<)<<(?!<)(-?)\s*(['\"]?)(\w+)\2")
# Scripts in which a command cannot simply be taken out: its block may be empty without it.
_BLOCKS = re.compile(
    r"^\s*(?:if|for|while|until|case|function)\b|\(\)\s*\{?\s*$|^\s*[({]\s*$", re.MULTILINE
)


def script(
    body: str, interpreter: str, place: Location, context: Context, *, check: bool = True
) -> Outcome:
    """What becomes of a script; `check` when the notebook stops where it fails.

    Installs are looked for in scripts of a shell alone.
    """
    if interpreter not in _SHELLS:
        return _run(body, string(interpreter), f"a {interpreter} script", context, check)
    kept: list[str] = []
    installs: list[Install] = []
    nothing = ":" if _BLOCKS.search(body) else None
    for command in _commands(body):
        rest, found, _ = without_installs(command, place)
        if not found or _HERE_DOCUMENT.search(command):
            kept.append(command)
            continue
        installs += found
        indent = command[: len(command) - len(command.lstrip())]
        if rest or nothing:
            kept.append(f"{indent}{rest or nothing}")
    comments = [line.strip() for line in kept if line.lstrip().startswith("#")]
    runs = any(line.strip() not in ("", *comments) for line in kept)
    outcome = (
        _run("\n".join(kept), string(interpreter), f"a {interpreter} script", context, check)
        if runs
        else dropped("a script without a command")
    )
    problem = problem_of(installs, place, context)
    if problem:
        return left_to_person(problem, outcome.code)
    if runs or not installs:
        return outcome
    comment = "\n".join(line.lstrip("#! ") for line in comments)
    return Outcome("hoisted", where(installs), comment=comment)


def python_script(body: str, context: Context, *, check: bool = True) -> Outcome:
    """What becomes of `%%python`: a script for the program's Python, in a process of its own."""
    interpreter = f"{context.module('sys')}.executable"
    return _run(body, interpreter, "a Python script of its own", context, check)


def _run(body: str, interpreter: str, what: str, context: Context, check: bool) -> Outcome:
    literal = block(with_roots(body.rstrip("\n") + "\n", context))
    unchecked = "" if check else ", check=False"
    call = f"{context.shell('script')}({literal}, {interpreter}{unchecked})"
    return rewritten(call, what)


def _commands(body: str) -> Iterator[str]:
    """The script's lines, those together that only mean something together: continued ones, open
    quotes, here-documents.
    """
    waiting: list[str] = []
    for line in body.split("\n"):
        waiting.append(line)
        text = "\n".join(waiting)
        if not (line.endswith("\\") or _is_open(text)):
            yield text
            waiting = []
    if waiting:
        yield "\n".join(waiting)


def _is_open(text: str) -> bool:
    document = _HERE_DOCUMENT.search(text)
    if document is not None:
        lines = text[document.end() :].split("\n")[1:]
        tabs = "\t" if document[1] else ""
        return all(line.lstrip(tabs) != document[3] for line in lines)
    quote, position = "", 0
    while position < len(text):
        char = text[position]
        if char == "\\" and quote != "'":
            position += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#" and (position == 0 or text[position - 1].isspace()):
            position = text.find("\n", position)
            if position < 0:
                break
        position += 1
    return bool(quote)
