"""Where a thing is in a notebook, and what a statement about it rests on."""

from __future__ import annotations

from typing import Literal, NamedTuple

EvidenceKind = Literal["pinned", "recorded-output", "runtime", "lock", "table", "user", "default"]


class Location(NamedTuple):
    """A place in a notebook, counted from 1 as a person counts on the screen.

    `cell` counts all cells, markdown included; `line` and `column` count within the cell.
    """

    cell: int
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"cell {self.cell} line {self.line}"


class Evidence(NamedTuple):
    """Why an answer is what it is: a kind, a sentence, and the place in the notebook where there is
    one.

    Evidence that disagrees with the answer is kept and marked as a conflict.
    """

    kind: EvidenceKind
    detail: str
    location: Location | None = None
    conflict: bool = False

    def as_json(self) -> dict[str, object]:
        """The form that `nb2prod.json` and `inspect --json` use."""
        return {
            "kind": self.kind,
            "detail": self.detail,
            "cell": self.location.cell if self.location else None,
            "line": self.location.line if self.location else None,
            "conflict": self.conflict,
        }
