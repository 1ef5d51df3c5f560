"""The error root. Messages are whole sentences for users: what is wrong and what to do next.

Findings about a notebook (a cell that needs a person, a conflict between versions) are data, never
exceptions; an exception means that nothing could be produced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nb2prod.location import Location


class Nb2prodError(Exception):
    """Root of every error that nb2prod raises on purpose."""


class NotebookError(Nb2prodError):
    """The input cannot be used as a notebook."""


class UnreadableNotebook(NotebookError):
    """The file is missing, cannot be opened, or is not text."""


class InvalidNotebook(NotebookError):
    """The file opens but is not a notebook."""


class UnsupportedLanguage(NotebookError):
    """The notebook is written in a language other than Python."""

    def __init__(self, language: str) -> None:
        self.language = language
        super().__init__(
            f"The notebook is written in {language}; only Python notebooks can be converted."
        )


class OptionError(Nb2prodError):
    """An option has a value that cannot be used."""


class TargetInTheWay(Nb2prodError):
    """The directory to write to holds something that must not be replaced."""


class TargetCannotRun(Nb2prodError):
    """The tables say that what would be written cannot run where it is meant to."""


class LayoutError(Nb2prodError):
    """A layout that was asked for is not safe for this notebook; the text says where and why."""

    def __init__(self, layout: str, reason: str, location: Location | None) -> None:
        if location is None:
            super().__init__(f"--layout {layout} is not possible: {reason}.")
        else:
            text = f"would change what the notebook does: {reason} ({location})"
            super().__init__(f"--layout {layout} {text}.")


class NoIndex(Nb2prodError):
    """A lock is asked for, and no package index answers."""


class InvalidSpec(Nb2prodError):
    """A job spec is not what its service takes."""


class InternalError(Nb2prodError):
    """nb2prod broke one of its own rules: a bug, never the user's mistake."""
