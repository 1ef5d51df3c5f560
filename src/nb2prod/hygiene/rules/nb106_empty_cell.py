"""NB106: a code cell with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, RemoveValue
from nb2prod.location import Location

RULE = rule("NB106")

# What editors write into the metadata of any cell. Another key was put there by somebody: a form, a
# slide, an answer that is to be filled in.
_OF_EDITORS = frozenset(
    "_cell_guid _uuid Collapsed ExecuteTime collapsed colab colab_type execution executionInfo id"
    " jupyter outputId papermill pycharm scrolled trusted vscode".split()
)


def check(context: Context) -> Iterator[Finding]:
    """The empty cells, those that stand together at the first. Jupyter adds one below the last cell
    that is run, and that one is left alone.
    """
    empty = [cell for cell in context.cells[:-1] if cell.kind == "code" and _is_empty(cell)]
    # Neighbours have the same difference between their number and their place in the list.
    for _, group in groupby(enumerate(empty), lambda pair: pair[1].number - pair[0]):
        cells = [cell for _, cell in group]
        more = f", and so are the {len(cells) - 1} below it" if len(cells) > 2 else ""
        more = ", and so is the one below it" if len(cells) == 2 else more
        said = f"the code cell is empty{more}; delete what nobody needs"
        edits = tuple(RemoveValue(cell.path) for cell in cells)
        what = "the empty cells" if len(cells) > 1 else "the empty cell"
        fix = Fix(f"remove {what}", edits)
        yield context.found(RULE, Location(cells[0].number), said, fix=fix)


def _is_empty(cell: CheckedCell) -> bool:
    """Whether there is nothing to a cell: no text, no outputs, nothing that somebody wrote down."""
    if cell.source and not cell.source.isspace():
        return False
    if cell.found.get("outputs") or cell.found.get("attachments") or cell.metadata.get("tags"):
        return False
    return cell.metadata.keys() - {"tags"} <= _OF_EDITORS
