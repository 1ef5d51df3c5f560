"""NB401: keys, tokens and passwords in code, text and metadata."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from nb2prod.analysis.secrets import is_environ
from nb2prod.analysis.tokens import Token
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import CheckedCell, Context
from nb2prod.hygiene.model import Finding, Fix, SourceEdit
from nb2prod.hygiene.secrets import in_source, in_texts, named
from nb2prod.location import Location

RULE = rule("NB401")

_ADVICE = "read it from the environment, and have it replaced: others may have it"
_TAKE_OUT = "take it out, and have it replaced: others may have it"
# A literal that is nothing but one text: no prefix that changes what it means, no second piece.
_LITERAL = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(?P<text>[^'\"]*)\1", re.DOTALL)


def check(context: Context) -> Iterator[Finding]:
    """The secrets in the cells, those that a second scanner alone finds, and those in metadata."""
    variables: dict[str, str] = {}
    for cell in context.cells:
        for token in in_source(cell):
            name = _variable(token, variables)
            advice = _ADVICE if cell.kind == "code" else _TAKE_OUT
            said = f"{named(token.kind, token.value)} stands in the cell; {advice}"
            fix = _fix(context, cell, token, name) if cell.kind == "code" else None
            yield context.found(RULE, cell.place_at(token.start), said, fix=fix)
        for words in _in_metadata(cell.found.get("metadata")):
            said = f"{words} stands in the cell's metadata; {_TAKE_OUT}"
            yield context.found(RULE, Location(cell.number), said, part="metadata")
    for leak in context.leaks:
        if leak.output is None:
            said = f"{leak.words} stands in the cell; {_ADVICE}"
            yield context.found(RULE, context.cells[leak.cell - 1].place_at(leak.start), said)
    metadata = {key: value for key, value in context.metadata.items() if key != "widgets"}
    for words in _in_metadata(metadata):
        said = f"{words} stands in the notebook's metadata; {_TAKE_OUT}"
        yield context.found(RULE, None, said, part="metadata")


def _in_metadata(metadata: object) -> list[str]:
    """The secrets in metadata, in words, each once."""
    return list(dict.fromkeys(named(token.kind, token.value) for token in in_texts(metadata)))


def _variable(token: Token, variables: dict[str, str]) -> str:
    """The environment variable for a secret: the same for the same value, another for another."""
    if token.value not in variables:
        name, number = token.variable, 2
        while name in variables.values():
            name, number = f"{token.variable}_{number}", number + 1
        variables[token.value] = name
    return variables[token.value]


def _fix(context: Context, cell: CheckedCell, token: Token, name: str) -> Fix | None:
    """The literal that is the secret gives way to the environment's variable."""
    owners = {id(child): node for node in cell.nodes for child in ast.iter_child_nodes(node)}
    for node in cell.nodes:
        if not isinstance(node, ast.Constant) or node.value != token.value:
            continue
        start, end = cell.span(node)
        written = _LITERAL.fullmatch(cell.source[start:end])
        if not start <= token.start < end or written is None or written["text"] != token.value:
            continue
        owner = owners.get(id(node))
        # The last line of a cell would show the value; a pattern takes no call.
        if isinstance(owner, ast.Expr | ast.JoinedStr | ast.pattern):
            return None
        edit = SourceEdit(cell.number, start, end, f'os.environ["{name}"]')
        if isinstance(owner, ast.Assign) and (key := _environment_key(owner)) is not None:
            # What would be given its own value has to be there already.
            name = key
            edit = SourceEdit(cell.number, *cell.span(owner), f'assert "{key}" in os.environ')
        more = () if _has_os(context, cell, node) else _import_os(cell)
        return Fix(f'read `os.environ["{name}"]`', (*more, edit), "unsafe")
    return None


def _environment_key(node: ast.Assign) -> str | None:
    """`KEY` of `os.environ["KEY"] = …`."""
    target = node.targets[0]
    if len(node.targets) > 1 or not isinstance(target, ast.Subscript):
        return None
    key = target.slice.value if isinstance(target.slice, ast.Constant) else None
    return key if is_environ(target.value) and isinstance(key, str) and key.isidentifier() else None


def _has_os(context: Context, cell: CheckedCell, place: ast.expr) -> bool:
    """Whether `os` is imported before a place."""
    return any(
        isinstance(node, ast.Import)
        and any(alias.name == "os" and alias.asname is None for alias in node.names)
        and (before.number < cell.number or node.lineno < place.lineno)
        for before in context.code_cells[: context.code_cells.index(cell) + 1]
        for node in before.tree.body
    )


def _import_os(cell: CheckedCell) -> tuple[SourceEdit, ...]:
    """`import os` on a line of its own before the first statement that may follow it."""
    for node in cell.tree.body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if is_text or is_future:
            continue
        decorators: Mapping[str, list[ast.expr]] = vars(node)
        place = cell.place(next(iter(decorators.get("decorator_list", ())), node))
        line = cell.offset(Location(cell.number, place.line))
        opening = cell.source[line : cell.offset(place)].removesuffix("@")
        start = line + len(opening)
        return (SourceEdit(cell.number, start, start, f"import os\n{opening}"),)
    return ()
