"""NB201: cells that were not run from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.results import clearing
from nb2prod.location import Location

RULE = rule("NB201")


def check(context: Context) -> Iterator[Finding]:
    """Each cell whose count is lower than that of the cell above it that has one.

    Some editors write a count of 0 for a cell that was not run.
    """
    counted = [(cell, cell.count) for cell in context.code_cells if cell.count]
    found = [(*pair, *below) for pair, below in pairwise(counted) if below[1] < pair[1]]
    fix = clearing(context) if found else None
    for above, first, cell, second in found:
        said = (
            f"the cell has the count [{second}] below the [{first}] of cell {above.number}: they"
            " were not run in this order; restart the kernel and run all cells"
        )
        yield context.found(RULE, Location(cell.number), said, part="metadata", fix=fix)
