"""What is known of a failed build, and how its reasons are told."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from nb2prod.container.project import Project


@dataclass(frozen=True, slots=True)
class Failure:
    """What a builder says of a failed build: the instruction that it was at, the lines that this
    wrote, and its own message, all without colours. `image` is what a FROM names, filled in;
    `secrets` are the names of those that the build was given.
    """

    instruction: str | None
    lines: tuple[str, ...]
    message: str
    image: str | None = None
    secrets: tuple[str, ...] = ()


Tell = Callable[[re.Match[str], Failure, Project], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern in the words means. `tell` makes the sentences; `quoted` says whether the last
    lines help beside them; `at` has to be in the instruction.
    """

    pattern: re.Pattern[str]
    tell: Tell
    quoted: bool
    at: str


def rule(pattern: str, tell: Tell, *, quoted: bool = True, at: str = "") -> Rule:
    """A rule, whatever the case of the words."""
    return Rule(re.compile(pattern, re.IGNORECASE | re.MULTILINE), tell, quoted, at)


def shortened(instruction: str) -> str:
    """An instruction as it stands in a sentence."""
    return instruction if len(instruction) <= 80 else f"{instruction[:79]}…"


def edited(project: Project) -> str:
    """A sentence, with a blank before it, where a person has changed the Dockerfile."""
    if not is_changed(project, "Dockerfile"):
        return ""
    return " The Dockerfile was changed since nb2prod wrote it: see whether that is why."


def is_changed(project: Project, name: str) -> bool:
    """Whether a file of the project is another than the one that convert wrote. False where it
    cannot be read.
    """
    try:
        content = (project.root / name).read_bytes()
    except OSError:
        return False
    recorded: str | None = project.manifest["files"].get(name)
    return hashlib.sha256(content).hexdigest() != recorded
