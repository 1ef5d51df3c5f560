"""What a rewrite decides about one statement."""

from __future__ import annotations

from dataclasses import dataclass

from nb2prod.program.model import Fate


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of a statement and the Python that takes its place ("" for nothing).

    `stops` makes the program stop there with the reason, before `code`. `from_notebook` marks code
    that is the author's own (the statement after `%time`) and so is itself rewritten; `displays`
    such code whose last value the notebook shows. `comment` is text that stays as comment lines
    where the statement stood.
    """

    fate: Fate
    reason: str = ""
    code: str = ""
    stops: bool = False
    from_notebook: bool = False
    displays: bool = False
    comment: str = ""


def dropped(reason: str) -> Outcome:
    """Nothing takes the statement's place."""
    return Outcome("dropped", reason)


def hoisted(reason: str, code: str = "") -> Outcome:
    """The statement went to the dependencies, the image or the configuration.

    `code` keeps the names bound that the statement would have bound.
    """
    return Outcome("hoisted", reason, code)


def rewritten(code: str, reason: str) -> Outcome:
    """Other code does what the statement did."""
    return Outcome("rewritten", reason, code)


def needs_person(reason: str, code: str = "") -> Outcome:
    """The statement cannot be converted: the program stops at its place with the reason.

    `code` comes after the stop and keeps the names bound that the statement would have bound.
    """
    return Outcome("attention", reason, code, stops=True)


def left_to_person(reason: str, code: str = "") -> Outcome:
    """A person has to arrange something outside the program, which itself can go on."""
    return Outcome("attention", reason, code)
