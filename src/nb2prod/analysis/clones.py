"""Repositories that a notebook clones, and the commit that it takes of each, if any."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nb2prod.analysis.facts import Clone
from nb2prod.analysis.shell import ShellCommand
from nb2prod.location import Location

# Options of `git clone` that take a value as a word of their own (git's manual).
_VALUED = frozenset(
    "-b --branch -o --origin -c --config --depth --reference --separate-git-dir -j --jobs --filter"
    " --template --shallow-since --shallow-exclude --server-option".split()
)
_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_MOVES = frozenset({"checkout", "switch", "reset"})


def find_clones(commands: Iterable[tuple[ShellCommand, Location]]) -> tuple[Clone, ...]:
    """The repositories that the commands clone, in order.

    A `git checkout` belongs to the clone before it, whatever directory it runs in.
    """
    found: list[Clone] = []
    for command, place in commands:
        words = list(command.words)
        if words[:1] != ["git"]:
            continue
        arguments = _without_git_s_own(words[1:])
        action = next((word for word in arguments if word != "lfs"), "")
        if action == "clone":
            found += _clone(arguments, place)
        elif action in _MOVES and found:
            revision = next((word for word in arguments[1:] if not word.startswith("-")), None)
            if revision is not None and revision != "HEAD":
                found[-1] = found[-1]._replace(revision=revision)
    return tuple(found)


def is_commit(revision: str | None) -> bool:
    """Whether a revision is a commit's hash; tags and branches may be moved."""
    return revision is not None and _COMMIT.fullmatch(revision) is not None


def _without_git_s_own(words: list[str]) -> list[str]:
    """The words behind git's own options (`-C dir`, `-c name=value`)."""
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("-C", "-c") else words[1:]
    return words


def _clone(arguments: list[str], place: Location) -> Iterator[Clone]:
    revision: str | None = None
    plain: list[str] = []
    waiting = iter(arguments[arguments.index("clone") + 1 :])
    for word in waiting:
        option, assigned, value = word.partition("=")
        if option in ("-b", "--branch"):
            revision = value if assigned else next(waiting, None)
        elif word in _VALUED:
            next(waiting, None)
        elif not word.startswith("-"):
            plain.append(word)
    if plain:
        yield Clone(plain[0], place, revision)
