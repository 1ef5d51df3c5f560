"""NB401: keys, tokens and passwords in code, text and metadata."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.secrets import is_environ
from nb2prod.analysis.tokens import Token
from nb2prod.hygiene.added_imports import import_of, imports_module, joined
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, SourceEdit
from nb2prod.hygiene.owners import literals, owners
from nb2prod.hygiene.secrets import found_in, in_texts, named
from nb2prod.location import Location

RULE = rule("NB401")

_ADVICE = "read it from the environment, and have it replaced: others may have it"
_TAKE_OUT = "take it out, and have it replaced: others may have it"
# A literal that is nothing but one text: no prefix that changes what it means, no second piece.
_LITERAL = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(?P<text>[^'\"]*)\1", re.DOTALL)


def check(context: Context) -> Iterator[Finding]:
    """The secrets in the cells, those that a second scanner alone finds, and those in metadata."""
    variables = _Variables()
    for cell in context.cells:
        for token in found_in(cell, context.secrets):
            name = variables.of(token)
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


class _Variables:
    """The environment variables for secrets: the same for the same value, another for another."""

    def __init__(self) -> None:
        self._by_value: dict[str, str] = {}
        self._names: set[str] = set()
        self._numbers: dict[str, int] = {}

    def of(self, token: Token) -> str:
        """The variable for a secret."""
        if token.value not in self._by_value:
            name, number = token.variable, self._numbers.get(token.variable, 2)
            while name in self._names:
                name, number = f"{token.variable}_{number}", number + 1
            self._numbers[token.variable] = number
            self._names.add(name)
            self._by_value[token.value] = name
        return self._by_value[token.value]


def _fix(context: Context, cell: CheckedCell, token: Token, name: str) -> Fix | None:
    """The literal that is the secret gives way to the environment's variable."""
    for node in literals(cell.tree).get(token.value, ()):
        start, end = cell.span(node)
        written = _LITERAL.fullmatch(cell.source[start:end])
        if not start <= token.start < end or written is None or written["text"] != token.value:
            continue
        owner = owners(cell.tree).get(id(node))
        # The last line of a cell would show the value; a pattern takes no call.
        if isinstance(owner, ast.Expr | ast.JoinedStr | ast.pattern):
            return None
        edit = SourceEdit(cell.number, start, end, f'os.environ["{name}"]')
        if isinstance(owner, ast.Assign) and (key := _environment_key(owner)) is not None:
            # What would be given its own value has to be there already.
            name = key
            edit = SourceEdit(cell.number, *cell.span(owner), f'assert "{key}" in os.environ')
        more = () if imports_module(context, cell, node, "os") else import_of(cell, "os")
        return Fix(f'read `os.environ["{name}"]`', joined(more, edit), "unsafe")
    return None


def _environment_key(node: ast.Assign) -> str | None:
    """`KEY` of `os.environ["KEY"] = …`."""
    target = node.targets[0]
    if len(node.targets) > 1 or not isinstance(target, ast.Subscript):
        return None
    key = target.slice.value if isinstance(target.slice, ast.Constant) else None
    return key if is_environ(target.value) and isinstance(key, str) and key.isidentifier() else None
