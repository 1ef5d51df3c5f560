"""What rules, findings and fixes are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from nb2prod.location import Location
from nb2prod.notebook.lean import JsonPath

if TYPE_CHECKING:
    from nb2prod.hygiene.context import Context

Severity = Literal["error", "warning", "info"]
FixClass = Literal["safe", "unsafe"]
# What a finding is in: a cell's text, what it printed, or what is recorded about cell or notebook.
Part = Literal["source", "output", "metadata"]


@dataclass(frozen=True, slots=True)
class SourceEdit:
    """The characters from `start` to `end` of a cell's source give way to `text`."""

    cell: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SetValue:
    """A value of the notebook's JSON is replaced, or added where its object has no such key."""

    path: JsonPath
    value: object


@dataclass(frozen=True, slots=True)
class RemoveValue:
    """A key of an object, or an item of a list, of the notebook's JSON goes."""

    path: JsonPath


@dataclass(frozen=True, slots=True)
class WrapValue:
    """A value of the notebook's JSON becomes the only one of a new object, under `key`."""

    path: JsonPath
    key: str


Edit = SourceEdit | SetValue | RemoveValue | WrapValue


@dataclass(frozen=True, slots=True)
class Fix:
    """How a finding goes away: in words, whether a person has to look at it, and the edits, which
    are made together or not at all.
    """

    description: str
    edits: tuple[Edit, ...] = field(repr=False)
    applicability: FixClass = "safe"


@dataclass(frozen=True, slots=True)
class RuleOption:
    """A value of `[tool.nb2prod.check.rules.<code>]`. It has the type of its default."""

    name: str
    default: int | str | bool
    summary: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule is called and how much it matters. Its page is `rules/docs/<code>.md`.

    `fix` is the strongest class of fix that it offers. One that says that something could not be
    looked at `stays` on when others are selected; only an `ignore` turns it off.

    `words` are whole words, with blanks between, of which the code of a notebook holds at least one
    where the rule finds anything: without them it is not asked, nor is its module loaded. One that
    is about more than words has none here, and is always asked.
    """

    code: str
    name: str
    summary: str
    severity: Severity
    fix: FixClass | None = None
    stays: bool = False
    options: tuple[RuleOption, ...] = ()
    words: str = ""

    @property
    def default(self) -> bool:
        """Whether it is on unless somebody selects otherwise."""
        return self.severity != "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found. `location` is None where it is the notebook as a whole.

    `excerpt` is the line that it is in, with secrets blanked; it is empty for anything but source.
    """

    path: str
    code: str
    location: Location | None
    message: str
    severity: Severity
    part: Part = "source"
    fix: Fix | None = field(default=None, compare=False)
    excerpt: str = field(default="", compare=False, repr=False)

    @property
    def order(self) -> tuple[str, int, int, int, str, str]:
        """Where a finding stands among others."""
        place = self.location or Location(0, 0, 0)
        return (self.path, place.cell, place.line, place.column, self.code, self.message)


def is_fixable(finding: Finding, *, unsafe: bool) -> bool:
    """Whether the finding has a fix that may be made."""
    return finding.fix is not None and (unsafe or finding.fix.applicability == "safe")


@dataclass(frozen=True, slots=True)
class Profile:
    """How one file is checked: the codes of the rules that are on, what their options are set to,
    by code and name, and the scanner that is asked about secrets besides.
    """

    enabled: frozenset[str]
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict, hash=False)
    secrets_scanner: str = "none"


class RuleModule(Protocol):
    """What each module of `nb2prod.hygiene.rules` has."""

    def check(self, context: Context, /) -> Iterator[Finding]:
        """What the rule finds in a notebook."""
