"""Putting a notebook's text into generated files: one quoting filter per format.

What comes from a notebook is text and stays text. Templates are rendered by an environment that
refuses every value that did not go through a filter, so a forgotten one is an error and not a hole.
"""

from __future__ import annotations

import math
import re
import shlex
from functools import cache
from keyword import iskeyword

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined

from nb2prod.errors import InternalError
from nb2prod.project.templates import templates_directory

# Control characters, lone surrogates, non-characters, and the invisible ones that reorder text:
# they have no place on a line that a person reads. Listed by hand, because `str.isprintable`
# changes with the Unicode version of the Python that runs nb2prod, and generated files must not.
_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
)
_BREAKS = re.compile(rf"[\s{_INVISIBLE}]+")
_ESCAPED = re.compile(rf'[{_INVISIBLE}"\\]')
_PLAIN = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9._+:/@-]*")


class Quoted(str):
    """Text in the form that its place in a file needs."""

    __slots__ = ()


def one_line(text: str) -> str:
    """The text on one line: line breaks, control and invisible characters become single blanks."""
    return _BREAKS.sub(" ", text).strip()


def plain(value: str) -> Quoted:
    """A value that is only letters, digits and `._+:/@-`, which mean nothing in any of our formats.

    For names and versions that nb2prod made. Raises `InternalError` for anything else.
    """
    if not _PLAIN.fullmatch(value):
        raise InternalError(f"{value!r} was to be written unquoted and cannot be.")
    return Quoted(value)


def identifier(name: str) -> Quoted:
    """A Python name. Raises `InternalError` for what is none."""
    if not name.isidentifier() or iskeyword(name):
        raise InternalError(f"{name!r} was to be a name in Python and is none.")
    return Quoted(name)


def comment(text: str) -> Quoted:
    """Text for a comment that ends with its line."""
    return Quoted(one_line(text))


def python(value: object) -> Quoted:
    """A string, number, boolean or None as a Python literal on one line.

    Raises `InternalError` for another type.
    """
    if isinstance(value, str):
        return Quoted(f'"{_ESCAPED.sub(_python_escape, value)}"')
    if isinstance(value, float) and not math.isfinite(value):
        return Quoted(f'float("{value}")')
    if value is None or isinstance(value, bool | int | float):
        return Quoted(repr(value))
    raise InternalError(f"A {type(value).__name__} cannot be written as a Python literal.")


def _python_escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in '"\\':
        return f"\\{character}"
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if short:
        return short
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def dockerfile(text: str) -> Quoted:
    """A value in a Dockerfile's `ARG`, `ENV` or `LABEL`: bare where it can be, else in double
    quotes.
    """
    text = one_line(text)
    if _PLAIN.fullmatch(text):
        return Quoted(text)
    escaped = re.sub(r'(["\\$])', r"\\\1", text)
    return Quoted(f'"{escaped}"')


def shell(text: str) -> Quoted:
    """One word of a POSIX shell's command line. Raises `InternalError` for what does not fit on a
    line.
    """
    if "\n" in text or "\r" in text or "\0" in text:
        raise InternalError("A shell command of one line was to hold a value of several.")
    return Quoted(shlex.quote(text))


def _quoted_only(value: object) -> object:
    if isinstance(value, Quoted | Undefined) or type(value) is int:
        return value
    raise InternalError(f"A template writes a {type(value).__name__} without a quoting filter.")


@cache
def environment() -> Environment:
    """The environment that every template is rendered in."""
    from nb2prod.project import markdown

    made = Environment(
        loader=FileSystemLoader(templates_directory(), encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_quoted_only,
    )
    made.filters.update(
        plain=plain,
        identifier=identifier,
        comment=comment,
        python=python,
        dockerfile=dockerfile,
        shell=shell,
        text=markdown.text,
        code=markdown.code,
        cell_code=markdown.cell_code,
        markdown=markdown.written,
    )
    return made


def rendered(template: str, **values: object) -> str:
    """The template, by its path below `templates/`, with these values."""
    return environment().get_template(template).render(**values)
