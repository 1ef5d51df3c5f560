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
    """Its text; the names of its arguments in their order; the defaults of those before the first
    stage; and the stages, each with its name and what it is made from.
    """

    text: str
    arguments: tuple[str, ...]
    defaults: Mapping[str, str]
    stages: tuple[tuple[str, str], ...]

    def base(self, given: Mapping[str, str]) -> str | None:
        """What the last stage is made from in the end, with these arguments; None where that is
        not plain.
        """
        return self.filled_in(self._origin(self.stages[-1][1]), given) if self.stages else None

    def source(self, image: str, given: Mapping[str, str]) -> str:
        """What a FROM says that comes to this image, or to this stage, in the end; the image itself
        where none does.
        """
        origin = self._origin(image)
        for _, source in self.stages:
            if _full_name(self.filled_in(source, given) or "") == _full_name(origin):
                return source
        return origin

    def _origin(self, source: str) -> str:
        """What a stage is made from in the end."""
        made_from = {name: source for name, source in self.stages if name}
        for _ in self.stages:
            if source.lower() not in made_from:
                break
            source = made_from[source.lower()]
        return source

    def filled_in(self, text: str, given: Mapping[str, str]) -> str | None:
        """A text of a FROM with the arguments' values in it; None where one has none."""
        values = {**self.defaults, **given}
        names = [one or two for one, two in _VARIABLE.findall(text)]
        if any(name not in values for name in names):
            return None
        filled = _VARIABLE.sub(lambda found: values[found[1] or found[2]], text)
        return None if "$" in filled else filled


def _full_name(image: str) -> str:
    """An image as BuildKit names it."""
    name, colon, tag = image.partition("@")[0].rpartition(":")
    name, tag = (name, tag) if colon and "/" not in tag else (image.partition("@")[0], "latest")
    first = name.partition("/")[0]
    if "/" not in name:
        name = f"docker.io/library/{name}"
    elif not re.search(r"[.:]|^localhost$", first):
        name = f"docker.io/{name}"
    return f"{name}:{tag}"


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
    return Dockerfile(text, tuple(arguments), MappingProxyType(defaults), tuple(stages))


def _instructions(text: str) -> Iterator[tuple[str, list[str]]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\[ \t]*\n", " ", "\n".join(lines)).splitlines():
        instruction, _, rest = line.strip().partition(" ")
        try:
            words = shlex.split(rest)
        except ValueError:
            words = rest.split()
        yield instruction.upper(), words
