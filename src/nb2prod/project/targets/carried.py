"""What of a run reaches the program as it was written: its options, and its secrets by name.

What a place cannot carry is left out and said. An option has the same value in the program anyhow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from nb2prod.environment.decide import RESERVED_VARIABLES
from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets.workload import Workload

Option = tuple[str, ...]
# No process takes a NUL in its arguments or environment; a lone surrogate is no text in UTF-8.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A secret that a place cannot carry by its name, and why, as the end of a sentence."""

    name: str
    reason: str


def is_text(text: str) -> bool:
    """Whether an argument or the value of a variable can be this text at all."""
    return not _NO_TEXT.search(text)


def options(workload: Workload, fits: Callable[[str], bool] = is_text) -> list[Option]:
    """The options, each a flag with its value, all of whose words fit."""
    return [option for option in workload.options if all(map(fits, option))]


def flags_left_out(workload: Workload, fits: Callable[[str], bool] = is_text) -> list[str]:
    """The flags of the other options."""
    return [
        option[0].partition("=")[0] for option in workload.options if not all(map(fits, option))
    ]


def secrets(
    workload: Workload,
    taken: Collection[str] = (),
    rule: Callable[[str], str | None] = lambda _: None,
) -> tuple[list[SecretView], list[LeftOut]]:
    """The secrets that the program gets as variables, and the others.

    `taken` are variables that the place sets itself, besides those of what is served; `rule` says
    what a place has against a name, None where nothing.
    """
    carried: list[SecretView] = []
    left_out: list[LeftOut] = []
    for secret in workload.secrets:
        reason = _reason(secret, workload, taken) or rule(secret.name)
        if reason is None:
            carried.append(secret)
        else:
            left_out.append(LeftOut(secret.name, reason))
    return carried, left_out


def missing_answers(workload: Workload) -> list[str]:
    """What there is to say of what the notebook asks for, a sentence where it asks."""
    if not workload.answers:
        return []
    words = " ".join(f"{flag} ANSWER" for flag in workload.answers)
    return [f"The notebook asks for answers: add {words} to the command, or the run ends there."]


def sentences(left_out: Collection[LeftOut]) -> list[str]:
    """What there is to say of them, a sentence each."""
    return [f"The secret {one.name} is left out: {one.reason}." for one in left_out]


def _reason(secret: SecretView, workload: Workload, taken: Collection[str]) -> str | None:
    served = dict(workload.service.variables) if workload.service is not None else {}
    if not secret.usable:
        return "a variable's name is letters, digits and _, no digit first"
    if secret.name in RESERVED_VARIABLES:
        return "the image or a shell has a variable of that name itself"
    if secret.name in served or secret.name in taken:
        return "the run sets a variable of that name itself"
    return None
