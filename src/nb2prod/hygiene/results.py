"""The fix for what is saved of a run that does not fit the cells: all of it goes."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Edit, Fix, SetValue


def clearing(context: Context) -> Fix:
    """Clear the outputs and the counts of all code cells, as Jupyter's own command does."""
    return Fix("clear all outputs and execution counts", tuple(_edits(context)), "unsafe")


def _edits(context: Context) -> Iterator[Edit]:
    for cell in context.code_cells:
        for key in ("execution_count", "prompt_number"):
            if cell.found.get(key) is not None:
                yield SetValue((*cell.path, key), None)
        if cell.found.get("outputs"):
            yield SetValue((*cell.path, "outputs"), [])
