"""What a run showed, and what comparing two of them gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Verdict = Literal["equivalent", "equivalent except", "different", "does not run here"]
EnvironmentName = Literal["current", "lock", "image"]
Against = Literal["notebook", "saved"]
Kind = Literal["stdout", "stderr", "value", "figure", "order", "file", "variable", "error"]
Fate = Literal["different", "except", "not deterministic", "expected", "not compared"]

ENVIRONMENTS: tuple[EnvironmentName, ...] = ("current", "lock", "image")
AGAINST: tuple[Against, ...] = ("notebook", "saved")

# A value as plain JSON, as `inside/nb2prod_inside/values.py` describes it.
Description = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far numbers and pictures may lie apart and still agree.

    Numbers agree when they differ by at most `relative` of the larger one, or by `absolute`.
    Pictures of one size agree when at most `pixels` of their pixels (a share) differ by more than
    `shade` of 255 in some channel.
    """

    relative: float = 1e-6
    absolute: float = 1e-9
    pixels: float = 0.00005
    shade: int = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """One displayed value: its text, its table as HTML where it is one, what it looks like (a
    picture's bytes, or a document's text by its type), and how many characters the cell had printed
    before it.
    """

    text: str | None = None
    table: str | None = None
    picture: bytes | None = None
    document: tuple[str, str] | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class CellRun:
    """What one cell showed. `dropped` is what lines printed that the package has no more, by line.

    `error` is the exception that the cell ended with, by name and text, where the notebook goes on
    behind it. `widgets` are the classes of those that it showed, which only a page can show.
    """

    stdout: str = ""
    stderr: str = ""
    shown: tuple[Shown, ...] = ()
    dropped: tuple[tuple[int, str], ...] = ()
    error: tuple[str, str] | None = None
    widgets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """The exception that ended a run: its name and text, the cell, and the line of its
    module where it is the package's.
    """

    name: str
    text: str
    cell: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = f"cell {self.cell}: " if self.cell else ""
        return f"{place}{self.name}: {self.text}" if self.text else f"{place}{self.name}"


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a run wrote: the cell that wrote it last, and where it lies now."""

    cell: int
    path: Path


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a notebook or a package. Files are by where they lie for the notebook
    (`<data>/model.pkl`); `variables` is None where they are not known.
    """

    cells: Mapping[int, CellRun]
    variables: Mapping[str, Description] | None = None
    files: Mapping[str, Written] = field(default_factory=dict)
    failure: Failure | None = None
    installs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in which the two sides differ, or that could not be compared.

    `cell` is where the notebook shows it, `line` the line of the output (from 1), or of the cell
    where a dropped line printed it. `name` is the variable (with the path within it) or the file.
    `notebook` and `package` are what either has, None where it has nothing.
    """

    fate: Fate
    kind: Kind
    cell: int | None
    line: int | None
    name: str
    notebook: str | None
    package: str | None
    reason: str = ""

    def as_json(self) -> dict[str, object]:
        """The form that `verification.json` records."""
        return {
            "fate": self.fate,
            "kind": self.kind,
            "cell": self.cell,
            "line": self.line,
            "name": self.name,
            "notebook": self.notebook,
            "package": self.package,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything in which two runs differ, in the notebook's order.

    `compared` counts what agreed or differed, by kind; `normalised` names what was evened out
    before, with how often.
    """

    findings: tuple[Finding, ...]
    compared: Mapping[str, int]
    normalised: Mapping[str, int]

    def of(self, *fates: Fate) -> tuple[Finding, ...]:
        """The findings of these fates."""
        return tuple(finding for finding in self.findings if finding.fate in fates)


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Whether a package computes what its notebook computes, and how that is known.

    `reason` says in words why the verdict is what it is. `environment` is which one both sides ran
    in, `python` its version. `notes` are what a reader has to know of the run: installs that were
    not carried out, paths that were replaced. `figures` are both sides' pictures, by names for
    files.
    """

    verdict: Verdict
    reason: str
    against: Against
    environment: EnvironmentName
    python: str | None = None
    comparison: Comparison = Comparison((), {}, {})
    tolerance: Tolerance = Tolerance()
    notes: tuple[str, ...] = ()
    figures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def first(self) -> Finding | None:
        """The first difference."""
        differences = self.comparison.of("different") or self.comparison.of("except")
        return differences[0] if differences else None

    @property
    def exit_code(self) -> int:
        """The command's exit code."""
        return {"equivalent": 0, "does not run here": 2}.get(self.verdict, 1)

    def as_json(self) -> dict[str, object]:
        """Plain JSON values; no clock, no host and no path of this machine."""
        found = self.comparison.findings
        fates: Iterable[Fate] = (
            "different",
            "except",
            "not deterministic",
            "expected",
            "not compared",
        )
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "against": self.against,
            "environment": {"name": self.environment, "python": self.python},
            "tolerance": {
                "relative": self.tolerance.relative,
                "absolute": self.tolerance.absolute,
                "pixels": self.tolerance.pixels,
                "shade": self.tolerance.shade,
            },
            "compared": dict(self.comparison.compared),
            "counts": {fate: sum(1 for finding in found if finding.fate == fate) for fate in fates},
            "normalised": dict(self.comparison.normalised),
            "notes": list(self.notes),
            "findings": [finding.as_json() for finding in found],
        }
