"""What people read on the terminal. rich is imported here alone, and only when something is printed
with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nb2prod.environment.model import AsOf, Attention
from nb2prod.notebook.model import Cell
from nb2prod.program.model import FATES, Ledger, LedgerEntry, Program

if TYPE_CHECKING:
    from nb2prod.project.targets.target import Target


class Printer:
    """Lines for a person: styled on a terminal, plain text elsewhere, never wrapped by us."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(highlight=False, soft_wrap=True, emoji=False, markup=False)

    def line(self, text: str, style: str | None = None) -> None:
        """One line. Control characters of a notebook's text never reach the terminal."""
        self._console.print(
            "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text),
            style=style,
        )

    def fact(self, name: str, text: str) -> None:
        """A named fact, aligned."""
        self.line(f"  {name + ':':<13}{text}")

    def moment(self, as_of: AsOf) -> None:
        """Whose versions are taken, and why."""
        day = f" of {as_of.day}" if as_of.day else ""
        self.fact("versions", f"{as_of.strategy}{day}, {as_of.evidence[0].detail}")

    def layout(self, program: Program) -> None:
        """The shape of the code, and why it is no finer one."""
        layout = program.layout
        if layout.rung == "sections":
            self.fact("layout", f"sections: {', '.join(one.module for one in program.sections)}")
        else:
            where = f" ({layout.location})" if layout.location else ""
            self.fact("layout", f"{layout.rung}: {layout.reason}{where}")

    def next_steps(self, steps: Sequence[tuple[Target, Sequence[str]]]) -> None:
        """What to do next, for each target."""
        for target, sentences in steps:
            self.line(f"next, for {target.name}:")
            for number, sentence in enumerate(sentences, 1):
                self.line(f"  {number}. {sentence}")

    def ledger(self, ledger: Ledger) -> None:
        """The fates of the notebook's lines, in one line."""
        counts = ", ".join(f"{ledger.count(fate)} {fate}" for fate in FATES if ledger.count(fate))
        self.fact("ledger", f"{ledger.lines} lines: {counts}" if counts else "no lines of code")

    def fates(self, cells: Sequence[Cell], ledger: Ledger) -> None:
        """What becomes of every line, by cell; lines of one fate and reason are together."""
        self.line("lines by cell:")
        for cell in cells:
            entries = [entry for entry in ledger.entries if entry.cell == cell.number]
            for entry in entries:
                last = _last_line(cell, entry)
                lines = f"line {entry.line}" if last == entry.line else f"lines {entry.line}-{last}"
                place = f"cell {cell.number} {lines}"
                self.line(f"  {place:<22}{entry.fate:<11}{entry.reason}".rstrip())

    def attention(self, notes: Sequence[Attention]) -> None:
        """Everything that needs a person, with its place."""
        self.line(f"needs a person ({len(notes)}):", style="yellow")
        for note in notes:
            place = f"{note.location}: " if note.location else ""
            self.line(f"  {place}{note.reason}")


@contextmanager
def working(*, shown: bool) -> Iterator[Callable[[str], None] | None]:
    """What takes long, on one line of standard error that goes away; only on a terminal."""
    import sys

    if not shown or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status("") as status:
        yield lambda text: status.update(Text(text))


def _last_line(cell: Cell, entry: LedgerEntry) -> int:
    """The last of the lines that an entry covers; it counts those that are not blank."""
    left = entry.lines
    for number, line in enumerate(cell.lines[entry.line - 1 :], start=entry.line):
        left -= sum(1 for part in line.splitlines() if part.strip())
        if left <= 0:
            return number
    return len(cell.lines)
