"""Where a notebook holds secrets: in its cells, in what they printed, in what is recorded of them.

What they look like says `nb2prod.analysis.tokens`. Nobody is shown a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nb2prod.analysis.pasted import in_pieces
from nb2prod.analysis.texts import texts_in
from nb2prod.analysis.tokens import Token, find_tokens
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.shown import any_of

_SHOWN = 4
# Below this length four characters would be a large part of the secret.
_LONG_ENOUGH = 16


def named(kind: str, value: str) -> str:
    """A secret in words: what it is, and how it begins where that gives nothing away."""
    begins = value[:_SHOWN]
    tells = len(value) >= _LONG_ENOUGH and re.fullmatch(r"[\w.+/=~-]+", value) is not None
    return f"{kind} ({begins}…)" if tells else kind


def in_source(cell: CheckedCell) -> list[Token]:
    """The secrets in a cell's text, in order."""
    is_code = cell.kind == "code"
    found = list(find_tokens(cell.source, names=is_code))
    if is_code:
        found += in_pieces(cell.source)
    return found


def found_in(cell: CheckedCell, known: Mapping[str, Token]) -> list[Token]:
    """The secrets in a cell's text, in order, with those that only another place tells to be one:
    `known` are the notebook's by their values.
    """
    found = cell.tokens
    pattern = any_of(known)
    if pattern is None:
        return found
    starts = {token.start for token in found}
    more: list[Token] = []
    for match in pattern.finditer(cell.source):
        if match.start() not in starts:
            token = known[match[0]]
            more.append(token._replace(start=match.start(), end=match.end()))
    return sorted(found + more, key=lambda token: token.start)


def in_texts(value: object) -> Iterator[Token]:
    """The secrets in the texts of a JSON value."""
    texts = texts_in(value)
    if texts:  # at once, for most are a word
        yield from find_tokens("\n".join(texts))


def outputs_of(cell: CheckedCell) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The outputs of a cell with their places in the JSON."""
    outputs = cell.found.get("outputs") if cell.kind == "code" else None
    for index, output in enumerate(outputs if isinstance(outputs, list) else ()):
        if isinstance(output, dict):
            yield index, output
