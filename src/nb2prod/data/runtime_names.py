"""Runtimes by what a person writes: Colab's name ("2025.07"), Kaggle's image ("kaggle:2025-12"), or
the image of a day ("2024-06-11", "kaggle:2026-01-31").
"""

from __future__ import annotations

import re
from datetime import date

from nb2prod.data.runtimes import Platform, Runtime, named_runtime, runtime_at, runtimes, span

_PLATFORMS = {"colab": "Colab", "kaggle": "Kaggle"}


def find_runtime(text: str, *, gpu: bool) -> Runtime | None:
    """The runtime of a name or of a day (UTC); None for what is neither, and for a day before the
    first image. `why_unknown` says which. A `Runtime.name` finds that runtime again.
    """
    named = named_runtime(text, gpu=gpu)
    if named is not None:
        return named
    dated = _day(text)
    return runtime_at(dated[1], gpu=gpu, platform=dated[0]) if dated else None


def why_unknown(text: str) -> str:
    """For a text that `find_runtime` knows nothing of: why, and what to write instead."""
    dated = _day(text)
    if dated is not None:
        platform, day = dated
        first = span(platform).first
        whose = _PLATFORMS[platform]
        return f"No image of {whose} before {first} is known; {day} is earlier."
    return (
        f"There is no runtime {text!r}; the nearest name is {nearest_name(text)}."
        " `nb2prod runtimes` lists the names, and a day like 2024-06-11 is possible too."
    )


def nearest_name(text: str) -> str:
    """Of the platform that the text begins with, or Colab: the name nearest in time where the text
    holds a year and a month, else the most alike.
    """
    platform = "kaggle" if text.lower().startswith("kaggle") else "colab"
    names = [one.name for one in runtimes() if one.platform == platform]
    match = re.search(r"(20\d\d)\D?(0[1-9]|1[0-2]|[1-9])", text)
    if match is not None:
        asked = int(match[1]) * 12 + int(match[2])
        # At the same distance the earlier one, which was in use by then.
        return min(names, key=lambda name: abs(_months(name) - asked))
    from difflib import get_close_matches

    return get_close_matches(text, names, n=1, cutoff=0)[0]


def _day(text: str) -> tuple[Platform, str] | None:
    """The platform and the day that the text asks for, if it is one."""
    match = re.fullmatch(r"(?:(kaggle):|colab-)?(\d{4}-\d\d-\d\d)", text)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match[2])
    except ValueError:
        return None
    return ("kaggle" if match[1] else "colab"), day.isoformat()


def _months(name: str) -> int:
    year, month = re.findall(r"\d+", name)[:2]
    return int(year) * 12 + int(month)
