"""Printed text: what is evened out before it is compared, and where two texts differ."""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nb2prod.verification.model import Tolerance

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])|\bnan\b|\binf\b")
_DURATION = re.compile(
    r"\b(?P<number>\d+(?:\.\d+)?(?:e-?\d+)?) ?"
    r"(?P<unit>s|secs?|seconds?|ms|milliseconds?|[µμu]s|ns|min|minutes?)\b"
    r"|\b(?P<clock>\d+:\d\d:\d\d\.\d+)\b"
)
_UNITS = (("mil", 1e-3), ("min", 60.0), ("ms", 1e-3), ("s", 1.0), ("n", 1e-9), ("", 1e-6))
_BRACES = re.compile(r"\{[^{}:]*\}")
# Longer texts are compared line by line without looking for lines that moved.
_ALIGNED_LINES = 4000

# What is evened out line by line, and what it is called. A line that becomes nothing is gone.
_GONE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("times", re.compile(r"^(?:CPU times|Wall time): .*$")),
    ("times", re.compile(r"^[\d.]+ [nµumμ]?s ± .* per loop .*$")),
    ("what magics say", re.compile(r"^Note: you may need to restart the kernel to use .*$")),
    ("what magics say", re.compile(r"^(?:Mounted at |Drive already mounted at ).*$")),
    # tqdm: 40%|████      | 4/10 [00:01<00:02,  3.1it/s]
    (
        "progress bars",
        re.compile(
            r"^.*\d+%\|[#█▏▎▍▌▋▊▉\d ]*\| *[\d.]+\w*/[\d.]+\w* \[[\d:]+<[\d:?]+(?:,.*)?\].*$"
        ),
    ),
    ("progress bars", re.compile(r"^\s*\d+it \[[\d:]+, .*\]$")),
)
_REPLACED: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("addresses", re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0x…"),
    # Keras: 782/782 ━━━━━━━━━━ 3s 4ms/step - accuracy: 0.5
    # A function is in `main`, in a section or in none.
    ("addresses", re.compile(r"(?<=[< ])(?:\w+\.)+<locals>\.(?=[\w<>.]+(?: at 0x|>))"), ""),
    (
        "progress bars",
        re.compile(
            r"(?<=\d) (?:━{5,}|\[[=>.]{5,}\])(?: -)? (?:ETA: )?[\d:]+[smh]?(?: \d+[mµu]?s/\w+)?"
        ),
        " …",
    ),
    ("temporary paths", re.compile(r"/tmp/ipykernel_\d+/\d+\.py"), "<cell>"),
    ("temporary paths", re.compile(r"/tmp/tmp[a-z0-9_]{8}\b"), "<temporary>"),
)


class Normaliser:
    """Evens out what differs from run to run or from place to place, and counts it.

    `places` are the directories of a side with the name that either side's has, the longest first.
    """

    def __init__(self, places: Iterable[tuple[str, str]] = ()) -> None:
        self.places = sorted(places, key=lambda place: -len(place[0]))
        self.counts: Counter[str] = Counter()

    def text(self, text: str) -> list[str]:
        """The lines of a printed text that are compared."""
        text = _ANSI.sub("", text).replace("\r\n", "\n")
        lines = []
        for raw in text.split("\n"):
            line = raw
            if "\r" in line:
                self.counts["progress bars"] += 1
                line = next((part for part in reversed(line.split("\r")) if part.strip()), "")
            kept = self.line(line)
            if kept is not None:
                lines.append(kept)
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def line(self, line: str) -> str | None:
        """One line, or None where nothing of it counts."""
        for name, pattern in _GONE:
            if pattern.match(line):
                self.counts[name] += 1
                return None
        for name, pattern, replacement in _REPLACED:
            line, times = pattern.subn(replacement, line)
            self.counts[name] += times
        return self.located(line)

    def value(self, text: str) -> str:
        """A text that is a value, or holds what a file holds: only places are evened out in it."""
        return self.located(text)

    def located(self, text: str) -> str:
        """The text with the directories of this side by their names."""
        for path, name in self.places:
            if path in text:
                # Neither in the middle of another path or an address, nor of a longer name.
                whole = rf"(?<![\w.~%-]){re.escape(path)}(?![\w%-]|\.\w)"
                text, times = re.subn(whole, name, text)
                self.counts["directories"] += times
        return text


