"""Parsing a cell's Python, and saying in words of our own why it does not parse.

Python's messages and line numbers for a syntax error differ between its versions; what is said here
rests on the text and on whether it is accepted, which do not.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from typing import Literal

from nb2prod.notebook.grammar import needed_python
from nb2prod.notebook.scan import logical_lines
from nb2prod.notebook.trees import counting_characters, tree_of

# By the name that says what it is among other trees.
syntax_tree = tree_of

_FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

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
# Three words or more in a row, with no sign between them that an expression would need.
_PROSE = re.compile(
    r"[ \t]*(?:[-*\u2022]|\d+[.)])?[ \t]*"
    r"[^\W\d][\w'\u2019-]*[,:;]?"
    r"(?:[ \t]+[(\"\u201c]?[\w'\u2019/-]+[)\"\u201d]?[.,:;!?\u2026]*){2,}[ \t]*"
)
_STATEMENT = re.compile(
    r"[ \t]*(?:import|from|def|class|for|while|if|elif|else|with|try|except|return|del|global"
    r"|nonlocal|assert|raise|lazy[ \t]+(?:import|from)|async|await|lambda|pass|print|exec|yield)\b"
)
_MISPLACED: dict[type[ast.AST], str] = {
    ast.Return: "return",
    ast.Yield: "yield",
    ast.YieldFrom: "yield from",
    ast.Break: "break",
    ast.Continue: "continue",
}
_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b")


class NotPython(Exception):
    """The code is not Python that can be parsed here; `line` is where, `reason` why, in words."""

    def __init__(
        self, line: int, reason: str, kind: Literal["syntax", "newer-grammar"] = "syntax"
    ) -> None:
        self.line = line
        self.reason = reason
        self.kind: Literal["syntax", "newer-grammar"] = kind
        super().__init__(reason)


def parse_python(source: str) -> ast.Module:
    """Parse a cell's Python as IPython would: top-level `await` allowed, nothing executed.

    The tree's columns count characters, as those of `tree_of` do. Raises `NotPython`.
    """
    if "\0" in source:
        raise NotPython(source[: source.index("\0")].count("\n") + 1, "it holds a null character")
    try:
        tree = _accepted(source)
    except SyntaxError as error:
        raise _explained(error, source) from None
    except (RecursionError, MemoryError, OverflowError, ValueError):
        raise NotPython(1, "it is nested too deeply, or too large, for Python to parse") from None
    return counting_characters(tree, source)


def _accepted(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = compile(source, "<cell>", "exec", flags=_FLAGS, dont_inherit=True)
        # The tree alone accepts `return` and `break` outside their place; the compiler does not.
        compile(tree, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def _explained(error: SyntaxError, source: str) -> NotPython:
    line, text, closed = _first_refused(source)
    first = text.lstrip("\n").partition("\n")[0]
    if _PROSE.fullmatch(first) and not _STATEMENT.match(first):
        return NotPython(line, "it is text, not Python")
    bare = _STRINGS.sub(lambda match: "''" + "\n" * match.group().count("\n"), text)
    if old := _PYTHON_2.search(bare):
        return NotPython(line + bare.count("\n", 0, old.start()), "it is Python 2")
    needed = needed_python(source)
    if needed is not None and needed > sys.version_info[:2]:
        version = ".".join(map(str, needed))
        reason = f"it is written for Python {version} or newer; run nb2prod with such a Python"
        return NotPython(line, reason, "newer-grammar")
    if not closed:
        return NotPython(line, "it is not complete: a bracket or a string has no end")
    if misplaced := _misplaced(text):
        return NotPython(line, f"it has `{misplaced}` where Python does not allow it")
    if isinstance(error, IndentationError):
        return NotPython(line, "its indentation is not valid Python 3")
    return NotPython(line, "it is not valid Python 3")


def _first_refused(source: str) -> tuple[int, str, bool]:
    """The first top-level statement that Python does not accept by itself.

    Its line, its text, and whether all its brackets and strings end. The whole text where each
    statement is accepted alone.
    """
    for line, text, closed in _top_level(source.split("\n")):
        try:
            _accepted(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return line, text, closed
    filled = (number for number, line in enumerate(source.split("\n"), 1) if line.strip())
    return next(filled, 1), source, True


def _top_level(lines: list[str]) -> list[tuple[int, str, bool]]:
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
    return [(number, "\n".join(text) + "\n", closed) for number, text, closed in pieces]


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
