"""A verdict for people, for JUnit's readers, and for the project it is about."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from nb2prod.hygiene.reporters.junit import allowed_in_xml as xml_text
from nb2prod.verification.model import Equivalence, Fate, Finding

_MOST = 10
_WIDTH = 76
_HEADINGS: dict[Fate, str] = {
    "different": "different",
    "except": "differs, and says little of the result",
    "not deterministic": "not deterministic: it differs between two runs of the notebook",
    "expected": "expected: shown by a line that the package leaves out, or does in silence",
    "not compared": "not compared",
}


def as_text(found: Equivalence, *, brief: bool = False) -> str:
    """The verdict as lines of text."""
    lines = [f"{found.verdict}: {found.reason}"]
    if brief:
        return lines[0]
    side = "the notebook, run now" if found.against == "notebook" else "the saved outputs"
    python = f", Python {found.python}" if found.python else ""
    lines.append(f"  against:     {side}")
    lines.append(f"  environment: {found.environment}{python}")
    compared = [_plural(number, kind) for kind, number in sorted(found.comparison.compared.items())]
    if compared:
        lines.append(f"  compared:    {', '.join(compared)}")
        tolerance = found.tolerance
        lines.append(
            f"  tolerance:   {tolerance.relative:g} of a number or {tolerance.absolute:g};"
            f" {tolerance.pixels:.3%} of the pixels"
        )
    evened = [f"{name} ({number})" for name, number in sorted(found.comparison.normalised.items())]
    if evened:
        lines.append(f"  evened out:  {', '.join(evened)}")
    lines += [f"  note:        {note}" for note in found.notes]
    for fate, heading in _HEADINGS.items():
        lines += _section(heading, found.comparison.of(fate), sides=fate in ("different", "except"))
    return "\n".join(lines)


def _section(heading: str, findings: tuple[Finding, ...], *, sides: bool) -> Iterator[str]:
    if not findings:
        return
    yield f"{heading}:"
    for index, finding in enumerate(findings[:_MOST]):
        reason = f": {finding.reason}" if finding.reason else ""
        yield f"  {place_of(finding)}{reason}"
        # The first few are shown in full, the others by their first lines.
        if sides:
            most = 5 if index < 3 else 1
            yield from _side("notebook", finding.notebook, most)
            yield from _side("package", finding.package, most)
    if len(findings) > _MOST:
        yield f"  and {len(findings) - _MOST} more"


def _side(name: str, text: str | None, most: int) -> Iterator[str]:
    if text is None:
        yield f"    {name:<9} (nothing)"
        return
    if not text.strip():
        yield f"    {name:<9} {text!r}"
        return
    for index, line in enumerate(text.splitlines()[:most]):
        label = name if index == 0 else ""
        cut = line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…"
        yield f"    {label:<9} {cut}".rstrip()


def place_of(finding: Finding) -> str:
    """Where a finding is, in words."""
    words = [f"cell {finding.cell}"] if finding.cell else []
    if finding.kind in ("stdout", "stderr"):
        if finding.fate == "expected":
            return f"cell {finding.cell} line {finding.line}"
        words.append(f"line {finding.line} of {finding.kind}" if finding.line else finding.kind)
    elif finding.name:
        words.append(finding.name if finding.kind == "order" else f"{finding.kind} {finding.name}")
        if finding.kind in ("value", "figure"):
            words[-1] = finding.name + (f", line {finding.line}" if finding.line else "")
    else:
        words.append(finding.kind)
    return ", ".join(words)


def as_junit(found: Equivalence, name: str) -> bytes:
    """The verdict as JUnit's XML: a test for each cell that was compared, and one for each other
    thing that differs.
    """
    suite = ElementTree.Element("testsuite", name=xml_text(f"nb2prod verify {name}"))
    cases: dict[str, list[Finding]] = {}
    for finding in found.comparison.findings:
        case = f"cell {finding.cell}" if finding.cell else f"{finding.kind} {finding.name}"
        cases.setdefault(case, []).append(finding)
    verdict = ElementTree.SubElement(suite, "testcase", classname=xml_text(name), name="verdict")
    failures = skipped = 0
    if found.verdict == "does not run here":
        skipped += 1
        ElementTree.SubElement(verdict, "skipped", message=xml_text(found.reason))
    elif found.verdict != "equivalent":
        failures += 1
        ElementTree.SubElement(
            verdict, "failure", message=xml_text(f"{found.verdict}: {found.reason}")
        )
    for case, findings in cases.items():
        element = ElementTree.SubElement(
            suite, "testcase", classname=xml_text(name), name=xml_text(case)
        )
        failed = [one for one in findings if one.fate in ("different", "except")]
        if failed:
            failures += 1
            message = f"{failed[0].fate}: {place_of(failed[0])}"
            failure = ElementTree.SubElement(element, "failure", message=xml_text(message))
            failure.text = xml_text("\n".join(_in_full(one) for one in failed))
        others = [one for one in findings if one not in failed]
        if others:
            output = ElementTree.SubElement(element, "system-out")
            output.text = xml_text("\n".join(_in_full(one) for one in others))
    suite.set("tests", str(1 + len(cases)))
    suite.set("failures", str(failures))
    suite.set("errors", "0")
    suite.set("skipped", str(skipped))
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    ElementTree.indent(suites)
    return bytes(ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)) + b"\n"


def keep(found: Equivalence, project: Path) -> None:
    """Write `verification.json` into a project, and both sides' figures to `verification/`."""
    text = json.dumps(found.as_json(), indent=2, ensure_ascii=False)
    # A notebook may print half a character.
    (project / "verification.json").write_bytes(f"{text}\n".encode("utf-8", "replace"))
    directory = project / "verification"
    shutil.rmtree(directory, ignore_errors=True)
    for name, picture in found.figures.items():
        directory.mkdir(exist_ok=True)
        (directory / name).write_bytes(picture)


def _in_full(finding: Finding) -> str:
    reason = f" ({finding.reason})" if finding.reason else ""
    return (
        f"{finding.fate}: {place_of(finding)}{reason}\n"
        f"  notebook: {finding.notebook}\n  package: {finding.package}"
    )


def _plural(number: int, kind: str) -> str:
    named = {"stdout": "printed text", "stderr": "text of stderr"}.get(kind, kind)
    return f"{number} {named}" if number == 1 else f"{number} {_MANY.get(named, named + 's')}"


_MANY = {"text of stderr": "texts of stderr"}
