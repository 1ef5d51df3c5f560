"""What the modules of a split notebook are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import libcst as cst

from nb2prod.program.bodies import Body
from nb2prod.program.context import Context
from nb2prod.program.dataflow import Passed
from nb2prod.program.pieces import Piece, TopStatement
from nb2prod.program.stretches import Stretch

_NUMBER = re.compile(
    r"^(?:(?:step|part|section)\s+)?\d+(?:\.\d+)*\s*[.):\u2013-]*\s+(?=\w)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The pieces in order and the flow that they are, and which pieces (by index) are imports and
    definitions that go to the top of a module; `set_up` is the import that something follows.

    From the piece `late` on, sections are imported when the run has come to them; the imports in
    `later` are theirs alone.
    """

    pieces: tuple[Piece, ...]
    flow: tuple[TopStatement, ...]
    imports: frozenset[int]
    top: frozenset[int]
    set_up: int | None
    context: Context
    package: str
    title: str
    late: int | None = None
    later: frozenset[int] = frozenset()


@dataclass(slots=True)
class SectionModule:
    """A module while it is made: its name, the function and what it passes on, its body, and the
    definitions above, by the index of their piece.
    """

    name: str
    stretch: Stretch
    function: str
    result: str
    passed: Passed
    statements: tuple[int, ...]
    body: Body
    above: dict[int, cst.BaseStatement] = field(default_factory=dict)
    asynchronous: bool = False

    @property
    def runs(self) -> bool:
        """Whether it has a part of the flow, and not definitions alone."""
        return bool(self.body.statements)

    @property
    def title(self) -> str:
        """What its headings say, without their numbers; else what it is called."""
        titles = [_NUMBER.sub("", title) or title for title in self.stretch.titles]
        return "; ".join(titles) or self.name.replace("_", " ").capitalize()
