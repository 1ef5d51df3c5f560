"""`github`: workflow commands, which GitHub Actions shows as annotations of the file's lines.

`::error file=a.ipynb,line=3::text`, with percent signs and line ends escaped in texts, colons and
commas in properties too ("Workflow commands for GitHub Actions" in GitHub's documentation).
"""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.physical import Spot
from nb2prod.hygiene.reporters.paths import relative
from nb2prod.hygiene.reporters.report import Report
from nb2prod.hygiene.reporters.text import visible, with_cell

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def lines(report: Report) -> Iterator[str]:
    """A command for each finding."""
    for opened in report.opened():
        for finding in opened.findings:
            yield _command(finding, opened.spot(finding))


def _command(finding: Finding, spot: Spot) -> str:
    properties = {
        "title": f"nb2prod {finding.code} {rule(finding.code).name}",
        "file": visible(relative(finding.path)),
        # The runner cuts blanks off the end of all properties; no number ends in one.
        "line": str(spot.line),
    }
    if spot.column is not None:
        properties["col"] = str(spot.column)
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(visible(with_cell(finding)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
