"""NB206: outputs and execution counts, for notebooks that are kept without results."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Edit, Finding, Fix, Part, SetValue
from nb2prod.location import Location

RULE = rule("NB206")

# What nbstripout takes for a wish to keep them: a tag of the cell, or a key of its metadata or of
# the notebook's.
_KEEP = "keep_output"


def check(context: Context) -> Iterator[Finding]:
    """Each code cell that was saved with results, but for those that are to keep them."""
    if context.metadata.get(_KEEP) is True:
        return
    for cell in context.cells:
        edits = tuple(_edits(cell))
        if not edits or _KEEP in cell.tags or cell.metadata.get(_KEEP) is True:
            continue
        has_outputs = bool(cell.found.get("outputs"))
        what = "outputs" if has_outputs else "an execution count"
        said = f"the cell was saved with {what}; clear all outputs before the notebook is kept"
        fix = Fix("clear the outputs and the execution count", edits)
        part: Part = "output" if has_outputs else "metadata"
        yield context.found(RULE, Location(cell.number), said, part=part, fix=fix)


def _edits(cell: CheckedCell) -> Iterator[Edit]:
    for key in ("execution_count", "prompt_number"):
        if cell.found.get(key) is not None:
            yield SetValue((*cell.path, key), None)
    if cell.found.get("outputs"):
        yield SetValue((*cell.path, "outputs"), [])
