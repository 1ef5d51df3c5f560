"""Values that the tests of a generated project give to its options: some that these take, and some
that they must refuse.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nb2prod.analysis.facts import Literalish
from nb2prod.project.interface import Interface, ProgramOption
from nb2prod.project.quoting import python


@dataclass(frozen=True, slots=True)
class Example:
    """A value for an option: as a file gives it, as an argument, and as an environment variable."""

    field: str
    value: Literalish
    argument: str
    text: str


def taken(found: Interface) -> list[Example]:
    """For each option a value that is not its default, as far as one is known."""
    return [
        _example(option, value)
        for option in found.options
        if (value := option.example()) is not None
    ]


def refused(found: Interface) -> list[Example]:
    """Values just outside of what the options take."""
    return [_example(option, value) for option in found.options for value in _outside(option)]


def contested(found: Interface) -> tuple[Example, Example] | None:
    """An option's other value and its default, to give both at once from different places."""
    for option in found.options:
        value, default = option.example(), option.default
        if value is not None and default not in (None, "") and str(default).isprintable():
            return _example(option, value), _example(option, default)
    return None


def _example(option: ProgramOption, value: Literalish) -> Example:
    if option.kind == "boolean":
        flag = option.flag if value else f"--no-{option.flag[2:]}"
        return Example(option.field, value, flag, "true" if value else "false")
    text = str(python(value)) if option.kind == "raw" else str(value)
    return Example(option.field, value, f"{option.flag}={text}", text)


def _outside(option: ProgramOption) -> Iterable[Literalish]:
    outside = [] if option.minimum is None else [option.minimum - 1]
    outside += [] if option.maximum is None else [option.maximum + 1]
    # Next to a number as large as 1e300 there is no other.
    yield from (value for value in outside if value not in (option.minimum, option.maximum))
    if option.choices and option.kind == "string" and "none of these" not in option.choices:
        yield "none of these"
