"""`--add-noqa`: suppressions for all findings of a notebook, so that only new ones are told.

Each is as narrow as can be: a noqa on the line, a comment that opens the cell, a tag, the metadata
of the notebook. What runs must not change: a noqa is never put into a string, behind a backslash or
behind a line of IPython's, whose shell or magic would take it for an argument; nor is a comment put
above a `%%magic`, which IPython knows on a cell's first line alone. Afterwards the notebook is read
and checked again: a cell that reads otherwise than before, or that is still complained of, gets its
old source back and the next wider way.

NB101 is left alone: what is no notebook has no place for a suppression, and what breaks the format
keeps other tools from opening it.
"""

from __future__ import annotations

from nb2prod.hygiene.context import Context
from nb2prod.hygiene.edits import Batch
from nb2prod.hygiene.engine import findings_of
from nb2prod.hygiene.model import Finding, Fix, Profile, SetValue
from nb2prod.hygiene.noqa_places import CellPlan, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

_NEVER = "NB101"
_MOST_PASSES = 5
# The ways of a cell: in its source, by a tag, by the metadata of the notebook.
_TAG, _NOTEBOOK = 1, 2


def add_noqa(
    content: bytes,
    path: str,
    profile: Profile,
    directory: str | os.PathLike[str] | None = None,
) -> tuple[bytes, int]:
    """A notebook's bytes with suppressions for all that a check finds in them, and how many codes
    were written.

    Whatever the suppressions are not about keeps its bytes; where there is nothing to suppress they
    are returned as they came. Arguments are those of `check_content`; nothing is raised for what
    the notebook is.
    """
    total = 0
    for _ in range(_MOST_PASSES):
        after, count = _suppressed(Context(path, content, profile, directory))
        if not count:
            break
        content, total = after, total + count
    return content, total


def _suppressed(context: Context) -> tuple[bytes, int]:
    """One pass; a finding may come up only when another that says the same is kept back."""
    found = findings_of(context)
    findings = [one for one in found if one.code != _NEVER]
    if context.problem is not None or not findings:
        return context.content, 0
    invalid = {one.order for one in found if one.code == _NEVER}
    ways: dict[int, int] = {}
    while True:
        content, count = _written(context, findings, ways)
        after = Context(context.path, content, context.profile, context.directory)
        failed = _failed(context, after, invalid)
        failed = {number for number in failed if ways.get(number, 0) < _NOTEBOOK}
        if not failed:
            return content, count
        for number in failed:
            ways[number] = ways.get(number, 0) + 1


def _written(
    context: Context, findings: Iterable[Finding], ways: dict[int, int]
) -> tuple[bytes, int]:
    """The notebook with a suppression for each finding, and how many codes they have."""
    by_cell: dict[int, list[Finding]] = {}
    for finding in findings:
        number = finding.location.cell if finding.location else 0
        by_cell.setdefault(number, []).append(finding)
    batch = Batch(context)
    count = 0
    everywhere: set[str] = {one.code for one in by_cell.pop(0, ())}
    for number, found in by_cell.items():
        way = ways.get(number, 0)
        if way == _NOTEBOOK:
            everywhere |= {one.code for one in found}
            continue
        plan = CellPlan(context, context.cells[number - 1])
        for one in found:
            plan.take(one, in_source=way < _TAG)
        edits = plan.edits()
        if edits is None:
            everywhere |= {one.code for one in found}
        elif plan.tag_list is not None:
            # The source first, for a list can be added to on its own.
            done = not edits or batch.add(Fix("", edits))
            if done and batch.append(*plan.tag_list):
                count += plan.count
        elif batch.add(Fix("", edits)):
            count += plan.count
    if everywhere and _in_metadata(context, batch, sorted(everywhere)):
        count += len(everywhere)
    return batch.apply(), count


def _in_metadata(context: Context, batch: Batch, codes: list[str]) -> bool:
    """Write codes into the notebook's metadata. False where these hold something else there."""
    if not isinstance(context.document.get("metadata", {}), dict):
        return False
    if "metadata" not in context.document:
        edit = SetValue(("metadata",), {"nb2prod": {"ignore": codes}})
    elif "nb2prod" not in context.metadata:
        edit = SetValue(("metadata", "nb2prod"), {"ignore": codes})
    else:
        own = context.metadata["nb2prod"]
        if not isinstance(own, dict):
            return False
        if "ignore" in own:
            path = ("metadata", "nb2prod", "ignore")
            return isinstance(own["ignore"], list) and batch.append(path, codes)
        edit = SetValue(("metadata", "nb2prod", "ignore"), codes)
    return batch.add(Fix("", (edit,)))


def _failed(before: Context, after: Context, invalid: AbstractSet[object]) -> set[int]:
    """The cells that read otherwise than before, or that there is still a finding in."""
    failed = {
        old.number
        for old, new in zip(before.cells, after.cells, strict=True)
        if old.source != new.source and reading(old) != reading(new)
    }
    for finding in findings_of(after):
        if finding.location and (finding.code != _NEVER or finding.order not in invalid):
            failed.add(finding.location.cell)
    return failed
