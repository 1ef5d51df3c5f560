"""Findings as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.model import Finding, is_fixable
from nb2prod.hygiene.shown import column_in_excerpt, printable


def concise(findings: Iterable[Finding], *, unsafe: bool = False) -> Iterator[str]:
    """One line for each finding."""
    for finding in findings:
        mark = " [*]" if is_fixable(finding, unsafe=unsafe) else ""
        yield printable(f"{place_of(finding)}: {finding.code}{mark} {finding.message}")


def full(findings: Iterable[Finding], *, unsafe: bool = False) -> Iterator[str]:
    """The same with the line of source that a finding is in, and a mark below its place."""
    for finding in findings:
        yield from concise([finding], unsafe=unsafe)
        place = finding.location
        if place is None or not finding.excerpt.strip():
            continue
        number = str(place.line)
        column = column_in_excerpt(finding.excerpt, place)
        before = finding.excerpt[: max(column - 1, 0)].ljust(column - 1)
        # Tabs stay tabs, so that the mark is below its place however wide they are.
        blanks = "".join("\t" if char == "\t" else " " for char in before)
        yield f"  {number} | {finding.excerpt}"
        yield f"  {' ' * len(number)} | {blanks}^"


def as_json(findings: Iterable[Finding]) -> Iterator[str]:
    """One JSON array, one finding on a line."""
    import json

    lines = [json.dumps(entry(finding), ensure_ascii=False) for finding in findings]
    yield "[" if lines else "[]"
    for index, line in enumerate(lines, start=1):
        yield f"  {line}{',' if index < len(lines) else ''}"
    if lines:
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


def statistics(findings: Sequence[Finding]) -> Iterator[str]:
    """How often each rule found something, the most frequent first."""
    counts = Counter(finding.code for finding in findings)
    width = len(str(max(counts.values(), default=0)))
    for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count:>{width}}  {code}  {rule(code).name}"


def summary(findings: Sequence[Finding], fixed: int, files: int, *, unsafe: bool) -> Iterator[str]:
    """What is said at the end; of no notebook at all nothing."""
    if not findings and not files:
        return
    if not findings:
        after = f" {_counted(fixed, 'finding')} fixed." if fixed else ""
        yield f"No findings in {_counted(files, 'notebook')}.{after}"
        return
    of = f" ({fixed} fixed)" if fixed else ""
    yield f"{_counted(len(findings), 'finding')} in {_counted(files, 'notebook')}{of}."
    now = sum(is_fixable(finding, unsafe=unsafe) for finding in findings)
    later = sum(is_fixable(finding, unsafe=True) for finding in findings) - now
    if now:
        yield f"[*] {now} can be fixed with --fix{' --unsafe-fixes' if unsafe else ''}."
    if later:
        yield f"{later} more can be fixed with --fix --unsafe-fixes; look at what that changes."


def place_of(finding: Finding) -> str:
    """`path:cell 3:2:5`, or the path alone where the notebook as a whole is meant."""
    place = finding.location
    if place is None:
        return finding.path
    return f"{finding.path}:cell {place.cell}:{place.line}:{place.column}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
