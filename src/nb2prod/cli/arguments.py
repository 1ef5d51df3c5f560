"""What the arguments of several commands have in common."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


def path(text: str) -> Path:
    """A path; pathlib is loaded when there is one."""
    from pathlib import Path

    return Path(text)
