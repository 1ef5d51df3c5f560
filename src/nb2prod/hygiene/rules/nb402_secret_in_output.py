"""NB402: keys, tokens and passwords in what cells printed."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.analysis.texts import output_texts
from nb2prod.analysis.tokens import find_tokens
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, RemoveValue
from nb2prod.hygiene.secrets import named, outputs_of
from nb2prod.location import Location

RULE = rule("NB402")


def check(context: Context) -> Iterator[Finding]:
    """The secrets in streams, results and tracebacks, one finding for each secret of a cell."""
    for cell in context.cells:
        places: dict[tuple[str, str], list[int]] = {}
        for index, output in outputs_of(cell):
            for text in output_texts(output):
                for token in find_tokens(text):
                    key = (named(token.kind, token.value), token.value)
                    places.setdefault(key, []).append(index)
        for leak in context.leaks:
            if leak.cell == cell.number and leak.output is not None:
                places.setdefault((leak.words, leak.value), []).append(leak.output)
        for (words, _), found in places.items():
            yield _finding(context, cell, words, sorted(set(found)))


def _finding(context: Context, cell: CheckedCell, words: str, found: list[int]) -> Finding:
    said = f"{words} stands in output {found[0] + 1} of the cell; remove it and have it replaced"
    edits = tuple(RemoveValue((*cell.path, "outputs", index)) for index in found)
    what = "output" if len(edits) == 1 else "outputs"
    fix = Fix(f"remove the {what}", edits, "unsafe")
    return context.found(RULE, Location(cell.number), said, part="output", fix=fix)
