"""Why Python refuses a text, in words of our own.

Python's messages and line numbers for a syntax error differ between its versions; what is said here
rests on the text and on whether it is accepted, which do not.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from nb2prod.notebook.grammar import needed_python
from nb2prod.notebook.prose import is_command, is_prose
from nb2prod.notebook.scan import logical_lines
from nb2prod.notebook.syntax import REFUSALS, NotPython
from nb2prod.notebook.trees import shared_code, tree_of

_STRINGS = re.compile(
    r"""'''.*?'''|\"\"\".*?\"\"\"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'|"[^"\\\n]*(?:\\.[^"\\\n]*)*\"""",
    re.DOTALL,
)
_PYTHON_2 = re.compile(
    r"""
    ^(?:[^#\n]*?[:;])?[ \t]*                                  # where a statement may begin
    (?: print[ \t]+[^\s(=.,\[:] | print[ \t]*$                  # print x, print
      | exec[ \t]+[\w'] | raise[ \t]+[\w.]+[ \t]*,
      | except[ \t]+(?:[\w.]+|\([^)\n]*\))[ \t]*,[ \t]*[a-z_]\w*[ \t]*: )
    | ^[^#\n]*(?: \w[ \t]*<>[ \t]*\w | `\w[^`\n]*` | (?<![\w.-])(?:0[0-7]{2,}|\d+L)(?![\w.-])
      | \bur' )
    """,
    re.MULTILINE | re.VERBOSE,
)
_CONFLICT = re.compile(r"^(?:<{7}|>{7}) \S", re.MULTILINE)
# A sign of IPython's that is not at the beginning of its line.
_SIGN_BEHIND = re.compile(r"[;:][ \t]*(?:!!?[ \t]*[\w./~$]|%[A-Za-z_])")
# The end of a statement that goes on: an operator, a comma, a backslash, a word that needs another.
_GOES_ON = re.compile(
    r"(?:[-+*/%&|^~<>=.,@\\]|\b(?:and|or|not|in|is|import|from|as|return|del|assert|raise|lambda"
    r"|await|if|else|while|with))\Z"
)
_MISPLACED: dict[type[ast.AST], str] = {
    ast.Return: "return",
    ast.Yield: "yield",
    ast.YieldFrom: "yield from",
    ast.Break: "break",
    ast.Continue: "continue",
}
_CONTINUES = re.compile(r"(else|elif|except|finally)\b")
# Blocks that lack their end, one within another; deeper ones are not looked into.
_MOST_BLOCKS = 3


class _Piece(NamedTuple):
    """A top-level statement: its line and text, and whether all its brackets and strings end.

    `last` when nothing but blank lines and comments follow it.
    """

    line: int
    text: str
    closed: bool = True
    last: bool = True


def explained(error: SyntaxError, source: str) -> NotPython:
    """Why a text that Python refused with an error is none, and where."""
    piece = _first_refused(source)
    line, text = piece.line, piece.text
    if (marker := _CONFLICT.search(source)) is not None:
        place = source.count("\n", 0, marker.start()) + 1
        return NotPython(place, "it holds merge conflict markers")
    first = text.lstrip("\n").partition("\n")[0]
    if is_prose(first):
        return NotPython(line, "it is text, not Python", "prose")
    bare = _STRINGS.sub(lambda match: "''" + "\n" * match.group().count("\n"), text)
    if old := _PYTHON_2.search(bare):
        return NotPython(line + bare.count("\n", 0, old.start()), "it is Python 2", "python-2")
    needed = needed_python(source)
    if needed is not None and needed > sys.version_info[:2]:
        version = ".".join(map(str, needed))
        reason = f"it is written for Python {version} or newer; run nb2prod with such a Python"
        return NotPython(line, reason, "newer-grammar")
    if is_command(first):
        return NotPython(line, "it is a shell command without its `!`")
    code = [part.partition("#")[0].replace("''", "0") for part in bare.split("\n")]
    if (sign := _SIGN_BEHIND.search("\n".join(code))) is not None:
        place = line + bare.count("\n", 0, sign.start())
        reason = "it has a `!` or `%` behind other code; IPython takes one where a line begins"
        return NotPython(place, reason)
    if missing := _missing(piece, code):
        return NotPython(line, f"it is not complete: {missing}", "unfinished")
    if misplaced := _misplaced(text):
        return NotPython(line, f"it has `{misplaced}` where Python does not allow it")
    if isinstance(error, IndentationError):
        return NotPython(line, "its indentation is not valid Python 3")
    return NotPython(line, "it is not valid Python 3")


def _missing(piece: _Piece, code: list[str]) -> str | None:
    """What a statement lacks that is half of one; None when it is wrong in some other way.

    `code` are its lines without what its strings and comments say.
    """
    if not piece.closed or any(quote in part for part in code for quote in "'\""):
        return "a bracket or a string has no end"
    if (word := _CONTINUES.match(piece.text)) is not None:
        before = "if x:" if word[1] in ("elif", "else") else "try:"
        whole = _is_accepted(f"{before}\n    pass\n{piece.text}")
        return f"the block before `{word[1]}` is not in the cell" if whole else None
    if not piece.last:
        return None
    if any(_is_accepted(text) for text in _with_blocks(piece.text, code)):
        return "a block has nothing in it"
    written = [part for part in code if part.strip()]
    end = written[-1].rstrip() if written else ""
    if end.startswith("@") and _is_accepted(f"{piece.text}\ndef f(): pass"):
        return "a decorator has no function"
    if _GOES_ON.search(end):
        cut = "\n".join(code).rstrip().removesuffix("\\")
        if any(_is_accepted(cut + more) for more in (" x", " x: x")):
            return "it ends in the middle of a statement"
    return None


def _with_blocks(text: str, code: list[str]) -> Iterator[str]:
    """The text with a body below its last line, and with the end of each `try` that has none."""
    filled = [part for part in code if part.strip()]
    if not filled:
        return
    if filled[-1].rstrip().endswith(":"):
        text += f"\n{_indent(filled[-1])}    pass\n"
        yield text
    openings = [_indent(part) for part in filled if part.strip() == "try:"]
    for indent in sorted(set(openings), key=len, reverse=True)[:_MOST_BLOCKS]:
        text += f"\n{indent}finally:\n{indent}    pass\n"
        yield text


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _is_accepted(source: str) -> bool:
    try:
        shared_code(source)
    except REFUSALS:
        return False
    return True


def _first_refused(source: str) -> _Piece:
    """The first top-level statement that Python does not accept by itself.

    The whole text where each statement is accepted alone.
    """
    for piece in _top_level(source.split("\n")):
        if not _is_accepted(piece.text):
            return piece
    filled = (number for number, line in enumerate(source.split("\n"), 1) if line.strip())
    return _Piece(next(filled, 1), source)


def _top_level(lines: list[str]) -> list[_Piece]:
    """The cell cut before each statement without indentation; a decorator stays with its own."""
    pieces: list[tuple[int, list[str], bool]] = []
    waiting = False  # the piece so far is decorators alone
    for logical in logical_lines(lines):
        part = lines[logical.start : logical.stop]
        first = part[0]
        blank = not first.strip() or first.lstrip().startswith("#")
        inner = first[:1].isspace() or _CONTINUES.match(first) is not None
        if pieces and (blank or inner or waiting):
            number, text, closed = pieces[-1]
            text += part
            pieces[-1] = (number, text, closed and logical.closed)
        elif not blank:
            pieces.append((logical.start + 1, part, logical.closed))
        if not blank:
            waiting = first.startswith("@")
    return [
        _Piece(number, "\n".join(text) + "\n", closed, index == len(pieces))
        for index, (number, text, closed) in enumerate(pieces, start=1)
    ]


def _misplaced(text: str) -> str | None:
    """A statement that only the compiler refuses: `return` outside of a function and the like."""
    try:
        tree = tree_of(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    waiting: list[tuple[ast.AST, bool, bool]] = [(tree, False, False)]
    while waiting:
        node, function, loop = waiting.pop()
        name = _MISPLACED.get(type(node))
        if name is not None and not (loop if name in ("break", "continue") else function):
            return name
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            function, loop = True, False
        elif isinstance(node, ast.ClassDef):
            function, loop = False, False
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
            loop = True
        waiting.extend((child, function, loop) for child in ast.iter_child_nodes(node))
    return None
