"""NB202: execution counts that are missing or there twice: a hint at state that is not shown."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.results import clearing
from nb2prod.location import Location

RULE = rule("NB202")


def check(context: Context) -> Iterator[Finding]:
    """Each cell with a count that an earlier one has, or before whose count one is missing."""
    said = list(_said(context))
    fix = clearing(context) if said else None
    for number, reason in said:
        message = f"{reason}; restart the kernel and run all cells"
        yield context.found(RULE, Location(number), message, part="metadata", fix=fix)


def _said(context: Context) -> Iterator[tuple[int, str]]:
    counted = [(cell.number, cell.count) for cell in context.code_cells if cell.count]
    counts = {count for _, count in counted}
    first: dict[int, int] = {}
    for number, count in counted:
        run = f"the cell was run as [{count}]"
        if count in first:
            yield number, f"{run}, as cell {first[count]} was: they are of two runs"
        elif count > 1 and count - 1 not in counts:
            last = max((other for other in counts if other < count), default=0)
            several = f"[{last + 1}] to [{count - 1}] are"
            gone = f"[{count - 1}] is" if count - last == 2 else several
            yield number, f"{run}, and {gone} not there: run again, or deleted"
        first.setdefault(count, number)
