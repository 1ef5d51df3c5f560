"""Literals that a notebook gives to names: their types, and what the comments say of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from nb2prod.analysis.facts import Literalish, Parameter, ParameterSource, ParameterType
from nb2prod.location import Location
from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import without_warnings

_MARKDOWN_COMMENT = re.compile(r"\s*#\s*@markdown\s+(?P<text>.+)")
_COMMENT = re.compile(r"\s*#+\s*(?P<text>.*?)[\s#]*")
# What papermill reads in front of the help, and words that are for tools.
_TYPE_COMMENT = re.compile(r"type:\s*\w[\w\[\], ]*?(?:\s{2,}|\Z|(?=#))")
_FOR_TOOLS = re.compile(
    r"@|%%|!|-\*-|(?:noqa|type:|pylint:|pyright:|mypy:|fmt:|yapf:|isort:|todo\b|fixme\b)", re.I
)
_RULE = re.compile(r"[\W_]*")
_RULED = re.compile(r"^[-=*~─━_]{2,}\s*|\s*[-=*~─━_]{2,}$")


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
    return (target.id, literal) if is_plain(literal) else (None, None)


def is_plain(value: object) -> bool:
    """Whether a value is one that an option can have."""
    return isinstance(value, str | int | float | bool | None)


def type_of(default: Literalish) -> ParameterType:
    """The type that goes with a value."""
    if isinstance(default, bool):
        return "boolean"
    if isinstance(default, int):
        return "integer"
    if isinstance(default, float):
        return "number"
    return "string" if isinstance(default, str) else "raw"


def place_in(parsed: ParsedCell, node: ast.stmt) -> Location:
    """Where a statement of a cell begins."""
    return Location(parsed.cell.number, node.lineno, node.col_offset + 1)


def plain_parameter(parsed: ParsedCell, node: ast.stmt, source: ParameterSource) -> Parameter:
    """The parameter of an assignment of a literal that no form describes."""
    name, default = assigned_literal(node)
    kind = type_of(default)
    annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
    if kind == "integer" and isinstance(annotation, ast.Name) and annotation.id == "float":
        kind = "number"
    lines = parsed.python.split("\n")
    return Parameter(
        name=name or "",
        type=kind,
        default=default,
        location=place_in(parsed, node),
        help=comment_beside(lines, node)
        or comments_above(lines, node.lineno)
        or markdown_above(lines, node.lineno),
        source=source,
    )


def behind(lines: Sequence[str], node: ast.stmt) -> str:
    """What stands on the last line of a statement behind it."""
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return lines[end_line - 1][end_column:]


def markdown_above(lines: Sequence[str], line: int) -> str:
    """The `#@markdown` comments right above a line, as one sentence or two."""
    texts: list[str] = []
    index = line - 2
    while index >= 0 and (match := _MARKDOWN_COMMENT.match(lines[index])):
        texts.append(match["text"].strip())
        index -= 1
    return " ".join(reversed([text for text in texts if not re.fullmatch(r"[-=\s]*", text)]))


def comment_beside(lines: Sequence[str], node: ast.stmt) -> str:
    """The comment behind a statement; "" where there is none that explains it."""
    return _said(behind(lines, node))


def comments_above(lines: Sequence[str], line: int) -> str:
    """The comments right above a line; "" where they explain nothing."""
    texts: list[str] = []
    index = line - 2
    while index >= 0 and lines[index].startswith("#"):
        texts.append(_said(lines[index]))
        index -= 1
    return " ".join(reversed([text for text in texts if text]))


def _said(comment: str) -> str:
    """What a comment says to a reader: nothing where it is a rule, for a tool, or code."""
    match = _COMMENT.fullmatch(comment)
    if match is None or "#" not in comment:
        return ""
    text = _TYPE_COMMENT.sub("", match["text"], count=1).lstrip("# ")
    text = _RULED.sub("", text)
    if _RULE.fullmatch(text) or _FOR_TOOLS.match(text) or _is_code(text):
        return ""
    return text


def _is_code(text: str) -> bool:
    """Whether a comment is a line of code that was put out of use: `EPOCHS = 5`, `train()`."""
    try:
        with without_warnings():
            body = ast.parse(text).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    values = [statement.value for statement in body if isinstance(statement, ast.Expr)]
    words = (ast.Name, ast.Constant, ast.Tuple, ast.BinOp, ast.Compare, ast.BoolOp, ast.Attribute)
    return len(values) < len(body) or not all(isinstance(value, words) for value in values)
