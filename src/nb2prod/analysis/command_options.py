"""The options of a command by their values, with the notebook's variables filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nb2prod.analysis.known_values import Known

_VARIABLE = re.compile(r"\{(\w+)\}|\$\{(\w+)\}|\$(\w+)")


def filled_in(words: Sequence[str], known: Known) -> list[str]:
    """The words with the values of the names in them (`{port}`, `$port`), where each has one."""

    def value(match: re.Match[str]) -> str:
        found = known.get(match[1] or match[2] or match[3], ())
        return str(found[0]) if len(found) == 1 and isinstance(found[0], str | int) else match[0]

    return [_VARIABLE.sub(value, word) for word in words]


def option(words: Sequence[str], *names: str) -> str | None:
    """The value of the first option of these names: `--port 80` or `--port=80`; None without one,
    "" for one that has none.
    """
    for index, word in enumerate(words):
        if word in names:
            return words[index + 1] if index + 1 < len(words) else ""
        name, equals, value = word.partition("=")
        if equals and name in names:
            return value
    return None