class LineDifference(NamedTuple):
    """A line that one text has where the other has another; from 0, None for no line."""

    first: int
    second: int
    one: str | None
    other: str | None


def differing_lines(
    one: Sequence[str], other: Sequence[str], tolerance: Tolerance, normalised: Counter[str]
) -> list[LineDifference]:
    """Where two texts differ, in order."""
    if len(one) == len(other) or max(len(one), len(other)) > _ALIGNED_LINES:
        return _pairwise(one, other, 0, 0, tolerance, normalised)
    found: list[LineDifference] = []
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    for tag, first, end, second, other_end in matcher.get_opcodes():
        if tag != "equal":
            found += _pairwise(
                one[first:end], other[second:other_end], first, second, tolerance, normalised
            )
    return found


def _pairwise(
    one: Sequence[str],
    other: Sequence[str],
    first: int,
    second: int,
    tolerance: Tolerance,
    normalised: Counter[str],
) -> list[LineDifference]:
    found = []
    for index in range(max(len(one), len(other))):
        left = one[index] if index < len(one) else None
        right = other[index] if index < len(other) else None
        if left is None or right is None or not same_line(left, right, tolerance, normalised):
            found.append(LineDifference(first + index, second + index, left, right))
    return found


def same_line(one: str, other: str, tolerance: Tolerance, normalised: Counter[str]) -> bool:
    """Whether two lines say the same: numbers within the tolerance, how long something took to a
    second, and sets in any order.
    """
    if one == other:
        return True
    if _same_numbers(one, other, tolerance):
        normalised["numbers within the tolerance"] += 1
        return True
    if _same_but_for_times(one, other, tolerance):
        normalised["times"] += 1
        return True
    if "{" in one and _BRACES.sub(_sorted, one) == _BRACES.sub(_sorted, other):
        normalised["the order of sets"] += 1
        return True
    return False


def _same_but_for_times(one: str, other: str, tolerance: Tolerance) -> bool:
    """Whether two lines differ in how long something took, by less than a second. Longer times
    differ between two runs of one side as well, or else are no measurements.
    """
    untimed = [_DURATION.sub("#", line) for line in (one, other)]
    if [one, other] == untimed or not _same_numbers(untimed[0], untimed[1], tolerance):
        return False
    times = [[_seconds(found) for found in _DURATION.finditer(line)] for line in (one, other)]
    return len(times[0]) == len(times[1]) and all(
        abs(left - right) < 1 for left, right in zip(times[0], times[1], strict=True)
    )


def _seconds(found: re.Match[str]) -> float:
    if found["clock"]:
        hours, minutes, seconds = found["clock"].split(":")
        return 3600 * int(hours) + 60 * int(minutes) + float(seconds)
    unit = found["unit"]
    scale = next((scale for start, scale in _UNITS if unit.startswith(start)), 1.0)
    return float(found["number"]) * scale


def _same_numbers(one: str, other: str, tolerance: Tolerance) -> bool:
    """Whether two lines differ in nothing but numbers, and these agree."""
    return _NUMBER.sub("#", one) == _NUMBER.sub("#", other) and all(
        same_number(left, right, tolerance)
        for left, right in zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    )


def same_number(one: str, other: str, tolerance: Tolerance) -> bool:
    """Whether two written numbers agree: whole numbers only when they are equal, and others not
    when one number is written in two ways.
    """
    if one == other:
        return True
    if re.fullmatch(r"[-+]?\d+", one) and re.fullmatch(r"[-+]?\d+", other):
        return int(one) == int(other)
    left, right = float(one), float(other)
    written_otherwise = left == right and left != 0
    return not written_otherwise and math.isclose(
        left, right, rel_tol=tolerance.relative, abs_tol=tolerance.absolute
    )


def skeleton(line: str) -> str:
    """A line without its numbers."""
    return _NUMBER.sub("#", line)


def _sorted(found: re.Match[str]) -> str:
    return "{" + ", ".join(sorted(part.strip() for part in found[0][1:-1].split(","))) + "}"
