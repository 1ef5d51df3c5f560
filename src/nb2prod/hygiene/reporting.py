"""Findings in any format, how often each rule found something, and what is said at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.model import Finding, Profile, is_fixable
from nb2prod.hygiene.reporters import FOR_PEOPLE, FORMATS


def render(
    name: str,
    findings: Sequence[Finding],
    files: Mapping[str, Profile],
    contents: Mapping[str, bytes] | None = None,
    *,
    unsafe: bool = False,
    fixed: int = 0,
) -> Iterator[str]:
    """The lines of findings in a format of `FORMATS`.

    `findings` are in order. `files` are those that were looked at, clean ones too, each with how it
    was checked; `contents` the bytes of those whose path they are not to be read from. A file with
    findings is read again, one without is not. `fixed` is how many findings were fixed; `unsafe`
    says whether fixes of that class may be made.
    """
    for_people = name in FOR_PEOPLE
    if findings or not for_people:
        import importlib

        from nb2prod.hygiene.reporters.report import Report

        module = importlib.import_module(f"nb2prod.hygiene.reporters.{FORMATS[name]}")
        yield from module.lines(Report(findings, files, contents or {}, unsafe=unsafe))
    if for_people:
        yield from summary(findings, fixed, len(files), unsafe=unsafe)


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
        after = f" {counted(fixed, 'finding')} fixed." if fixed else ""
        yield f"No findings in {counted(files, 'notebook')}.{after}"
        return
    of = f" ({fixed} fixed)" if fixed else ""
    yield f"{counted(len(findings), 'finding')} in {counted(files, 'notebook')}{of}."
    now = sum(is_fixable(finding, unsafe=unsafe) for finding in findings)
    later = sum(is_fixable(finding, unsafe=True) for finding in findings) - now
    if now:
        yield f"[*] {now} can be fixed with --fix{' --unsafe-fixes' if unsafe else ''}."
    if later:
        yield f"{later} more can be fixed with --fix --unsafe-fixes; look at what that changes."


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
