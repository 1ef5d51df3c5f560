"""Python source for strings: literals, f-strings, and IPython's expansion of names in shell lines."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nb2prod.program.context import Context

_DOLLAR = re.compile(r"\$(\$?)([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of literal text."""

    value: str


@dataclass(frozen=True, slots=True)
class Expression:
    """A piece that is evaluated: an expression, and what follows it in an f-string's braces."""

    code: str
    suffix: str = ""


Piece = Text | Expression


def string(value: str) -> str:
    """`value` as a Python string literal on one line."""
    return fstring([Text(value)])


def block(pieces: list[Piece]) -> str:
    """The pieces as a triple-quoted literal, for texts of several lines."""
    evaluated = any(isinstance(piece, Expression) for piece in pieces)
    body = "".join(_inside(piece, '"""', evaluated, multiline=True) for piece in pieces)
    if body.endswith('"'):
        body = body[:-1] + '\\"'
    return f'{"f" if evaluated else ""}"""{body}"""'


def fstring(pieces: list[Piece]) -> str:
    """The pieces as one literal, an f-string when something in it is evaluated.

    Expressions that hold both kinds of quotes or a backslash cannot stand in an f-string before Python 3.12:
    then the pieces are joined with `+`.
    """
    expressions = [piece.code + piece.suffix for piece in pieces if isinstance(piece, Expression)]
    if any("\\" in code or "\n" in code or "#" in code for code in expressions):
        return _joined(pieces)
    for quote in ('"', "'"):
        if not any(quote in code for code in expressions):
            body = "".join(_inside(piece, quote, bool(expressions)) for piece in pieces)
            return f"{'f' if expressions else ''}{quote}{body}{quote}"
    return _joined(pieces)


def _joined(pieces: list[Piece]) -> str:
    parts = [string(p.value) if isinstance(p, Text) else f"str({p.code})" for p in pieces]
    return "(" + " + ".join(parts) + ")" if parts else '""'


def _inside(piece: Piece, quote: str, evaluated: bool, *, multiline: bool = False) -> str:
    if isinstance(piece, Expression):
        return f"{{{piece.code}{piece.suffix}}}"
    text = piece.value.replace("\\", "\\\\")
    text = text.replace('"""', '\\"\\"\\"') if multiline else text.replace(quote, f"\\{quote}")
    text = "".join(_visible(char, multiline) for char in text)
    return text.replace("{", "{{").replace("}", "}}") if evaluated else text


def _visible(char: str, multiline: bool) -> str:
    if char == "\n":
        return char if multiline else "\\n"
    if char in "\t" and multiline:
        return char
    return char if char.isprintable() else ascii(char)[1:-1]




def with_roots(text: str, context: Context) -> list[Piece]:
    """Literal text with the platform's directories replaced by the project's."""
    pieces: list[Piece] = []
    position = 0
    for found in context.roots.find(text):
        if found.start > position:
            pieces.append(Text(text[position : found.start]))
        pieces.append(Expression(context.directory(found.root.directory)))
        if found.root.suffix:
            pieces.append(Text(found.root.suffix))
        position = found.end
    if position < len(text) or not pieces:
        pieces.append(Text(text[position:]))
    return pieces


def expanded(command: str, context: Context) -> list[Piece]:
    """A shell line or a magic's arguments with `{expression}` and `$name` as IPython expands them.

    IPython formats the whole line and, when any field fails, leaves the line to the shell as it is; which
    fields fail is decided here by whether the notebook binds the names in them.
    """
    try:
        pieces = list(_fields(command, context))
    except _NotExpanded:
        pieces = [Text(command)]
    return [part for piece in pieces for part in _rooted(piece, context)]


def _rooted(piece: Piece, context: Context) -> list[Piece]:
    return with_roots(piece.value, context) if isinstance(piece, Text) else [piece]


class _NotExpanded(Exception):
    """A field cannot be evaluated, so nothing of the line is."""


def _fields(command: str, context: Context) -> Iterator[Piece]:
    text = ""
    position = 0
    while position < len(command):
        char = command[position]
        if command.startswith(("{{", "}}"), position):
            text += char
            position += 2
        elif char == "{":
            end = _closing(command, position)
            yield from _dollars(text, context)
            text = ""
            yield _field(command[position + 1 : end], context)
            position = end + 1
        elif char == "}":
            raise _NotExpanded
        else:
            text += char
            position += 1
    yield from _dollars(text, context)


def _closing(command: str, position: int) -> int:
    depth = 0
    for index in range(position, len(command)):
        if command[index] == "{":
            depth += 1
        elif command[index] == "}":
            depth -= 1
            if not depth:
                return index
    raise _NotExpanded


def _field(field: str, context: Context) -> Expression:
    for cut in (len(field), *(match.start() for match in re.finditer(r"[:!]", field))):
        code, suffix = field[:cut].strip(), field[cut:]
        try:
            tree = ast.parse(code, mode="eval")
        except (SyntaxError, ValueError):
            continue
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if names and all(context.is_known(name) for name in names):
            return Expression(code, suffix)
    raise _NotExpanded


def _dollars(text: str, context: Context) -> Iterator[Piece]:
    position = 0
    for match in _DOLLAR.finditer(text):
        escaped, name = match.groups()
        if not escaped and not context.is_known(name.partition(".")[0]):
            continue
        if match.start() > position:
            yield Text(text[position : match.start()])
        yield Text(f"${name}") if escaped else Expression(name)
        position = match.end()
    if position < len(text):
        yield Text(text[position:])
