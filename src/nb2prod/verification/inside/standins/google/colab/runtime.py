"""Stand-in for `google.colab.runtime`: there is no virtual machine to give back."""

from __future__ import annotations


def unassign() -> None:
    """Do nothing."""
