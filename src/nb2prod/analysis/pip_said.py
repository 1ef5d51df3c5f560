"""What pip and uv say while they install, line by line.

Source of the words: pip's and uv's own output in notebooks in public use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
VERSION = (
    r"\d+(?:\.\d+)*(?:[._-]?(?:a|b|c|rc|alpha|beta|pre|post|dev)\.?\d*)*"
    r"(?:\+[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*)?"
)


def said_by_pip(lines: Iterable[str]) -> Iterator[tuple[str, str, str, bool]]:
    """Of each distribution that a line tells of: its name as written, its version, in whose words,
    and whether it was installed just then.
    """
    installed, already, uv = _patterns()
    for line in lines:
        if line.startswith("Successfully installed "):
            for word in line.split()[2:]:
                if match := installed.fullmatch(word):
                    yield match[1], match[2], "pip installed", True
        elif line.startswith("Requirement already "):
            if match := already.fullmatch(line):
                yield match[1], match[3], "pip found", False
        elif line.startswith(" ") and (match := uv.fullmatch(line)):
            yield match[1], match[2], "uv installed", True


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    return (
        # The name ends where the last dash before a version is: "opencv-python-headless-4.8.0.74".
        re.compile(rf"({NAME})-({VERSION})"),
        re.compile(
            rf"Requirement already (?:satisfied|up-to-date): ({NAME})(.*) \(({VERSION})\)\s*"
        ),
        re.compile(rf" [+~] ({NAME})==({VERSION})(?: \(from .*\))?\s*"),
    )
