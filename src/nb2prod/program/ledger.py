"""Keeping the ledger: while a cell is rewritten, every line of it gets exactly one fate."""

from __future__ import annotations

from nb2prod.notebook.model import Cell
from nb2prod.program.model import Fate, Ledger, LedgerEntry

# When two statements share a line, the fate that a person most needs to know of wins.
_STRENGTH: dict[Fate, int] = {"kept": 0, "dropped": 1, "hoisted": 2, "rewritten": 3, "attention": 4}


class CellFates:
    """The fates of one cell's lines. A line nobody speaks for is kept."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self._fates: dict[int, tuple[Fate, str]] = {}

    def set(self, first: int, last: int, fate: Fate, reason: str = "") -> None:
        """Give the lines from `first` to `last` a fate, unless they have a stronger one."""
        for line in range(first, last + 1):
            known = self._fates.get(line)
            if known is None or _STRENGTH[fate] > _STRENGTH[known[0]]:
                self._fates[line] = (fate, reason)

    def has(self, fate: Fate) -> bool:
        """Whether some line has this fate."""
        return any(known == fate for known, _ in self._fates.values())

    def entries(self) -> list[LedgerEntry]:
        """Runs of lines with the same fate and reason; a blank line is in none and ends none."""
        entries: list[LedgerEntry] = []
        for number, line in enumerate(self.cell.lines, start=1):
            # The ledger counts as `str.splitlines` does, which sees more line ends than Python.
            weight = sum(1 for part in line.splitlines() if part.strip())
            if not weight:
                continue
            fate, reason = self._fates.get(number, ("kept", ""))
            last = entries[-1] if entries else None
            if last is not None and (last.fate, last.reason) == (fate, reason):
                entries[-1] = LedgerEntry(last.cell, last.line, last.lines + weight, fate, reason)
            else:
                entries.append(LedgerEntry(self.cell.number, number, weight, fate, reason))
        return entries


def close(cells: list[CellFates]) -> Ledger:
    """The ledger of a whole notebook from the fates of its code cells, in order."""
    return Ledger(tuple(entry for fates in cells for entry in fates.entries()))
