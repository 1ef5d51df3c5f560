"""The comparer: in what two runs differ, and which of that is a failure.

It is the one judge of "the same": verification, the differential tests and the benchmarks ask it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nb2prod.verification.cells import compare_cell
from nb2prod.verification.judge import Judge, Unstable, cut
from nb2prod.verification.model import (
    CellRun,
    Comparison,
    Description,
    Finding,
    Kind,
    Run,
    Tolerance,
)
from nb2prod.verification.texts import Normaliser
from nb2prod.verification.values import compare_values, is_data, shown

_KINDS: Sequence[Kind] = (
    *("error", "stdout", "value", "figure", "order", "stderr", "file", "variable"),
)

Places = Sequence[tuple[str, str]]
# What files hold, by their names: either side's description, None where no loader reads it.
Contents = Mapping[str, tuple[Description | None, Description | None]]


@dataclass(frozen=True, slots=True)
class Sides:
    """Two runs to be compared: a notebook's and its package's, or two of the same.

    `places` and `package_places` are the directories of either side by the names that both share.
    Of the files that both wrote, `same_files` have the same bytes, and `contents` is what the
    others hold. `hide` takes out what nobody may read from a text that is told.
    """

    notebook: Run
    package: Run
    places: Places = ()
    package_places: Places = ()
    contents: Contents = field(default_factory=dict)
    same_files: frozenset[str] = frozenset()
    hide: Callable[[str], str] = str


def compare(
    sides: Sides,
    tolerance: Tolerance | None = None,
    repeated: Sequence[Sides] = (),
    reseeded: Sequence[Sides] = (),
) -> Comparison:
    """Everything in which the package's run differs from the notebook's, in the notebook's order.

    `repeated` are pairs of runs of one and the same side: what differs between them is not
    deterministic, and neither agrees nor fails. `reseeded` are such pairs whose runs drew other
    random numbers: what differs between them alone is told, and excuses nothing, for the two sides
    draw the same. What was printed by lines that the conversion dropped is expected.
    """
    tolerance = tolerance or Tolerance()
    excused = Unstable()
    by_themselves: list[Finding] = []
    for index, pair in enumerate((*repeated, *reseeded)):
        judge = _judge(replace(pair, hide=sides.hide), tolerance, Unstable())
        by_themselves += _findings(pair, judge)
        if index < len(repeated):
            excused.update(judge.unstable)
    judge = _judge(sides, tolerance, excused)
    findings = list(_findings(sides, judge))
    told = {_place(found) for found in findings}
    for found in by_themselves:
        if found.fate not in ("expected", "not compared") and _place(found) not in told:
            told.add(_place(found))
            reason = cut(f"here the package agrees; another run has {found.package}")
            findings.append(replace(found, fate="not deterministic", package=None, reason=reason))
    findings.sort(key=_order)
    return Comparison(tuple(findings), dict(judge.compared), dict(+judge.normalised))


def _judge(sides: Sides, tolerance: Tolerance, excused: Unstable) -> Judge:
    left, right = Normaliser(sides.places), Normaliser(sides.package_places)
    return Judge(tolerance, left, right, sides.hide, excused)


def _place(finding: Finding) -> tuple[Kind, int | None, int | None, str]:
    return (finding.kind, finding.cell, finding.line, finding.name)


def _order(finding: Finding) -> tuple[int, int, int]:
    return (finding.cell or 10**9, _KINDS.index(finding.kind), finding.line or 0)


def _findings(sides: Sides, judge: Judge) -> Iterator[Finding]:
    """All findings, cell by cell, then files and variables."""
    ours, theirs = sides.notebook, sides.package
    stopped, failed = theirs.failure, ours.failure
    if failed is not None and stopped is not None and failed.name == stopped.name:
        stopped = failed = None
    for number in sorted({*ours.cells, *theirs.cells}):
        if stopped is not None and stopped.cell in (number, None):
            break
        one, other = ours.cells.get(number, CellRun()), theirs.cells.get(number, CellRun())
        yield from compare_cell(judge, number, one, other)
    if stopped is not None:
        reason = "the package ends with an exception that the notebook does not raise"
        reason += "; nothing behind it is compared"
        yield judge.found(
            "different", "error", stopped.cell, stopped.name, None, str(stopped), reason
        )
        return
    if failed is not None:
        reason = "the notebook ends with an exception that the package does not raise"
        yield judge.found("different", "error", failed.cell, failed.name, str(failed), None, reason)
    yield from _files(sides, judge)
    yield from _variables(sides, judge)


def _files(sides: Sides, judge: Judge) -> Iterator[Finding]:
    ours, theirs = sides.notebook.files, sides.package.files
    for name in sorted({*ours, *theirs}):
        judge.compared["file"] += 1
        left, right = ours.get(name), theirs.get(name)
        written = left or right
        cell = written.cell or None if written is not None else None
        if left is None or right is None:
            reason = "the package does not write it" if right is None else "only the package does"
            texts = ["written" if side else None for side in (left, right)]
            yield judge.judged("file", cell, name, texts[0], texts[1], reason)
            continue
        if name in sides.same_files:
            continue
        one, other = sides.contents.get(name, (None, None))
        if one is None or other is None:
            # Where two runs of one side differ in their bytes, bytes say nothing.
            reason = "its bytes differ, and nothing here can read what it holds"
            yield judge.judged(
                "file", cell, name, None, None, reason, fate="except", excused="not compared"
            )
            continue
        yield from _values(judge, "file", cell, name, one, other)


def _variables(sides: Sides, judge: Judge) -> Iterator[Finding]:
    ours, theirs = sides.notebook.variables, sides.package.variables
    if ours is None or theirs is None:
        return
    for name, value in ours.items():
        other = theirs.get(name)
        if other is not None:
            judge.compared["variable"] += 1
            yield from _values(judge, "variable", None, name, value, other)
        elif is_data(value):
            reason = "the package ends without it"
            yield judge.judged("variable", None, name, shown(value), None, reason, fate="except")


def _values(
    judge: Judge, kind: Kind, cell: int | None, name: str, one: Description, other: Description
) -> Iterator[Finding]:
    compared = compare_values(one, other, judge.tolerance, (judge.left.value, judge.right.value))
    for difference in compared.differences:
        place = f"{name}{difference.path}"
        yield judge.part(kind, cell, place, difference.one, difference.other)
    for place, reason in compared.opaque:
        # Parts that nobody can look into are told only where a reason is known.
        if reason or not place:
            told = reason or f"{shown(one)} has no value"
            yield judge.found("not compared", kind, cell, f"{name}{place}", None, None, told)
