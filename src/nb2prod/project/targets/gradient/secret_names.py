"""Secrets as Gradient has them: by a name of its own kind, never by value."""

from __future__ import annotations

from nb2prod.project.targets.workload import Workload


def secret_variables(workload: Workload) -> dict[str, str]:
    """The variables that hold secrets, each with what stands for its value."""
    return {one.name: f"secret:{one.name}" for one in workload.secrets if one.on_gradient}


def needed_lines(workload: Workload) -> list[str]:
    """What has to exist, as lines of a comment."""
    return [
        f"- the secret {one.name}"
        + ("" if one.required else "; the notebook can do without it: then delete its line here")
        for one in workload.secrets
        if one.on_gradient
    ]


def left_out_lines(workload: Workload) -> list[str]:
    """What cannot be carried, as lines of a comment."""
    return [
        f"The secret {one.name} is left out: "
        "Gradient's names are letters, digits and _, a letter first."
        for one in workload.secrets
        if not one.on_gradient
    ]
