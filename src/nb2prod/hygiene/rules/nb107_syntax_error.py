"""NB107: a code cell that is not valid Python 3, IPython's own lines aside."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding

RULE = rule("NB107")


def check(context: Context) -> Iterator[Finding]:
    """The cells that do not parse, each with the reason in words; those that are Python 2 are
    NB108's, where that is on.
    """
    elsewhere = "NB108" in context.profile.enabled
    for cell in context.code_cells:
        unparsed = cell.parsed.unparsed
        if unparsed is not None and not (unparsed.kind == "python-2" and elsewhere):
            said = f"the cell does not parse: {unparsed.reason}"
            yield context.found(RULE, cell.shown(unparsed.location), said)
