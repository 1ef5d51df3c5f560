"""Requirement files (`pip install -r requirements.txt`), line by line as pip reads them.

Source of the format: pip's documentation, "Requirements File Format".
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nb2prod.analysis.arguments import arguments
from nb2prod.analysis.facts import PackageSource
from nb2prod.analysis.package_sources import git_source, index_source
from nb2prod.analysis.pip_options import (
    CONSTRAINT_FILES,
    REQUIREMENT_FILES,
    VALUED,
    VALUED_SHORT,
    missing_file,
    problem_of_option,
)
from nb2prod.analysis.pip_requirements import read_requirement

_COMMENT = re.compile(r"(?:^|\s+)#.*$")
# Options of one requirement, which stand behind it: `--hash=sha256:…`.
_OWN_OPTIONS = re.compile(r"\s--?[A-Za-z].*$")


@dataclass(slots=True)
class Listed:
    """What files ask for: requirements, constraints, what a person has to decide, and the sources
    that not everybody may have.
    """

    requirements: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    sources: list[PackageSource] = field(default_factory=list)

    def take(self, source: PackageSource | None) -> None:
        """Add a source, where there is one that is not there yet."""
        if source is not None and source not in self.sources:
            self.sources.append(source)


def read_lists(name: str, files: Mapping[str, str], found: Listed, *, constrains: bool) -> None:
    """Add to `found` what a file asks for, and the files that it names.

    `files` are the texts that are there, by path. What a file `constrains` is not installed by it,
    and neither is what a file below it lists. A file that leads back to itself is read once.
    """
    _read(posixpath.normpath(name), files, found, constrains, set())


def _read(
    path: str,
    files: Mapping[str, str],
    found: Listed,
    constrains: bool,
    seen: set[tuple[str, bool]],
) -> None:
    if (path, constrains) in seen:
        return
    seen.add((path, constrains))
    text = files.get(path)
    if text is None:
        found.problems.append(missing_file(path))
        return
    for number, line in _lines(text):
        if not line.startswith("-"):
            _requirement(line, f"{path} line {number}", found, constrains=constrains)
            continue
        for option, value in arguments(_words(line), VALUED, VALUED_SHORT):
            if option in REQUIREMENT_FILES | CONSTRAINT_FILES:
                nested = posixpath.normpath(posixpath.join(posixpath.dirname(path), value))
                _read(nested, files, found, constrains or option in CONSTRAINT_FILES, seen)
            elif problem := problem_of_option(option, value):
                found.take(index_source(option, value))
                found.problems.append(f"{problem} ({path} line {number})")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers; continued ones are one."""
    number = 1
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    for line in re.split(r"(?<!\\)\n", text):
        said = _COMMENT.sub("", line.replace("\\\n", "")).strip()
        if said:
            yield number, said
        number += line.count("\n") + 1


def _requirement(line: str, place: str, found: Listed, *, constrains: bool) -> None:
    word = _OWN_OPTIONS.sub("", line)
    if "://" in word:
        word = word.partition(" ;")[0]
    requirement, problem = read_requirement(word)
    if requirement:
        (found.constraints if constrains else found.requirements).append(requirement)
    if not constrains:
        found.take(git_source(word, requirement))
    if problem:
        found.problems.append(f"{problem} ({place})")


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # an unclosed quote
        return line.split()
