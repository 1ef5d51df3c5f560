"""When a program runs: the five fields of cron, as Kubernetes' CronJob takes them.

Source: the Kubernetes documentation, CronJob, "Schedule syntax".
"""

from __future__ import annotations

import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# Each field with its bounds and the words that stand for numbers, counted from the lower bound.
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_RANGE = re.compile(r"(\*|\?|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:/([0-9]{1,3}))?")


def why_no_schedule(text: str) -> str | None:
    """What is wrong with a schedule such as "0 3 * * 1-5", None where nothing is."""
    words = text.split(" ")
    if len(words) != len(_FIELDS) or not all(words):
        return (
            "takes five fields (minute, hour, day of the month, month, day of the week) with one"
            f" space between, such as '0 3 * * *', not {text!r}."
        )
    for word, (name, low, high, named) in zip(words, _FIELDS, strict=True):
        if not all(_is_range(part, low, high, named) for part in word.split(",")):
            return f"{word!r} is no {name}: {low} to {high}, *, lists, ranges and steps (*/15)."
    return None


def crontab_fields(schedule: str) -> str:
    """The same fields for a crontab, which does not know `?` for any."""
    return schedule.replace("?", "*")


def _is_range(text: str, low: int, high: int, named: tuple[str, ...]) -> bool:
    found = _RANGE.fullmatch(text)
    if found is None:
        return False
    first, last, step = found.groups()
    if step is not None and int(step) == 0:
        return False
    if first in ("*", "?"):
        return last is None
    start, end = _number(first, low, named), _number(last or first, low, named)
    return start is not None and end is not None and low <= start <= end <= high


def _number(word: str, low: int, named: tuple[str, ...]) -> int | None:
    if word.isascii() and word.isdigit():
        return int(word)
    return low + named.index(word.lower()) if word.lower() in named else None
