"""`gitlab`: a Code Quality report, which GitLab shows in merge requests.

The fields are those of "Code Quality report format" in GitLab's documentation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.reporters.identity import identified
from nb2prod.hygiene.reporters.one_array import as_array
from nb2prod.hygiene.reporters.paths import relative
from nb2prod.hygiene.reporters.report import Report
from nb2prod.hygiene.reporters.text import with_cell

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def lines(report: Report) -> Iterator[str]:
    """The lines of the report."""
    found = [
        _entry(finding, fingerprint, opened.spot(finding).line)
        for opened in report.opened()
        for finding, fingerprint in identified(opened)
    ]
    yield from as_array([json.dumps(one) for one in found])


def _entry(finding: Finding, fingerprint: str, line: int) -> dict[str, object]:
    return {
        "description": with_cell(finding),
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": relative(finding.path), "lines": {"begin": line}},
    }
