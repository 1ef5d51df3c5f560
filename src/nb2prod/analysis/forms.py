"""Colab's form parameters: `name = default  #@param {type: "slider", min: 0, max: 1}`.

The specification after `@param` is JavaScript's literal syntax rather than JSON (unquoted keys, single quotes);
Colab is lenient in reading it, and so is this.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.facts import Literalish, Parameter, ParameterType
from nb2prod.location import Location
from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import tree_of

PARAM_COMMENT = re.compile(r"#\s*@param\b\s*(?P<spec>.*)$")
_MARKDOWN_COMMENT = re.compile(r"\s*#\s*@markdown\s+(?P<text>.+)")
_OPTION = re.compile(
    r"""(?P<q>["']?)(?P<key>[\w-]+)(?P=q)\s*:\s*(?P<value>"[^"]*"|'[^']*'|-?[\d.]+(?:[eE][-+]?\d+)?|\w+)"""
)
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
    """The form parameters of one cell: assignments of a literal to one name on a line with `#@param`."""
    if parsed.unparsed is not None:
        return
    lines = parsed.cell.lines
    for node in ast.walk(tree_of(parsed.python)):
        name, value = assigned_literal(node)
        if name is None or not isinstance(node, ast.stmt):
            continue
        match = PARAM_COMMENT.search(lines[(node.end_lineno or node.lineno) - 1])
        if match:
            location = Location(parsed.cell.number, node.lineno, node.col_offset + 1)
            yield _parameter(name, value, match["spec"], location, _help(lines, node.lineno))


def assigned_literal(node: ast.AST) -> tuple[str | None, Literalish]:
    """The name and the literal of `name = literal`; (None, None) for anything else."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target, value = node.target, node.value
    else:
        return None, None
    if not isinstance(target, ast.Name):
        return None, None
    try:
        literal = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None, None
    return (
        (target.id, literal)
        if isinstance(literal, str | int | float | bool | None)
        else (None, None)
    )


def _parameter(
    name: str, default: Literalish, spec: str, location: Location, help_text: str
) -> Parameter:
    choices, options = _read_spec(spec)
    kind = _TYPES.get(str(options.get("type", "")).lower()) or _type_of(default)
    if kind in ("raw", "number") and isinstance(default, int) and not isinstance(default, bool):
        whole = [options.get(key) for key in ("min", "max", "step")]
        if kind == "raw" or (
            options.get("type") == "slider" and all(_is_whole(value) for value in whole)
        ):
            kind = "integer"
    if not _fits(default, kind):
        kind = _type_of(default)
    if choices is not None and (options.get("allow-input") is True or default not in choices):
        choices = None  # a list of suggestions; the notebook itself does not keep to it
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


def _read_spec(spec: str) -> tuple[tuple[Literalish, ...] | None, dict[str, Literalish]]:
    choices: tuple[Literalish, ...] | None = None
    spec = spec.strip()
    if spec.startswith("["):
        end = spec.rfind("]")
        choices = _choices(spec[: end + 1])
        spec = spec[end + 1 :]
    return choices, {match["key"]: _value(match["value"]) for match in _OPTION.finditer(spec)}


def _choices(text: str) -> tuple[Literalish, ...] | None:
    text = re.sub(
        r"\b(true|false|null)\b",
        lambda m: {"true": "True", "false": "False"}.get(m[1], "None"),
        text,
    )
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if not isinstance(found, list) or not found:
        return None
    plain = all(isinstance(item, str | int | float | bool | None) for item in found)
    return tuple(found) if plain else None


def _value(text: str) -> Literalish:
    if text[0] in "\"'":
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text) if re.search(r"[.eE]", text) else int(text)
    except ValueError:
        return text


def _type_of(default: Literalish) -> ParameterType:
    if isinstance(default, bool):
        return "boolean"
    if isinstance(default, int):
        return "integer"
    if isinstance(default, float):
        return "number"
    return "string" if isinstance(default, str) else "raw"


def _fits(default: Literalish, kind: ParameterType) -> bool:
    """A default of another type than the form says keeps its own: the code works with the value."""
    if kind == "number":
        return isinstance(default, float) or (
            isinstance(default, int) and not isinstance(default, bool)
        )
    return kind == _type_of(default)


def _is_whole(value: Literalish) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _number(value: Literalish) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _help(lines: tuple[str, ...], line: int) -> str:
    """The `#@markdown` comments right above the parameter, as one sentence or two."""
    texts: list[str] = []
    index = line - 2
    while index >= 0 and (match := _MARKDOWN_COMMENT.match(lines[index])):
        texts.append(match["text"].strip())
        index -= 1
    return " ".join(reversed([text for text in texts if not re.fullmatch(r"[-=\s]*", text)]))
