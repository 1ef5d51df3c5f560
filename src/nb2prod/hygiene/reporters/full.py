"""`full`: each finding with the lines around it, a mark below its place, and what would fix it."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.reporters.concise import line
from nb2prod.hygiene.reporters.report import Opened, Report
from nb2prod.hygiene.reporters.text import blanks, cut, one_line

_AROUND = 2


def lines(report: Report) -> Iterator[str]:
    """The lines of the findings, with an empty one after each."""
    for opened in report.opened():
        for finding in opened.findings:
            yield line(finding, unsafe=report.unsafe)
            yield from below(opened, finding)
            yield ""


def below(opened: Opened, finding: Finding) -> Iterator[str]:
    """What stands below a finding's own line."""
    yield from _source(opened, finding)
    if finding.fix is not None:
        flags = "--fix" if finding.fix.applicability == "safe" else "--fix --unsafe-fixes"
        yield f"  = help: {one_line(finding.fix.description)} ({flags})"


def _source(opened: Opened, finding: Finding) -> Iterator[str]:
    place = finding.location
    if place is None or not opened.line(finding).strip():
        return
    shown = opened.lines(finding)
    first, last = max(1, place.line - _AROUND), min(len(shown), place.line + _AROUND)
    while not shown[first - 1].strip():
        first += 1
    while not shown[last - 1].strip():
        last -= 1
    width = len(str(last))
    for number in range(first, last + 1):
        is_it = number == place.line
        text, column = cut(shown[number - 1], place.column if is_it else 1)
        yield f"  {number:>{width}} | {text}"
        if is_it:
            before = text[: column - 1].ljust(column - 1)
            yield f"  {' ' * width} | {blanks(before)}^"
