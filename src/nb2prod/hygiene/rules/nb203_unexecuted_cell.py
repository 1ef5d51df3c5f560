"""NB203: a code cell that was not run, among cells that were."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.location import Location

RULE = rule("NB203")


def check(context: Context) -> Iterator[Finding]:
    """The cells with code and without a count, unless no cell has one."""
    if all(cell.count is None for cell in context.code_cells):
        return
    for cell in context.code_cells:
        # One with outputs was run, and something took its count away.
        if cell.count is None and not cell.outputs and _does_something(cell):
            yield context.found(
                RULE,
                Location(cell.number),
                "the cell was not executed, and others were; what it does is in no saved output",
                part="metadata",
            )


def _does_something(cell: CheckedCell) -> bool:
    """Whether there is more to a cell than comments."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in cell.lines)
