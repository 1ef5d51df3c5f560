"""NB110: cells of many lines, and notebooks of many cells."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.location import Location

RULE = rule("NB110")


def check(context: Context) -> Iterator[Finding]:
    """The code cells that are over the limit, and the notebook where it has too many cells."""
    most_lines, most_cells = context.option(RULE, "max-lines"), context.option(RULE, "max-cells")
    if len(context.cells) > most_cells:
        said = (
            f"the notebook has {len(context.cells)} cells, more than {most_cells}; part it, or"
            " move code into modules"
        )
        yield context.found(RULE, None, said)
    for cell in context.cells:
        if cell.kind != "code" or cell.source.count("\n") < most_lines:
            continue
        if len(cell.lines) > most_lines:
            said = (
                f"the cell has {len(cell.lines)} lines, more than {most_lines}; part it, or move"
                " functions and classes into a module"
            )
            yield context.found(RULE, Location(cell.number), said)
