"""What becomes of a difference: a failure, or what two runs of one side differ in as well."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nb2prod.verification.model import Fate, Finding, Kind, Tolerance
from nb2prod.verification.texts import LineDifference, Normaliser, differing_lines, skeleton

# What differs here says nothing of what was computed.
_LESSER: frozenset[Kind] = frozenset({"stderr"})
_WORDS = 2000

_Place = tuple[Kind, int | None, str]


@dataclass(slots=True)
class Unstable:
    """Places at which two runs of one side differ. Of a line `None` stands for any text, and a text
    for what both lines are without their numbers.
    """

    places: dict[_Place, set[str | None]] = field(default_factory=lambda: defaultdict(set))

    def add(self, kind: Kind, cell: int | None, place: str, form: str | None = None) -> None:
        """Note a place."""
        self.places[kind, cell, place].add(form)

    def update(self, other: Unstable) -> None:
        """Note all places of another."""
        for place, forms in other.places.items():
            self.places[place] |= forms

    def holds(self, kind: Kind, cell: int | None, place: str) -> bool:
        """Whether this very place is known."""
        return (kind, cell, place) in self.places

    def holds_line(self, kind: Kind, cell: int | None, place: str, text: str | None) -> bool:
        """Whether a line is known to differ. One whose numbers alone change from run to run has to
        be that line here, too.
        """
        forms = self.places.get((kind, cell, place), set())
        return None in forms or (text is not None and skeleton(text) in forms)

    def holds_part(self, kind: Kind, place: str) -> bool:
        """Whether a part of a value is known, or what it is a part of.

        Which of an array's elements differs first is chance: one speaks for the others.
        """
        return any(
            known_kind == kind
            and (
                place == known
                or place.startswith((f"{known}.", f"{known}["))
                or _are_of_one_array(known, place)
            )
            for known_kind, _, known in self.places
        )


class Judge:
    """Judges the differences of one comparison. `unstable` collects where this one differs;
    `excused` is where other runs of one side did.
    """

    def __init__(
        self,
        tolerance: Tolerance,
        left: Normaliser,
        right: Normaliser,
        hide: Callable[[str], str],
        excused: Unstable,
    ) -> None:
        self.tolerance = tolerance
        self.left = left
        self.right = right
        self.compared: Counter[str] = Counter()
        self.unstable = Unstable()
        self._hide = hide
        self._excused = excused

    @property
    def normalised(self) -> Counter[str]:
        """What was evened out; the first side's counts speak for both."""
        return self.left.counts

    def found(
        self,
        fate: Fate,
        kind: Kind,
        cell: int | None,
        name: str,
        one: str | None,
        other: str | None,
        reason: str = "",
        line: int | None = None,
    ) -> Finding:
        """A finding that needs no judgement."""
        hidden = [None if text is None else cut(self._hide(text)) for text in (one, other)]
        return Finding(
            fate, kind, cell, line, self._hide(name), hidden[0], hidden[1], self._hide(reason)
        )

    def judged(
        self,
        kind: Kind,
        cell: int | None,
        name: str,
        one: str | None,
        other: str | None,
        reason: str = "",
        *,
        fate: Fate = "different",
        excused: Fate = "not deterministic",
    ) -> Finding:
        """Something as a whole that differs."""
        self.unstable.add(kind, cell, name)
        known = self._excused.holds(kind, cell, name)
        return self.found(excused if known else fate, kind, cell, name, one, other, reason)

    def part(
        self, kind: Kind, cell: int | None, place: str, one: str | None, other: str | None
    ) -> Finding:
        """A part of a value that differs."""
        self.unstable.add(kind, None, place)
        known = self._excused.holds_part(kind, place)
        fate: Fate = "not deterministic" if known else "different"
        return self.found(fate, kind, cell, place, one, other)

    def lines(
        self, kind: Kind, cell: int, texts: Sequence[Sequence[str]], name: str = ""
    ) -> list[Finding]:
        """The lines in which two texts differ; `name` is what shows them, where it is a display."""
        found = []
        moved = len(texts[0]) != len(texts[1])
        for difference in differing_lines(texts[0], texts[1], self.tolerance, self.normalised):
            place = f"{name}:{difference.first}"
            self.unstable.add(kind, cell, place, _form(difference))
            if moved:
                self.unstable.add(kind, cell, f"{name}:all")
            known = self._excused.holds(kind, cell, f"{name}:all") or self._excused.holds_line(
                kind, cell, place, difference.other
            )
            fate: Fate = "except" if kind in _LESSER else "different"
            found.append(
                self.found(
                    "not deterministic" if known else fate,
                    kind,
                    cell,
                    name,
                    difference.one,
                    difference.other,
                    line=difference.first + 1,
                )
            )
        return found


def cut(text: str) -> str:
    """A text of a length that a report can hold."""
    return text if len(text) <= _WORDS else f"{text[:_WORDS]}…"


def _form(difference: LineDifference) -> str | None:
    """What two lines are without their numbers, where that is the same."""
    if difference.one is None or difference.other is None:
        return None
    forms = {skeleton(difference.one), skeleton(difference.other)}
    return forms.pop() if len(forms) == 1 else None


def _are_of_one_array(known: str, place: str) -> bool:
    ours, theirs = (re.fullmatch(r"(.*)\[\d+\]", one) for one in (known, place))
    return ours is not None and theirs is not None and ours[1] == theirs[1]
