"""Cell magics: `%%bash`, `%%writefile`, and those whose body is another language."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Mapping

from nb2prod.notebook.statements import FILE_MAGICS, CellMagic
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, dropped, needs_person, rewritten
from nb2prod.program.rewrites.scripts import Reader, script
from nb2prod.program.rewrites.shell import shell_line
from nb2prod.program.text import Expression, block, expanded, fstring, string, with_roots

# The magics that hand their body to a program, and the program's name.
_INTERPRETERS: Mapping[str, str] = {
    "shell": "bash",
    **{name: name for name in "bash sh perl ruby python python2 python3 pypy node".split()},
}
# They return the lines that a shell prints for their body, as `%sx` does.
_CAPTURED = frozenset({"!", "system", "sx"})
_DISPLAYED = frozenset("html HTML javascript js latex markdown svg SVG".split())
_VALUED = frozenset({"--out", "--err", "--proc"})  # options with a value of their own
_UNCHECKED = frozenset({"--no-raise-error", "--ignore-errors"})


def rewrite(statement: CellMagic, context: Context) -> Outcome:
    """What becomes of a `%%` magic whose body is not Python of the notebook's own."""
    magic = statement.magic
    if magic in _INTERPRETERS or magic == "script":
        return _script(statement, context)
    if magic in _CAPTURED:
        command = f"{statement.arguments}\n{statement.body}".strip("\n")
        shown = context.at(None, displayed=True)
        return shell_line(command, None, statement.location, shown, silent=True)
    if magic in FILE_MAGICS:
        return _write_file(statement, context)
    if magic in _DISPLAYED:
        return dropped(f"shows {magic} in the notebook's page")
    return needs_person(f"%%{magic} is a magic that has no counterpart outside the notebook")


def _script(statement: CellMagic, context: Context) -> Outcome:
    options, words = _options(_words(statement))
    if statement.magic != "script":
        words = [_INTERPRETERS[statement.magic], *words]
    header = f"%%{statement.magic} {statement.arguments}".rstrip()
    if not words:
        return needs_person(f"{header} names no program")
    if words[0] == "false":
        return dropped("switched off with %%script false")
    if words[0] in ("echo", "true"):
        reason = f"switched off with {header}"
        said = fstring(expanded(" ".join(words[1:]), context))
        return rewritten(f"print({said})", reason) if words[0] == "echo" else dropped(reason)
    background = "--bg" in options
    kept = [options[name] for name in ("--out", "--err", "--proc") if name in options]
    if (background and kept) or "--proc" in options or not all(map(str.isidentifier, kept)):
        reason = f"{header} keeps the running script for later cells"
        return needs_person(reason, "\n".join(f"{name} = None" for name in kept))
    reader = Reader(
        _program(words, statement.arguments, context),
        words[0],
        options.get("--out"),
        options.get("--err"),
        check=not _UNCHECKED & set(options),
        background=background,
    )
    return script(statement.body, reader, statement.location, context)


def _program(words: list[str], arguments: str, context: Context) -> tuple[str, ...]:
    """A program's name and arguments as Python expressions, names expanded as in a shell line."""
    expands = any(isinstance(piece, Expression) for piece in expanded(arguments, context))
    written = [fstring(expanded(word, context)) if expands else string(word) for word in words]
    if words[0] in ("python", "python3"):
        written[0] = f"{context.module('sys')}.executable"
    return tuple(written)


def _options(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """The magic's own options with their values, and the words that are the program's."""
    options: dict[str, str] = {}
    rest: list[str] = []
    waiting: str | None = None
    for word in words:
        option, assigned, value = word.partition("=")
        if waiting is not None:
            options[waiting], waiting = word, None
        elif option in _VALUED and assigned:
            options[option] = value
        elif word in _VALUED:
            waiting = word
        elif word in _UNCHECKED or word == "--bg":
            options[word] = ""
        else:
            rest.append(word)
    return options, rest


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
    files, place = context.files, posixpath.normpath(name)
    if mode == "w":
        files[place] = statement.body
    elif place in files:
        files[place] += f"\n{statement.body}"
    path = fstring(expanded(name, context))
    if name.startswith("~"):
        path = f"{context.module('os')}.path.expanduser({path})"
    text = block(with_roots(statement.body + ends, context))
    file = context.file_variable
    code = f'with open({path}, "{mode}", encoding="utf-8") as {file}:\n    {file}.write({text})'
    return rewritten(code, f"writes the file {name}")
