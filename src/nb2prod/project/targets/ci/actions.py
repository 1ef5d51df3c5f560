"""The actions and versions that the workflow names, as they were on one day."""

from __future__ import annotations

from typing import NamedTuple


class Action(NamedTuple):
    """An action by repository and the tag of its newest release."""

    repository: str
    tag: str

    @property
    def uses(self) -> str:
        """How a step names it."""
        return f"{self.repository}@{self.tag}"


CHECKED = "2026-11-22"
# setup-uv has no tags of major versions any more (its release notes of 8.0.0), so both are exact.
CHECKOUT = Action("actions/checkout", "v7.0.1")
SETUP_UV = Action("astral-sh/setup-uv", "v10.2.0")
ACTIONS = (CHECKOUT, SETUP_UV)

RUNNER = "ubuntu-24.04"
