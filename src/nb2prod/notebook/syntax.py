"""Parsing a cell's Python. Why it does not parse is said by `nb2prod.notebook.refusal`."""

from __future__ import annotations

import ast

from nb2prod.notebook.statements import UnparsedKind
from nb2prod.notebook.trees import shared_code, tree_of

# By the name that says what it is among other trees.
syntax_tree = tree_of

# What Python raises for what it does not take.
REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


class NotPython(Exception):
    """The code is not Python that can be parsed here; `line` is where, `reason` why, in words."""

    def __init__(self, line: int, reason: str, kind: UnparsedKind = "syntax") -> None:
        self.line = line
        self.reason = reason
        self.kind: UnparsedKind = kind
        super().__init__(reason)


def parse_python(source: str) -> ast.Module:
    """Parse a cell's Python as IPython would: top-level `await` allowed, nothing executed.

    The tree's columns count characters, as those of `tree_of` do. Raises `NotPython`.
    """
    require_python(source)
    return tree_of(source)


def require_python(source: str) -> None:
    """Raise `NotPython` for what IPython would not take as Python. Nothing is executed."""
    if "\0" in source:
        raise NotPython(source[: source.index("\0")].count("\n") + 1, "it holds a null character")
    try:
        # The tree alone accepts `return` and `break` outside their place; the compiler does not.
        shared_code(source)
    except SyntaxError as error:
        from nb2prod.notebook.refusal import explained

        raise explained(error, source) from None
    except (RecursionError, MemoryError, OverflowError, ValueError):
        raise NotPython(1, "it is nested too deeply, or too large, for Python to parse") from None


def parse_text(text: str | None) -> ast.Module | None:
    """The tree of a file's text, which may be changed; None for no text and no Python 3."""
    try:
        return None if text is None else parse_python(text.removeprefix("\ufeff"))
    except NotPython:
        return None


def is_expression(source: str) -> bool:
    """Whether the text is one expression of Python."""
    try:
        body = tree_of(source).body
    except REFUSALS:
        return False
    return len(body) == 1 and isinstance(body[0], ast.Expr)
