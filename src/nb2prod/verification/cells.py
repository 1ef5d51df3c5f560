"""One cell on both sides: what it prints, what it shows, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nb2prod.verification.judge import Judge
from nb2prod.verification.model import CellRun, Finding, Kind, Shown
from nb2prod.verification.pictures import picture_difference
from nb2prod.verification.tables import rows_of

# Warnings that are shown for what is typed in and not for a module's own code, and that a page
# cannot show bars.
_UNSHOWN = frozenset({"DeprecationWarning", "PendingDeprecationWarning", "TqdmWarning"})


def compare_cell(judge: Judge, number: int, one: CellRun, other: CellRun) -> Iterator[Finding]:
    """Where one cell's runs differ."""
    for line, text in one.dropped:
        if text.strip():
            yield judge.found("expected", "stdout", number, "", text, None, "", line)
    texts = [judge.left.text(one.stdout), judge.right.text(other.stdout)]
    if any(texts):
        judge.compared["stdout"] += 1
    for widget in one.widgets:
        reason = "a widget is for the notebook's page"
        yield judge.found("not compared", "value", number, widget, None, None, reason)
    printed = judge.lines("stdout", number, texts)
    yield from printed
    if one.widgets:
        other = replace(other, shown=_without_widgets(other.shown, one.widgets))
    for index in range(max(len(one.shown), len(other.shown))):
        left = one.shown[index] if index < len(one.shown) else None
        right = other.shown[index] if index < len(other.shown) else None
        yield from _display(judge, number, f"display {index + 1}", left, right)
    if not printed:
        yield from _order(judge, number, one, other)
    texts = [
        _without_places(judge.left.text(one.stderr)),
        _without_places(judge.right.text(other.stderr)),
    ]
    if one.error is not None:
        judge.compared["error"] += 1
        yield from _error(judge, number, one.error, other, texts)
    if any(texts):
        judge.compared["stderr"] += 1
    yield from judge.lines("stderr", number, texts)


def _error(
    judge: Judge, number: int, error: tuple[str, str], other: CellRun, texts: list[list[str]]
) -> Iterator[Finding]:
    """Whether the package ends the cell with the notebook's error, which it prints; it is taken out
    of `texts`.
    """
    raised, printed = _told_error(error), None
    if other.error is not None:
        printed = _told_error(other.error)
    else:
        printed, texts[1] = _without_traceback(texts[1], raised.count("\n") + 1)
    forms = [None if text is None else judge.left.text(text) for text in (raised, printed)]
    if forms[0] != forms[1]:
        reason = "the package does not end the cell with it" if printed is None else ""
        yield judge.judged("error", number, error[0], raised, printed, reason)


def _order(judge: Judge, number: int, one: CellRun, other: CellRun) -> Iterator[Finding]:
    """The first value that is shown at another place among what is printed."""
    for index, (left, right) in enumerate(zip(one.shown, other.shown, strict=False), start=1):
        before = one.stdout[: left.after], other.stdout[: right.after]
        ours, theirs = len(judge.left.text(before[0])), len(judge.right.text(before[1]))
        within = [
            bool(lines) and not text.endswith("\n")
            for lines, text in zip((ours, theirs), before, strict=True)
        ]
        if ours != theirs or within[0] != within[1]:
            yield judge.judged(
                "order",
                number,
                f"display {index}",
                f"after {ours} printed lines",
                f"after {theirs} printed lines",
                "it is shown at another place among what the cell prints",
            )
            return


def _display(
    judge: Judge, number: int, name: str, left: Shown | None, right: Shown | None
) -> Iterator[Finding]:
    pictured = (left or right or Shown()).picture is not None
    kind: Kind = "figure" if pictured else "value"
    judge.compared[kind] += 1
    if left is None or right is None:
        reason = "the package does not show it" if right is None else "only the package shows it"
        yield judge.judged(kind, number, name, _told(left), _told(right), reason)
        return
    if left.picture is not None or right.picture is not None:
        apart = _apart(judge, left, right)
        if apart is not None:
            yield judge.judged("figure", number, name, _told(left), _told(right), apart)
    if left.table is not None and right.table is not None:
        tables = [rows_of(left.table), rows_of(right.table)]
        if tables[0] is not None and tables[1] is not None:
            judge.compared["table"] += 1
            rows = [["\t".join(row) for row in table or ()] for table in tables]
            yield from judge.lines("value", number, rows, name)
            return
    texts = [(left.text, right.text)]
    if left.document and right.document and left.document[0] == right.document[0]:
        texts.append((left.document[1], right.document[1]))
    for ours, theirs in texts:
        if ours is not None and theirs is not None:
            yield from judge.lines(
                "value", number, [judge.left.text(ours), judge.right.text(theirs)], name
            )


def _apart(judge: Judge, left: Shown, right: Shown) -> str | None:
    if right.picture is None:
        return "the package saves no picture of it"
    if left.picture is None:
        return "only the package saves a picture"
    return picture_difference(left.picture, right.picture, judge.tolerance)


def _without_widgets(shown: Sequence[Shown], widgets: Sequence[str]) -> tuple[Shown, ...]:
    """What is shown without the widgets, which a job shows as their text."""
    return tuple(one for one in shown if (one.text or "").partition("(")[0] not in widgets)


def _told(value: Shown | None) -> str | None:
    if value is None or value.text:
        return value.text if value is not None else None
    return "a picture" if value.picture is not None else "a document"


def _told_error(error: tuple[str, str]) -> str:
    return f"{error[0]}: {error[1]}".removesuffix(": ")


def _without_places(lines: Sequence[str]) -> list[str]:
    """Warnings without their files and lines, which differ between a cell and a module."""
    kept: list[str] = []
    is_warning = False
    for line in lines:
        _, found, rest = line.partition("Warning: ")
        if (found and ".py:" in line) or line.startswith("<cell>:"):
            category = line.split("Warning: ")[0].rpartition(" ")[2] + "Warning"
            is_warning = True
            if category not in _UNSHOWN:
                kept.append(f"{category}: {rest}")
        elif not (is_warning and line.startswith("  ")):  # the line of code that warns
            is_warning = False
            kept.append(line)
    return kept


def _without_traceback(lines: Sequence[str], length: int) -> tuple[str | None, list[str]]:
    """The last traceback's error, of as many lines as are given, and the lines without it."""
    starts = [index for index, line in enumerate(lines) if line.startswith("Traceback (")]
    if not starts:
        return None, list(lines)
    end = starts[-1] + 1
    while end < len(lines) and (lines[end].startswith(" ") or not lines[end]):
        end += 1
    error = lines[end : end + length]
    # Its name is told with its module, as a notebook does not.
    first = re.sub(r"^(?:\w+\.)+(?=\w)", "", error[0]) if error else ""
    return "\n".join([first, *error[1:]]), [*lines[: starts[-1]], *lines[end + length :]]
