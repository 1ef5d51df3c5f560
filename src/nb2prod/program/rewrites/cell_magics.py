"""Cell magics: `%%bash`, `%%writefile`, and those whose body is another language."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from nb2prod.notebook.statements import FILE_MAGICS, CellMagic
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, dropped, needs_person, rewritten
from nb2prod.program.rewrites.scripts import python_script, script
from nb2prod.program.text import block, expanded, fstring, with_roots

_INTERPRETERS: Mapping[str, str] = {
    "bash": "bash",
    "shell": "bash",
    "!": "bash",
    "system": "bash",
    "sx": "bash",
    **{name: name for name in ("sh", "perl", "ruby", "python2", "pypy", "node")},
    "python": "python",
    "python3": "python",
}
_DISPLAYED = frozenset("html HTML javascript js latex markdown svg SVG".split())


def rewrite(statement: CellMagic, context: Context) -> Outcome:
    """What becomes of a `%%` magic whose body is not Python of the notebook's own."""
    magic = statement.magic
    if magic in _INTERPRETERS:
        return _script(statement, _INTERPRETERS[magic], _words(statement), context)
    if magic == "script":
        words = _words(statement)
        program = next((index for index, word in enumerate(words) if word[0] != "-"), None)
        if program is not None and words[program] == "false":
            return dropped("switched off with %%script false")
        if program is not None and program == len(words) - 1 and words[-1] in _INTERPRETERS:
            return _script(statement, _INTERPRETERS[words[-1]], words[:-1], context)
    if magic in FILE_MAGICS:
        return _write_file(statement, context)
    if magic in _DISPLAYED:
        return dropped(f"shows {magic} in the notebook's page")
    return needs_person(f"%%{magic} is a magic that has no counterpart outside the notebook")


def _script(statement: CellMagic, interpreter: str, words: list[str], context: Context) -> Outcome:
    kept = [
        name
        for option, name in _names_bound(words)
        if option == "--bg" or name in context.used_names
    ]
    if kept:
        reason = f"%%{statement.magic} {statement.arguments} keeps the script for later cells"
        return needs_person(reason, "\n".join(f"{name} = None" for name in kept if name))
    if "-s" in words:
        return needs_person(f"%%{statement.magic} {statement.arguments} gives the script arguments")
    check = not {"--no-raise-error", "--ignore-errors"} & set(words)
    if interpreter == "python":
        return python_script(statement.body, context, check=check)
    return script(statement.body, interpreter, statement.location, context, check=check)


def _names_bound(words: list[str]) -> list[tuple[str, str]]:
    """The options that leave something to the notebook: `--out NAME`, `--err NAME`, `--bg`."""
    found: list[tuple[str, str]] = []
    for word, following in zip(words, [*words[1:], ""], strict=False):
        option, _, name = word.partition("=")
        if option in ("--out", "--err", "--proc"):
            found.append((option, name or following))
        elif option == "--bg":
            found.append((option, ""))
    return found


def _words(statement: CellMagic) -> list[str]:
    try:
        return [word for word in shlex.split(statement.arguments) if word]
    except ValueError:  # an unclosed quote
        return statement.arguments.split()


def _write_file(statement: CellMagic, context: Context) -> Outcome:
    name = re.sub(r"(?:^|(?<=\s))(?:-a|--append)(?:\s+|$)", "", statement.arguments).strip()
    mode = "w" if name == statement.arguments else "a"
    name = name.strip("'\"")
    if not name or name.startswith("-"):
        return needs_person(f"{f'%%{statement.magic} {name}'.strip()} names no file")
    # In a cell, the body ends with a line's end, whether the notebook's file has it or not.
    ends = "\n" if statement.end_line > statement.location.line else ""
    path = fstring(expanded(name, context))
    if name.startswith("~"):
        path = f"{context.module('os')}.path.expanduser({path})"
    text = block(with_roots(statement.body + ends, context))
    file = context.file_variable
    code = f'with open({path}, "{mode}", encoding="utf-8") as {file}:\n    {file}.write({text})'
    return rewritten(code, f"writes the file {name}")
