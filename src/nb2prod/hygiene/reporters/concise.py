"""`concise`: one line for each finding."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.model import Finding, is_fixable
from nb2prod.hygiene.reporters.report import Report
from nb2prod.hygiene.reporters.text import one_line, place_of


def lines(report: Report) -> Iterator[str]:
    """The lines of the findings."""
    for finding in report.findings:
        yield line(finding, unsafe=report.unsafe)


def line(finding: Finding, *, unsafe: bool) -> str:
    """The line of one finding, with a mark where it can be fixed now."""
    mark = " [*]" if is_fixable(finding, unsafe=unsafe) else ""
    return one_line(f"{place_of(finding)}: {finding.code}{mark} {finding.message}")
