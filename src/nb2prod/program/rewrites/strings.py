"""Paths in Python strings: the platform's directories become the configuration's.

Everything here works on the text between a literal's quotes, so that what the author wrote around a
path stays as written. Where that text and the value disagree about the paths (an escape hides or
splits one), the literal is written anew from its value.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

import libcst as cst

from nb2prod.analysis.paths import PathFound, PathRoot
from nb2prod.program.context import Context
from nb2prod.program.rewrites.platform import names_module, without_module_names
from nb2prod.program.text import block, fstring, with_roots

_NAMED_CHARACTER = re.compile(r"\\N\{[^}]*\}")
_ESCAPE = re.compile(r"\\[abfnrtv\n]")


def plain(
    node: cst.SimpleString, context: Context, *, before: str, alone: bool
) -> cst.BaseExpression | None:
    """A string literal with the directories it names replaced, or None when it names none.

    `before` is the character that the value follows in a longer text ("" for none). A literal that
    is nothing but the directory becomes `str(config.data_dir)` when it is `alone`, and not part of
    an implicit concatenation, where only a literal can stand.
    """
    value = evaluated(node)
    if not isinstance(value, str):
        return None
    raw_literal = "r" in node.prefix.lower()
    raw = node.raw_value
    found = list(_find(raw if raw_literal else _without_escapes(raw), context, before))
    expected = list(_find(value, context, before))
    if not expected:
        return None
    if [path.root for path in found] != [path.root for path in expected]:
        return anew(node, context, before)
    root, length = found[0].root, found[0].end - found[0].start
    # Where a key of several lines was taken out, its line ends are left behind the marker.
    whole_text = raw.rstrip("\n") if root.secret else raw
    if length == len(whole_text) and not root.suffix and alone:
        whole = context.stand_in(root)
        return cst.parse_expression(whole if root.secret else f"str({whole})")
    if any(path.root.secret for path in found):
        return anew(node, context, before)  # which chooses the quotes
    body, position = "", 0
    for path in found:
        body += _doubled(raw[position : path.start], raw_literal)
        body += f"{{{context.stand_in(path.root)}}}{path.root.suffix}"
        position = path.end
    body += _doubled(raw[position:], raw_literal)
    return cst.parse_expression(f"{'rf' if raw_literal else 'f'}{node.quote}{body}{node.quote}")


def anew(
    node: cst.SimpleString | cst.ConcatenatedString, context: Context, before: str
) -> cst.BaseExpression:
    """A literal of the same value, with the directories it names replaced."""
    value = evaluated(node)
    assert isinstance(value, str)
    pieces = with_roots(without_module_names(value), context, before)
    triple = isinstance(node, cst.SimpleString) and len(node.quote) == 3
    return cst.parse_expression(block(pieces) if triple else fstring(pieces))


def without_names(node: cst.SimpleString) -> cst.SimpleString:
    """A literal, of text or bytes, without the platform's module names."""
    body = without_module_names(node.raw_value)
    cleaned = cst.SimpleString(f"{node.prefix}{node.quote}{body}{node.quote}")
    if not names_module(text_of(cleaned)):
        return cleaned
    value = without_module_names(text_of(node))  # an escape hid the name
    written = repr(value.encode("latin-1") if "b" in node.prefix.lower() else value)
    return cst.SimpleString(written)


def evaluated(node: cst.SimpleString | cst.ConcatenatedString) -> str | bytes | None:
    """The value of a literal; None for a concatenation that holds an f-string."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd escapes are the author's
        return node.evaluated_value


def text_of(node: cst.SimpleString | cst.ConcatenatedString) -> str:
    """The value of a literal; bytes as the text of the same code points."""
    value = evaluated(node)
    return value.decode("latin-1") if isinstance(value, bytes) else value or ""


def splits_path(node: cst.ConcatenatedString, context: Context, before: str) -> bool:
    """Whether a path or a module's name runs across the parts of an implicit concatenation."""
    whole = evaluated(node)
    if not isinstance(whole, str):
        return False
    expected = [path.root for path in _find(whole, context, before)]
    parts = [text_of(part) for part in _parts(node)]
    if names_module(whole) and not any(names_module(part) for part in parts):
        return True
    found: list[PathRoot] = []
    for part in parts:
        found += [path.root for path in _find(part, context, before)]
        before = part[-1:] or before
    return found != expected


def formatted(
    node: cst.FormattedStringText, context: Context, *, before: str, raw_literal: bool, quote: str
) -> list[cst.BaseFormattedStringContent] | None:
    """The text part of an f-string with its directories replaced, or None when it names none.

    `quote` is what the f-string stands in.
    """
    view = node.value if raw_literal else _without_escapes(node.value)
    found = list(_find(view, context, before))
    if not found:
        return None
    parts: list[cst.BaseFormattedStringContent] = []
    position = 0
    for path in found:
        parts.append(cst.FormattedStringText(node.value[position : path.start]))
        place = context.stand_in(path.root)
        if "'" not in quote:
            place = place.replace('"', "'")  # Python before 3.12 takes other quotes alone
        parts.append(cst.FormattedStringExpression(cst.parse_expression(place)))
        parts.append(cst.FormattedStringText(path.root.suffix))
        position = path.end
    parts.append(cst.FormattedStringText(node.value[position:]))
    return [part for part in parts if not isinstance(part, cst.FormattedStringText) or part.value]


def last_character(node: cst.BaseExpression) -> str:
    """The character that a text ends with: "" for an empty text, "x" for what only the run knows.

    What follows an evaluated part is the rest of a longer path, whatever it looks like.
    """
    if isinstance(node, cst.SimpleString):
        return text_of(node)[-1:]
    if isinstance(node, cst.ConcatenatedString):
        return last_character(node.right) or last_character(node.left)
    if isinstance(node, cst.FormattedString):
        last = node.parts[-1] if node.parts else None
        if isinstance(last, cst.FormattedStringText):
            return last.value[-1:]
        return "x" if last else ""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        return last_character(node.right) or last_character(node.left)
    return "x"


def _find(text: str, context: Context, before: str) -> Iterator[PathFound]:
    """The directories that a text names, given what stands before it; places within the text."""
    shift = len(before)
    for path in context.roots.find(before + text):
        if path.start >= shift:
            yield PathFound(path.start - shift, path.end - shift, path.root, path.rest)


def _without_escapes(raw: str) -> str:
    """The text with `\\n`, `\\t` and the like blanked: their letters are no part of a path."""
    return _ESCAPE.sub("  ", raw)


def _parts(node: cst.ConcatenatedString) -> Iterator[cst.SimpleString]:
    for part in (node.left, node.right):
        if isinstance(part, cst.ConcatenatedString):
            yield from _parts(part)
        elif isinstance(part, cst.SimpleString):
            yield part


def _doubled(text: str, raw_literal: bool) -> str:
    """Braces as an f-string needs them; those of `\\N{DASH}` are part of an escape."""
    if raw_literal:
        return text.replace("{", "{{").replace("}", "}}")
    parts: list[str] = []
    position = 0
    for match in _NAMED_CHARACTER.finditer(text):
        parts += [_braces(text[position : match.start()]), match.group()]
        position = match.end()
    return "".join([*parts, _braces(text[position:])])


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
