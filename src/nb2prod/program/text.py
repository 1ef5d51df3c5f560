"""Python source for strings: literals, f-strings, IPython's expansion of names in shell lines."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter

from nb2prod.program.context import Context

# `$name` and `$$name` (IPython.utils.text.DollarFormatter).
_DOLLAR = re.compile(r"\$(\$?[\w.]+)")
_CONVERSIONS = {"": "str", "!s": "str", "!r": "repr", "!a": "ascii"}


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of literal text."""

    value: str


@dataclass(frozen=True, slots=True)
class Expression:
    """A piece that is evaluated: an expression and its conversion ("!r", "!s", "!a" or "")."""

    code: str
    conversion: str = ""


Piece = Text | Expression


def string(value: str) -> str:
    """`value` as a Python string literal on one line."""
    return fstring([Text(value)])


def block(pieces: Iterable[Piece]) -> str:
    """The pieces as a triple-quoted literal, for texts of several lines."""
    pieces = _merged(pieces)
    evaluated = any(isinstance(piece, Expression) for piece in pieces)
    body = "".join(_inside(piece, '"""', evaluated, multiline=True) for piece in pieces)
    last = re.search(r'(\\*)"\Z', body)
    if last is not None and len(last[1]) % 2 == 0:  # no backslash escapes it
        body = body[:-1] + '\\"'
    return f'{"f" if evaluated else ""}"""{body}"""'


def fstring(pieces: Iterable[Piece]) -> str:
    """The pieces as one literal, an f-string when something in it is evaluated.

    Expressions that hold both kinds of quotes or a backslash cannot stand in an f-string before
    Python 3.12: then the pieces are joined with `+`, for a place that is an expression of its own.
    """
    pieces = _merged(pieces)
    expressions = [piece.code for piece in pieces if isinstance(piece, Expression)]
    if any(re.search(r"[\\\n#]", code) for code in expressions):
        return _joined(pieces)
    for quote in ('"', "'"):
        if not any(quote in code for code in expressions):
            body = "".join(_inside(piece, quote, bool(expressions)) for piece in pieces)
            return f"{'f' if expressions else ''}{quote}{body}{quote}"
    return _joined(pieces)


def _joined(pieces: list[Piece]) -> str:
    parts = [
        string(piece.value)
        if isinstance(piece, Text)
        else f"{_CONVERSIONS[piece.conversion]}({piece.code})"
        for piece in pieces
    ]
    return " + ".join(parts)


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces with neighbouring texts as one, so that none hides what stands before another."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, Text) and isinstance(last, Text):
            merged[-1] = Text(last.value + piece.value)
        else:
            merged.append(piece)
    return merged


def _inside(piece: Piece, quote: str, evaluated: bool, *, multiline: bool = False) -> str:
    if isinstance(piece, Expression):
        return f"{{{piece.code}{piece.conversion}}}"
    text = piece.value.replace("\\", "\\\\")
    text = text.replace('"""', '\\"\\"\\"') if multiline else text.replace(quote, f"\\{quote}")
    text = "".join(_visible(char, multiline) for char in text)
    return text.replace("{", "{{").replace("}", "}}") if evaluated else text


def _visible(char: str, multiline: bool) -> str:
    if char in "\n\t" and multiline:
        return char
    return char if char.isprintable() else ascii(char)[1:-1]


def with_roots(text: str, context: Context, before: str = "") -> list[Piece]:
    """Literal text with the platform's directories replaced by the project's.

    `before` is what stands right before the text, as far as it matters: `/content` after it may be
    the rest of a longer path.
    """
    pieces: list[Piece] = []
    position = len(before)
    whole = before + text
    for found in context.roots.find(whole):
        if found.start < position:
            continue
        pieces.append(Text(whole[position : found.start]))
        pieces.append(Expression(context.stand_in(found.root)))
        pieces.append(Text(found.root.suffix))
        position = found.end
    pieces.append(Text(whole[position:]))
    return [piece for piece in pieces if piece != Text("")] or [Text("")]


def expanded(command: str, context: Context, *, twice: bool = False) -> list[Piece]:
    """A shell line or a magic's arguments with `{expression}` and `$name` as IPython expands them.

    IPython formats the whole line with `string.Formatter` and, when any field fails, leaves all of
    it as it is. Which fields fail is decided here by whether the names in them are bound. What
    stands in a magic that runs a shell line is expanded `twice`: as arguments, and as the line.
    """
    pieces = _with_names([Text(command)], context)
    if twice:
        pieces = _with_names(pieces, context)
    result: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Text):
            result += with_roots(piece.value, context, before="x" if result else "")
        else:
            result.append(piece)
    return result


def _with_names(pieces: list[Piece], context: Context) -> list[Piece]:
    """The names in the pieces' texts expanded: all of them, or none when one cannot be."""
    found: list[Piece] = []
    try:
        for piece in pieces:
            found += _fields(piece.value, context) if isinstance(piece, Text) else [piece]
    except (_NotExpandedError, ValueError):  # ValueError: braces that do not match
        return pieces
    return _merged(found)


class _NotExpandedError(Exception):
    """A field cannot be evaluated, so nothing of the line is."""


def _fields(command: str, context: Context) -> Iterator[Piece]:
    for literal, field, specification, conversion in Formatter().parse(command):
        yield from _dollars(literal, context)
        if field is not None:
            # IPython takes a format specification for a part of the expression, for slices.
            code = f"{field}:{specification}" if specification else field
            yield _evaluated(code, f"!{conversion}" if conversion else "", context)


def _dollars(literal: str, context: Context) -> Iterator[Piece]:
    """`$name` outside single quotes; `$$name` is `$name` for the shell."""
    position = 0
    for match in _DOLLAR.finditer(literal):
        if literal.count("'", match.end()) % 2:
            continue
        yield Text(literal[position : match.start()])
        name = match[1]
        yield Text(name) if name.startswith("$") else _evaluated(name, "", context)
        position = match.end()
    yield Text(literal[position:])


def _evaluated(code: str, conversion: str, context: Context) -> Piece:
    code = code.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _NotExpandedError from None
    if conversion not in _CONVERSIONS or not all(map(context.is_known, _read_names(tree))):
        raise _NotExpandedError
    if isinstance(tree, ast.Constant) and not conversion:
        return Text(str(tree.value))
    if isinstance(tree, ast.Tuple) or any(isinstance(node, ast.Lambda) for node in ast.walk(tree)):
        code = f"({code})"  # a colon or a comma of its own would mean something else in place
    return Expression(code, conversion)


def _read_names(tree: ast.expr) -> set[str]:
    """The names that an expression reads from around it."""
    nodes = list(ast.walk(tree))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return {node.id for node in names} - own
