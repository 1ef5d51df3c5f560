"""`junit`: a test suite for each file with a failed test for each finding, as build servers read.

The form is that of Jenkins' `junit-10.xsd`. What is not ASCII is written as references to
characters, so that the report is right in any encoding that a terminal has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.reporters.concise import line
from nb2prod.hygiene.reporters.full import below
from nb2prod.hygiene.reporters.report import Opened, Report

_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}


def lines(report: Report) -> Iterator[str]:
    """The lines of the document. A file without findings has one test, which passed."""
    found, files = len(report.findings), len(report.files)
    clean = files - len({finding.path for finding in report.findings})
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="nb2prod check" {_counts(found + clean, found)}>'
    opened = report.opened()
    following = next(opened, None)
    for path in sorted(report.files):
        if following is not None and following.path == path:
            yield from _suite(following, unsafe=report.unsafe)
            following = next(opened, None)
        else:
            yield f'  <testsuite name="{_text(path)}" {_counts(1, 0)}>'
            yield f'    <testcase classname="{_text(path)}" name="no findings"/>'
            yield "  </testsuite>"
    yield "</testsuites>"


def _suite(opened: Opened, *, unsafe: bool) -> Iterator[str]:
    path, found = _text(opened.path), len(opened.findings)
    yield f'  <testsuite name="{path}" {_counts(found, found)}>'
    names: Counter[str] = Counter()
    for finding in opened.findings:
        name = _name(finding)
        names[name] += 1
        # Of tests with one name some readers show only the last.
        again = f" ({names[name]})" if names[name] > 1 else ""
        yield f'    <testcase classname="{path}" name="{_text(name)}{again}">'
        yield f'      <failure type="{finding.severity}" message="{_text(finding.message)}">'
        for one in (line(finding, unsafe=unsafe), *below(opened, finding)):
            yield _text(one)
        yield "      </failure>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _counts(tests: int, failures: int) -> str:
    return f'tests="{tests}" failures="{failures}" errors="0"'


def _name(finding: Finding) -> str:
    place = finding.location
    where = f" cell {place.cell}" if place else ""
    if place and finding.part == "source":
        where += f" line {place.line} column {place.column}"
    return f"{finding.code} {rule(finding.code).name}{where}"


def _text(text: str) -> str:
    """A text as XML takes it."""
    escaped = "".join(_ESCAPES.get(char, char) for char in allowed_in_xml(text))
    return escaped.encode("ascii", "xmlcharrefreplace").decode("ascii")


def allowed_in_xml(text: str) -> str:
    """A text without the characters that XML has no place for."""
    return "".join(char if _is_allowed(char) else "\N{REPLACEMENT CHARACTER}" for char in text)


def _is_allowed(char: str) -> bool:
    """Whether XML 1.0 has the character."""
    return char in "\t\n\r" or (
        char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"
    )
