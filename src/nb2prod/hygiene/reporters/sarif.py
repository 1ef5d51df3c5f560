"""`sarif`: the Static Analysis Results Interchange Format, version 2.1.0 (OASIS).

Rules have the texts that GitHub's code scanning asks for beyond what the format does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.pages import page
from nb2prod.hygiene.reporters.identity import identified
from nb2prod.hygiene.reporters.paths import uri
from nb2prod.hygiene.reporters.report import Opened, Report
from nb2prod.hygiene.reporters.text import with_cell
from nb2prod.version import __version__

Json = dict[str, object]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def lines(report: Report) -> Iterator[str]:
    """The lines of the log, with one run."""
    codes = sorted({finding.code for finding in report.findings})
    results = [
        _result(opened, finding, codes, fingerprint)
        for opened in report.opened()
        for finding, fingerprint in identified(opened)
    ]
    driver = {"name": "nb2prod", "version": __version__, "rules": [_rule(code) for code in codes]}
    # Columns are counted in characters, not in the halves that UTF-16 makes of some.
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    yield from json.dumps(log, indent=2).split("\n")


def _rule(code: str) -> Json:
    known = rule(code)
    return {
        "id": code,
        "name": known.name,
        "shortDescription": {"text": known.summary},
        "fullDescription": {"text": known.summary},
        "help": {"text": page(known), "markdown": page(known)},
        "defaultConfiguration": {"enabled": known.default, "level": _LEVELS[known.severity]},
    }


def _result(opened: Opened, finding: Finding, codes: Sequence[str], fingerprint: str) -> Json:
    spot = opened.spot(finding)
    region = {"startLine": spot.line}
    if spot.column is not None:
        region["startColumn"] = spot.column
    address = uri(finding.path)
    artifact = {"uri": address}
    if not address.startswith("file:"):
        artifact["uriBaseId"] = "%SRCROOT%"
    location: Json = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if finding.location is not None:
        location["logicalLocations"] = [_cell(opened, finding.location.cell)]
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": with_cell(finding)},
        "locations": [location],
        # GitHub works out the one that it goes by itself.
        "partialFingerprints": {"nb2prod/v1": fingerprint},
    }


def _cell(opened: Opened, number: int) -> Json:
    """The cell; an object of JSON is named by its pointer (RFC 6901)."""
    cell: Json = {"name": f"cell {number}", "kind": "object"}
    if number <= len(opened.context.cells):
        path = opened.context.cells[number - 1].path
        cell["fullyQualifiedName"] = "".join(f"/{step}" for step in path)
    return cell
