"""Patterns of files as git writes them: in `.gitignore`, in `exclude`, in `per-file-ignores`.

Source of the rules: gitignore(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

# Neither a wildcard nor a directory: most patterns are no more.
_NAME = re.compile(r"[\w.-]+")


class _Pattern(NamedTuple):
    """A line of the patterns. `name` is what a file or directory is called that it means, where it
    is no more than that; else `regex` matches its whole path.
    """

    name: str | None
    regex: re.Pattern[str] | None
    negated: bool
    directories_only: bool

    def matches(self, path: str) -> bool:
        if self.regex is None:
            return path.rpartition("/")[2] == self.name
        return self.regex.fullmatch(path) is not None


class Patterns:
    """Patterns in their order; the last that matches decides. Paths are relative, with slashes."""

    def __init__(self, lines: Iterable[str]) -> None:
        found = (_read(line) for line in lines)
        self._patterns = [pattern for pattern in found if pattern is not None]

    def decides(self, path: str, *, is_directory: bool) -> bool | None:
        """Whether the path itself is meant; None where no pattern says anything of it."""
        for pattern in reversed(self._patterns):
            if pattern.directories_only and not is_directory:
                continue
            if pattern.matches(path):
                return not pattern.negated
        return None

    def covers(self, path: str) -> bool:
        """Whether a file is meant, or a directory that it lies in."""
        steps = path.split("/")
        for length in range(1, len(steps)):
            if self.decides("/".join(steps[:length]), is_directory=True):
                return True
        return bool(self.decides(path, is_directory=False))


@lru_cache(maxsize=4096)
def _read(line: str) -> _Pattern | None:
    text = line.rstrip("\r\n")
    while text.endswith(" ") and not text.endswith("\\ "):
        text = text[:-1]
    if not text or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text.removeprefix("!")
    directories_only = text.endswith("/")
    text = text.removesuffix("/")
    if not text:
        return None
    if _NAME.fullmatch(text):
        return _Pattern(text, None, negated, directories_only)
    anchored = "/" in text
    text = text.removeprefix("/")
    try:
        regex = re.compile(_regex(text, anchored), re.DOTALL)
    except re.error:
        return None  # git matches nothing with it either
    return _Pattern(None, regex, negated, directories_only)


def _regex(text: str, anchored: bool) -> str:
    parts = [] if anchored else ["(?:.*/)?"]
    position = 0
    while position < len(text):
        rest = text[position:]
        at_start = position == 0 or text[position - 1] == "/"
        if at_start and rest.startswith("**/"):
            parts.append("(?:.*/)?")
            position += 3
        elif at_start and rest == "**":
            parts.append(".+")
            position += 2
        elif rest[0] == "*":
            stars = len(rest) - len(rest.lstrip("*"))
            parts.append("[^/]*")
            position += stars
        elif rest[0] == "?":
            parts.append("[^/]")
            position += 1
        elif rest[0] == "[" and (bracket := re.match(r"\[([!^]?)(\]?[^\]]*)\]", rest)):
            inner = bracket[2].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
            parts.append(f"(?!/)[{'^' if bracket[1] else ''}{inner}]")
            position += bracket.end()
        elif rest[0] == "[":
            raise re.error("a bracket without its end")
        elif rest[0] == "\\" and len(rest) > 1:
            parts.append(re.escape(rest[1]))
            position += 2
        else:
            parts.append(re.escape(rest[0]))
            position += 1
    return "".join(parts)
