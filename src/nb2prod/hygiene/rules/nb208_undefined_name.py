"""NB208: a name that nothing in the notebook defines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2prod.analysis import python2
from nb2prod.analysis.undefined import undefined_names
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.namespace import beside_for, hidden_bindings, is_given, place_of

RULE = rule("NB208")


def check(context: Context) -> Iterator[Finding]:
    """The first place that reads each such name; Python 2's own are NB108's, where that is on.

    Nothing is said of a notebook that gets names from where they cannot be seen.
    """
    found = list(undefined_names(context.parsed, beside_for(context)))
    if not found or any(True for _ in hidden_bindings(context)):
        return
    # What does not parse may be meant to define what a line of it begins with.
    broken = [parsed.cell.source for parsed in context.parsed if parsed.unparsed is not None]
    for location, name in found:
        cell = context.cells[location.cell - 1]
        if is_given(name, context) or "raises-exception" in cell.tags:
            continue
        if any(re.search(rf"^\s*{re.escape(name)}\b", text, re.MULTILINE) for text in broken):
            continue
        if name in python2.NAMES and "NB108" in context.profile.enabled:
            continue
        yield context.found(
            RULE,
            place_of(cell, location, name),
            f"`{name}` is defined nowhere in the notebook; define or import it",
        )
