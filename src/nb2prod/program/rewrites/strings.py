"""Paths in Python strings: the platform's directories become the configuration's."""

from __future__ import annotations

import re

import libcst as cst

from nb2prod.analysis.paths import PathRoot
from nb2prod.program.context import Context

_NAMED_CHARACTER = re.compile(r"\\N\{[^}]*\}")


def plain(node: cst.SimpleString, context: Context, *, concatenated: bool) -> cst.BaseExpression | None:
    """A string literal with the directories it names replaced, or None when it names none.

    A literal that is nothing but the directory becomes `str(config.data_dir)`, unless it is part of an
    implicit concatenation, where only a literal can stand.
    """
    if "b" in node.prefix.lower():
        return None
    raw = node.raw_value
    found = list(context.roots.find(raw))
    if not found:
        return None
    only = found[0]
    if (only.start, only.end) == (0, len(raw)) and not only.root.suffix and not concatenated:
        return cst.parse_expression(f"str({context.directory(only.root.directory)})")
    body, position = "", 0
    raw_literal = "r" in node.prefix.lower()
    for path in found:
        body += _doubled(raw[position : path.start], raw_literal) + context.root(path.root)
        position = path.end
    body += _doubled(raw[position:], raw_literal)
    return cst.parse_expression(f"{'rf' if raw_literal else 'f'}{node.quote}{body}{node.quote}")


def _doubled(text: str, raw_literal: bool) -> str:
    """Braces as an f-string needs them; those of `\\N{DASH}` are part of an escape."""
    if raw_literal:
        return text.replace("{", "{{").replace("}", "}}")
    parts: list[str] = []
    position = 0
    for match in _NAMED_CHARACTER.finditer(text):
        parts += [text[position : match.start()].replace("{", "{{").replace("}", "}}"), match.group()]
        position = match.end()
    parts.append(text[position:].replace("{", "{{").replace("}", "}}"))
    return "".join(parts)


def formatted(
    node: cst.FormattedStringText, context: Context, *, first: bool
) -> list[cst.BaseFormattedStringContent] | None:
    """The text part of an f-string with its directories replaced, or None when it names none.

    What follows an evaluated part is the rest of a longer path and no root, whatever it looks like.
    """
    found = [path for path in context.roots.find(node.value) if first or path.start > 0]
    if not found:
        return None
    parts: list[cst.BaseFormattedStringContent] = []
    position = 0
    for path in found:
        if path.start > position:
            parts.append(cst.FormattedStringText(node.value[position : path.start]))
        parts.append(_part(path.root, context))
        if path.root.suffix:
            parts.append(cst.FormattedStringText(path.root.suffix))
        position = path.end
    if position < len(node.value):
        parts.append(cst.FormattedStringText(node.value[position:]))
    return parts


def _part(root: PathRoot, context: Context) -> cst.FormattedStringExpression:
    return cst.FormattedStringExpression(cst.parse_expression(context.directory(root.directory)))
