"""Shell scripts of several lines (`%%bash`): installs go to the environment, the rest is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nb2prod.analysis.facts import Install
from nb2prod.location import Location
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, dropped, left_to_person, rewritten
from nb2prod.program.rewrites.shell import problem_of, where
from nb2prod.program.rewrites.shell_words import HERE_DOCUMENT, script_pieces
from nb2prod.program.rewrites.without_installs import without_installs
from nb2prod.program.text import Piece, block, with_roots

_SHELLS = frozenset({"bash", "sh"})
# Scripts in which a command cannot simply be taken out: its block may be empty without it.
_BLOCKS = re.compile(
    r"^\s*(?:if|for|while|until|case|function)\b|\(\)\s*\{?\s*$|^\s*[({]\s*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Reader:
    """The program that reads a script, and what the notebook asks of its run.

    `words` are its name and arguments as Python expressions. `out` and `err` name the variables
    that keep its outputs; `check` when the notebook stops where it fails; a `background` script is
    left running.
    """

    words: tuple[str, ...]
    name: str
    out: str | None = None
    err: str | None = None
    check: bool = True
    background: bool = False


def script(body: str, reader: Reader, place: Location, context: Context) -> Outcome:
    """What becomes of a script. Installs are looked for in scripts of a shell alone."""
    if reader.name not in _SHELLS:
        return _run(with_roots(_ended(body), context), reader, context)
    kept: list[str] = []
    installs: list[Install] = []
    nothing = ":" if _BLOCKS.search(body) else None
    for command in _commands(body.rstrip("\n")):
        rest, found, _ = without_installs(command, place, context.beside.at(place))
        if not found or HERE_DOCUMENT.search(command):
            kept.append(command)
            continue
        installs += found
        indent = command[: len(command) - len(command.lstrip())]
        if rest or nothing:
            kept.append(f"{indent}{rest or nothing}")
    comments = [line.strip() for line in kept if line.lstrip().startswith("#")]
    runs = any(line.strip() not in ("", *comments) for line in kept)
    code = ""
    if runs:
        code = _run(script_pieces(kept, context), reader, context).code
    elif reader.out or reader.err:
        code = "\n".join(f'{name} = ""' for name in (reader.out, reader.err) if name)
    problem = problem_of(installs, place, context)
    if problem:
        return left_to_person(problem, code)
    if runs:
        return rewritten(code, f"a {reader.name} script")
    comment = "\n".join(line.lstrip("#! ") for line in comments) if installs else ""
    if not installs:
        reason = "a script without a command"
        return rewritten(code, reason) if code else dropped(reason)
    return Outcome("hoisted", where(installs), code, comment=comment)


def _run(pieces: list[Piece], reader: Reader, context: Context) -> Outcome:
    function = "start_script" if reader.background else "script"
    options = [
        option
        for option, asked in (
            ("check=False", not reader.check and not reader.background),
            ("out=True", reader.out),
            ("err=True", reader.err),
        )
        if asked
    ]
    arguments = ", ".join([block(pieces), *reader.words, *options])
    call = f"{context.shell(function)}({arguments})"
    if reader.out and reader.err:
        call = f"{reader.out}, {reader.err} = {call}"
    elif reader.out:
        call = f"{reader.out} = {call}.out"
    elif reader.err:
        call = f"{reader.err} = {call}.err"
    article = "an" if reader.name[:1] in tuple("aeiou") else "a"
    return rewritten(call, f"{article} {reader.name} script")


def _ended(body: str) -> str:
    return body.rstrip("\n") + "\n"


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
    document = HERE_DOCUMENT.search(text)
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
