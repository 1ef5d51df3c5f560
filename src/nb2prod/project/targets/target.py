"""What a target is: a place where the program runs, and what has to be written for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from nb2prod.migration import Migration


@dataclass(frozen=True, slots=True)
class Settings:
    """How the user wants the program to be run, in no provider's words.

    `schedule` are the five fields of cron, or None for a run that is started by hand. `timeout` is
    the longest that one run may take, in seconds. `pull_secret` is the name under which the
    provider keeps what it logs in to the image's registry with. `on_push` is the branch whose
    pushes start a run. With `jobs_per_section` each section of the program is a job of its own.
    `unchecked_machine` is a machine that the user vouches for: the tables need not know it.
    """

    schedule: str | None = None
    timeout: int | None = None
    pull_secret: str | None = None
    on_push: str | None = None
    jobs_per_section: bool = False
    unchecked_machine: str | None = None


DEFAULT = Settings()


class Target(Protocol):
    """One place to run. The members may be those of a module, as they are for nb2prod's own.

    Other packages add theirs through the entry point group `nb2prod.targets`. One that has a job
    for each section says so by a member more, `jobs_per_section = True`, and one that has no use
    for some of the settings by `ignores`, their names: the README then says so.
    """

    name: str
    """What `--target` and `nb2prod.json` call it: lower-case letters, digits and `-`."""
    title: str
    """Its heading in the README, a line."""
    summary: str
    """What it writes, for `nb2prod targets`: a line without a full stop."""

    def files(self, migration: Migration, settings: Settings, /) -> Mapping[str, str]:
        """The texts by relative POSIX path, none of them written by another part of the project,
        nor a directory of one, whether in capitals or not.

        Raises `TargetCannotRun` for a notebook or settings that cannot run there: the message says
        why, and what to choose instead.
        """
        ...

    def validate(self, files: Mapping[str, str], settings: Settings, /) -> None:
        """Refuse files that the place would not take, or take and not run as meant.

        `files` holds at least what `files` gave. Raises `InvalidSpec` with the file, the place in
        it and what to write instead.
        """
        ...

    def next_steps(self, migration: Migration, settings: Settings, /) -> Sequence[str]:
        """What the user does next, in order: sentences in Markdown, commands in backticks."""
        ...

    def notes(self, migration: Migration, settings: Settings, /) -> str:
        """What the user has to know besides, for the README: Markdown, "" where nothing."""
        ...
