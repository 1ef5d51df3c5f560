"""`json-lines`: the objects of `json`, one on each line, without an array around them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from nb2prod.hygiene.reporters.one_array import entry
from nb2prod.hygiene.reporters.report import Report


def lines(report: Report) -> Iterator[str]:
    """A line for each finding."""
    for finding in report.findings:
        yield json.dumps(entry(finding))
