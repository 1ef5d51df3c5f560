"""What rules, findings and fixes are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from nb2prod.location import Location
from nb2prod.notebook.lean import JsonPath

if TYPE_CHECKING:
    from nb2prod.hygiene.context import Context

Severity = Literal["error", "warning", "info"]
FixClass = Literal["safe", "unsafe"]
# What a finding is in: a cell's text, what it printed, or what is recorded about cell or notebook.
Part = Literal["source", "output", "metadata"]


class SourceEdit(NamedTuple):
    """The characters from `start` to `end` of a cell's source give way to `text`."""

    cell: int
    start: int
    end: int
    text: str


class SetValue(NamedTuple):
    """A value of the notebook's JSON is replaced, or added where its object has no such key."""

    path: JsonPath
    value: object


class RemoveValue(NamedTuple):
    """A key of an object, or an item of a list, of the notebook's JSON goes."""

    path: JsonPath


class WrapValue(NamedTuple):
    """A value of the notebook's JSON becomes the only one of a new object, under `key`."""

    path: JsonPath
    key: str


Edit = SourceEdit | SetValue | RemoveValue | WrapValue


class Fix(NamedTuple):
    """How a finding goes away: in words, whether a person has to look at it, and the edits, which
    are made together or not at all.
    """

    description: str
    edits: tuple[Edit, ...]
    applicability: FixClass = "safe"


class RuleOption(NamedTuple):
    """A value of `[tool.nb2prod.check.rules.<code>]`. It has the type of its default."""

    name: str
    default: int | str | bool
    summary: str


class Rule(NamedTuple):
    """What a rule is called and how much it matters. Its page is `rules/docs/<code>.md`.

    `fix` is the strongest class of fix that it offers. One that says that something could not be
    looked at `stays` on when others are selected; only an `ignore` turns it off.

    `words` are whole words, with blanks between, of which the code of a notebook holds at least one
    where the rule finds anything, `texts` the same for parts of words; `when` is the name of a
    property of `Signs` that is true of every such notebook. Without them the rule is not asked,
    nor is its module loaded. A rule that has none of these is always asked.
    """

    code: str
    name: str
    summary: str
    severity: Severity
    fix: FixClass | None = None
    stays: bool = False
    options: tuple[RuleOption, ...] = ()
    words: str = ""
    texts: tuple[str, ...] = ()
    when: str = ""

    @property
    def default(self) -> bool:
        """Whether it is on unless somebody selects otherwise."""
        return self.severity != "info"


class Finding(NamedTuple):
    """One thing that a rule found. `location` is None where it is the notebook as a whole."""

    path: str
    code: str
    location: Location | None
    message: str
    severity: Severity
    part: Part = "source"
    fix: Fix | None = None

    @property
    def order(self) -> tuple[str, int, int, int, str, str]:
        """Where a finding stands among others."""
        place = self.location or Location(0, 0, 0)
        return (self.path, place.cell, place.line, place.column, self.code, self.message)


def is_fixable(finding: Finding, *, unsafe: bool) -> bool:
    """Whether the finding has a fix that may be made."""
    return finding.fix is not None and (unsafe or finding.fix.applicability == "safe")


class Profile(NamedTuple):
    """How one file is checked: the codes of the rules that are on, what their options are set to,
    by code and name, and the scanner that is asked about secrets besides.
    """

    enabled: frozenset[str]
    options: Mapping[str, Mapping[str, object]] = {}
    secrets_scanner: str = "none"


class RuleModule(Protocol):
    """What each module of `nb2prod.hygiene.rules` has."""

    def check(self, context: Context, /) -> Iterator[Finding]:
        """What the rule finds in a notebook."""
