"""Secrets as Gradient has them: by a name of its own kind, never by value."""

from __future__ import annotations

from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets.carried import LeftOut, missing_answers, secrets, sentences
from nb2prod.project.targets.workload import Workload


def secret_variables(workload: Workload) -> dict[str, str]:
    """The variables that hold secrets, each with what stands for its value."""
    return {one.name: f"secret:{one.name}" for one in _split(workload)[0]}


def needed_lines(workload: Workload) -> list[str]:
    """What has to exist, as lines of a comment."""
    return [
        f"- the secret {one.name}"
        + ("" if one.required else "; the notebook can do without it: then delete its line here")
        for one in _split(workload)[0]
    ]


def left_out_lines(workload: Workload) -> list[str]:
    """What cannot be carried, as lines of a comment."""
    return [*sentences(_split(workload)[1]), *missing_answers(workload)]


def _split(workload: Workload) -> tuple[list[SecretView], list[LeftOut]]:
    return secrets(workload, rule=_rule)


def _rule(name: str) -> str | None:
    """Its reference, "pspace secret": letters, digits and _, a letter first."""
    return None if name[:1].isalpha() else "Gradient's names of secrets begin with a letter"
