"""Cell magics: `%%bash`, `%%writefile`, `%%capture`, and those whose body is another language."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from nb2prod.notebook.statements import CellMagic
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, dropped, needs_person, rewritten
from nb2prod.program.rewrites.shell import script
from nb2prod.program.text import block, expanded, fstring, with_roots

_SHELLS: Mapping[str, str] = {"bash": "bash", "sh": "sh", "shell": "bash", "!": "bash", "system": "bash", "sx": "bash"}
_INTERPRETERS = frozenset({"perl", "ruby", "python2", "pypy", "node"})
_DISPLAYED = frozenset({"html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG"})


def rewrite(statement: CellMagic, context: Context) -> Outcome:
    """What becomes of a `%%` magic whose body is not Python."""
    magic = statement.magic
    if magic in _SHELLS:
        return script(statement.body, _SHELLS[magic], statement.location, context)
    if magic == "script":
        words = shlex.split(statement.arguments) if statement.arguments.count('"') % 2 == 0 else []
        interpreter = next((word for word in words if not word.startswith("-")), "")
        if interpreter == "false":
            return dropped("switched off with %%script false")
        if interpreter in ("bash", "sh"):
            return script(statement.body, interpreter, statement.location, context)
    if magic in _INTERPRETERS:
        return script(statement.body, magic, statement.location, context)
    if magic in ("writefile", "file"):
        return _write_file(statement, context)
    if magic in _DISPLAYED:
        return dropped(f"shows {magic} in the notebook's page")
    return needs_person(f"%%{magic} is a magic that has no counterpart outside the notebook")


def _write_file(statement: CellMagic, context: Context) -> Outcome:
    append = statement.arguments.startswith("-a ")
    name = statement.arguments.removeprefix("-a ").strip().strip("'\"")
    if not name or name.startswith("-"):
        return needs_person(f"%%{statement.magic} {statement.arguments} names no file")
    body = statement.body if statement.body.endswith("\n") else statement.body + "\n"
    path = fstring(expanded(name, context))
    if name.startswith("~"):
        path = f"{context.module('os')}.path.expanduser({path})"
    text = block(with_roots(body, context))
    mode = "a" if append else "w"
    code = f'with open({path}, "{mode}", encoding="utf-8") as file_:\n    file_.write({text})'
    return rewritten(code, f"writes the file {name}")
