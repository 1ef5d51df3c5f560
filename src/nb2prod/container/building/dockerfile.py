"""What a Dockerfile says that a build has to know beforehand: its arguments and its base.

A person may have edited it. What is not understood is left to the engine, which says what is wrong.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Engines know these without an ARG.
PREDEFINED = frozenset(
    name
    for plain in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    for name in (plain, plain.lower())
)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """The names of its arguments in their order; the defaults of those before the first stage; and
    the stages, each with its name and what it is made from.
    """

    arguments: tuple[str, ...]
    defaults: Mapping[str, str]
    stages: tuple[tuple[str, str], ...]

    def base(self, given: Mapping[str, str]) -> str | None:
        """What the last stage is made from in the end, with these arguments; None where that is
        not plain.
        """
        made_from = {name: source for name, source in self.stages if name}
        source = self.stages[-1][1] if self.stages else None
        for _ in self.stages:
            if source is None or source.lower() not in made_from:
                break
            source = made_from[source.lower()]
        return self.filled_in(source, given) if source is not None else None

    def filled_in(self, text: str, given: Mapping[str, str]) -> str | None:
        """A text of a FROM with the arguments' values in it; None where one has none."""
        values = {**self.defaults, **given}
        names = [one or two for one, two in _VARIABLE.findall(text)]
        if any(name not in values for name in names):
            return None
        filled = _VARIABLE.sub(lambda found: values[found[1] or found[2]], text)
        return None if "$" in filled else filled


def read_dockerfile(text: str) -> Dockerfile:
    """What the text of a Dockerfile says."""
    arguments: dict[str, None] = {}
    defaults: dict[str, str] = {}
    stages: list[tuple[str, str]] = []
    for instruction, words in _instructions(text):
        if instruction == "ARG":
            for word in words:
                name, equals, value = word.partition("=")
                arguments[name] = None
                if not stages and equals:
                    defaults[name] = value
        elif instruction == "FROM":
            plain = [word for word in words if not word.startswith("--")]
            if plain:
                named = len(plain) == 3 and plain[1].lower() == "as"
                stages.append((plain[2].lower() if named else "", plain[0]))
    return Dockerfile(tuple(arguments), MappingProxyType(defaults), tuple(stages))


def _instructions(text: str) -> Iterator[tuple[str, list[str]]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\[ \t]*\n", " ", "\n".join(lines)).splitlines():
        instruction, _, rest = line.strip().partition(" ")
        try:
            words = shlex.split(rest)
        except ValueError:
            words = rest.split()
        yield instruction.upper(), words
