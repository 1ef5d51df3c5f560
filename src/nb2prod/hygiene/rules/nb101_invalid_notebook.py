"""NB101: a file that is no notebook, or breaks the notebook format."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.schema import problems
from nb2prod.location import Location

RULE = rule("NB101")


def check(context: Context) -> Iterator[Finding]:
    """Why the file cannot be read, or each place that breaks the format."""
    if context.problem is not None:
        yield context.found(RULE, None, _as_clause(str(context.problem)), part="metadata")
        return
    for cell, said in problems(context.document, context.nbformat):
        place = None if cell is None else Location(cell)
        yield context.found(RULE, place, f"not a valid notebook: {said}", part="metadata")


def _as_clause(sentence: str) -> str:
    """The sentence of an error in the way in which findings are told."""
    sentence = sentence.removesuffix(".")
    return sentence[:1].lower() + sentence[1:]
