"""`json`: one array, one finding on a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.reporters.report import Report


def lines(report: Report) -> Iterator[str]:
    """The lines of the array."""
    yield from as_array([json.dumps(entry(finding)) for finding in report.findings])


def as_array(items: list[str]) -> Iterator[str]:
    """Values that are written in JSON as an array with a line for each."""
    if not items:
        yield "[]"
        return
    yield "["
    for index, item in enumerate(items, start=1):
        yield f"  {item}{',' if index < len(items) else ''}"
    yield "]"


def entry(finding: Finding) -> dict[str, object]:
    """A finding in JSON's values."""
    place = finding.location
    fix = finding.fix
    return {
        "path": finding.path,
        "cell": place.cell if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "code": finding.code,
        "name": rule(finding.code).name,
        "severity": finding.severity,
        "part": finding.part,
        "message": finding.message,
        "fix": {"description": fix.description, "applicability": fix.applicability}
        if fix
        else None,
    }
