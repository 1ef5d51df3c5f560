"""Colab's form parameters: `name = default  #@param {type: "slider", min: 0, max: 1}`.

The specification after `@param` is JavaScript's literal syntax rather than JSON (unquoted keys,
single quotes); Colab is lenient in reading it, and so is this.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Any

from nb2prod.analysis.facts import Literalish, Parameter, ParameterType
from nb2prod.analysis.literals import (
    assigned_literal,
    behind,
    is_plain,
    markdown_above,
    place_in,
    type_of,
)
from nb2prod.location import Location
from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import shared_tree, walk

PARAM_COMMENT = re.compile(r"#\s*@param\b\s*(?P<spec>.*)$")
_OPTION = re.compile(
    r"""(?P<q>["']?)(?P<key>[\w-]+)(?P=q)\s*:\s*"""
    r"""(?P<value>"[^"]*"|'[^']*'|-?[\d.]+(?:[eE][-+]?\d+)?|\w+)"""
)
_CLOSING = {"[": "]", "{": "}"}
_WORDS = {"true": "True", "false": "False", "null": "None"}
_TYPES: dict[str, ParameterType] = {
    "string": "string",
    "date": "string",
    "integer": "integer",
    "number": "number",
    "slider": "number",
    "boolean": "boolean",
    "raw": "raw",
}


def find_parameters(parsed: ParsedCell) -> Iterator[Parameter]:
    """The form parameters of one cell: assignments of a literal to a name before `#@param`."""
    if "@param" not in parsed.cell.source:
        return
    lines = parsed.python.split("\n")
    for node in walk(shared_tree(parsed.python)):
        name, value = assigned_literal(node)
        if name is None or not isinstance(node, ast.stmt):
            continue
        match = PARAM_COMMENT.match(behind(lines, node).lstrip(" \t;"))
        if match:
            location = place_in(parsed, node)
            help_text = markdown_above(lines, node.lineno)
            yield _parameter(name, value, match["spec"], location, help_text)


def _parameter(
    name: str, default: Literalish, spec: str, location: Location, help_text: str
) -> Parameter:
    choices, options = _read_spec(spec)
    kind = _kind(default, options)
    if options.get("type") == "raw" and choices is not None:
        choices = _evaluated(choices)  # the form writes what is chosen as code
    if choices is not None and (options.get("allow-input") is True or default not in choices):
        choices = None  # a list of suggestions; the notebook itself does not keep to it
    if kind == "boolean":
        choices = None  # there are no others
    return Parameter(
        name=name,
        type=kind,
        default=default,
        location=location,
        choices=choices,
        minimum=_number(options.get("min")),
        maximum=_number(options.get("max")),
        help=help_text,
    )


def _kind(default: Literalish, options: dict[str, Literalish]) -> ParameterType:
    """The type that the form gives, where the default agrees: the code works with the value."""
    stated = str(options.get("type", "")).lower()
    kind = _TYPES.get(stated)
    if stated == "slider" and all(_is_whole(options.get(key)) for key in ("min", "max", "step")):
        kind = "integer"
    if kind == "number" and _is_number(default):
        return "number"
    return type_of(default)


def _read_spec(spec: str) -> tuple[tuple[Literalish, ...] | None, dict[str, Literalish]]:
    choices: tuple[Literalish, ...] | None = None
    spec = spec.strip()
    if spec.startswith("["):
        end = _end_of_literal(spec)
        choices = _choices(spec[:end])
        spec = spec[end:].strip()
    if not spec.startswith("{"):
        return choices, {}
    inner = spec[1 : _end_of_literal(spec)]
    return choices, {match["key"]: _value(match["value"]) for match in _OPTION.finditer(inner)}


def _end_of_literal(text: str) -> int:
    """Where the list or mapping ends that the text begins with; the text's end for an open one."""
    quote, closing = "", _CLOSING[text[0]]
    position = 1
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == closing:
            return position + 1
        position += 1
    return len(text)


def _choices(text: str) -> tuple[Literalish, ...] | None:
    # JavaScript's words for what Python calls True, False and None, outside of quotes.
    parts = re.split(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", text)
    parts[::2] = [re.sub(r"\b(?:true|false|null)\b", lambda m: _WORDS[m[0]], p) for p in parts[::2]]
    found = _literal("".join(parts))
    if not isinstance(found, list) or not found:
        return None
    return tuple(found) if all(is_plain(item) for item in found) else None


def _evaluated(choices: tuple[Literalish, ...]) -> tuple[Literalish, ...] | None:
    values = [_literal(choice) if isinstance(choice, str) else choice for choice in choices]
    return tuple(values) if all(is_plain(value) for value in values) else None


def _literal(text: str) -> Any:
    """The value of a Python literal; an empty tuple, which no form has, for anything else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return ()


def _value(text: str) -> Literalish:
    if text[0] in "\"'":
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text) if re.search(r"[.eE]", text) else int(text)
    except ValueError:
        return text


def _is_number(value: Literalish) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Literalish) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _number(value: Literalish) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
