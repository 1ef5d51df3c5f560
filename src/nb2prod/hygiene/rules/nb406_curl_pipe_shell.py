"""NB406: programs that run as they come from the network, and downloads from whoever answers.

Source of the options: the manuals of curl, wget and aria2c, and of bash for `<(…)`; of the
arguments: the documentation of Requests, HTTPX and boto3, and PEP 476 for `ssl`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache

from nb2prod.analysis.arguments import arguments
from nb2prod.analysis.names import dotted_text
from nb2prod.analysis.shell import ShellCommand, every_command, without_redirections
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.meanings import Meanings, says
from nb2prod.hygiene.model import Finding
from nb2prod.location import Location

RULE = rule("NB406")

_FETCHING = frozenset({"curl", "wget"})
_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh"})
_PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?")
_UNCHECKED = {
    "curl": ("-k", "--insecure", "--proxy-insecure"),
    "wget": ("--no-check-certificate",),
    "aria2c": ("--check-certificate",),
}
# Short options that take a value, which may stand right behind them: `-ok` writes to a file `k`.
_VALUED = {"curl": "AbcCdDeEFhHKmoPQrtTuUwxXyYz", "wget": "aABDeiIlOoPQRtTUwX", "aria2c": ""}
_CONTEXT = "_create_unverified_context"
_REQUESTS = ("requests.", "httpx.", "boto3.")
_CLIENTS = frozenset({"requests", "httpx"})
_SENDING = frozenset("get post put patch delete head options request send stream".split())
_DEEPEST = 3  # `bash -c` inside `bash -c`; nobody nests more


def check(context: Context) -> Iterator[Finding]:
    """The commands of shell lines, of scripts in cells and of Python calls, and the calls that look
    at no certificate.
    """
    meanings: Meanings | None = None
    for cell in context.code_cells:
        if any(word in cell.source for word in _UNCHECKED):
            for line, place in _lines(cell):
                for said in dict.fromkeys(_said(line, 0)):
                    yield context.found(RULE, place, said)
        if "verify" in cell.source or _CONTEXT in cell.source:
            meanings = meanings or context.meanings
            yield from _in_python(context, cell, meanings)


def _lines(cell: CheckedCell) -> Iterator[tuple[str, Location]]:
    for line, place in cell.shell:
        yield line, cell.shown(place)
    for found in cell.python_commands:
        if found.line is not None:
            yield found.line, cell.place(found.node)
        else:
            from shlex import join

            yield join(found.words), cell.place(found.node)


def _said(line: str, depth: int) -> Iterator[str]:
    fetching = ""
    for command in every_command(line):
        words, program = without_redirections(command.words), command.program
        if command.separator != "|":
            fetching = ""
        if fetching and _reads_its_input(program, words[1:]):
            yield _runs(fetching, f"goes straight into `{program}`")
        inner = _inner().search(command.text)
        if inner is not None and _is_interpreter(program, command):
            yield _runs(inner[1], f"is run by `{program}`")
        if program in _SHELLS and "-c" in words[1:-1] and depth < _DEEPEST:
            yield from _said(words[words.index("-c") + 1], depth + 1)
        if program in _FETCHING:
            fetching = program
        if program in _UNCHECKED:
            option = _unchecked(program, words[1:])
            if option:
                yield (
                    f"`{program} {option}` takes what anybody sends in the host's name; leave the"
                    " option out, and have the certificate mended"
                )


def _runs(program: str, how: str) -> str:
    return (
        f"what `{program}` fetches {how}, whatever it is that day; save it, compare its checksum,"
        " then run it"
    )


@cache
def _inner() -> re.Pattern[str]:
    """`<(curl …)`, `$(curl …)` and the same between backticks."""
    return re.compile(r"(?:<\(|\$\(|`)\s*(?:sudo\s+)?(curl|wget)\b")


def _is_interpreter(program: str, command: ShellCommand) -> bool:
    words = command.words
    if program in ("source", ".", "eval"):
        return True
    if program not in _SHELLS and not _PYTHON.fullmatch(program):
        return False
    # A value among the arguments of a script is only read.
    first = next((word for word in words[1:] if not word.startswith("-")), "")
    return "-c" in words or first.startswith("<(")


def _reads_its_input(program: str, words: Sequence[str]) -> bool:
    """Whether an interpreter runs what comes in, rather than a script of its own that reads it."""
    if program in _SHELLS:
        if any(word.startswith("-") and "s" in word[1:] and word[1:2] != "-" for word in words):
            return True
        return all(word.startswith("-") and "c" not in word for word in words)
    if _PYTHON.fullmatch(program):
        first = next((word for word in words if word not in ("-u", "-B", "-I", "-E")), "-")
        return first == "-"
    return False


def _unchecked(program: str, words: Sequence[str]) -> str | None:
    options = _UNCHECKED[program]
    for option, value in arguments(words, frozenset(), _VALUED[program]):
        if option in options and (program != "aria2c" or value == "false"):
            return f"{option}=false" if value else option
    return None


def _in_python(context: Context, cell: CheckedCell, meanings: Meanings) -> Iterator[Finding]:
    advice = "takes what anybody sends in the host's name; leave it out"
    for node in cell.nodes:
        if (
            isinstance(node, ast.Call)
            and says(node, "verify", False)
            and _sends(context, node, meanings)
        ):
            name = dotted_text(node.func) or "the call"
            said = f"`{name}` with `verify=False` {advice}"
            yield context.found(RULE, cell.place(node), said)
        elif isinstance(node, ast.Attribute | ast.Name) and _last_name(node) == _CONTEXT:
            yield context.found(RULE, cell.place(node), f"`ssl.{_CONTEXT}` {advice}")


def _last_name(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def _sends(context: Context, call: ast.Call, meanings: Meanings) -> bool:
    """Whether a call with `verify` asks a server: by its module, or as a session's method does."""
    meaning = meanings.of(call.func)
    if meaning.startswith(_REQUESTS):
        return True
    if not meaning.startswith("?.") or not isinstance(call.func, ast.Attribute):
        return False
    return call.func.attr in _SENDING and not context.words.isdisjoint(_CLIENTS)
