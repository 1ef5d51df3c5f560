"""A migration: one notebook with everything that was found and decided, ready to be written."""

from __future__ import annotations

from dataclasses import dataclass

from nb2prod.analysis.all_facts import Facts
from nb2prod.environment.model import UNLOCKED, Attention, Environment, Lock
from nb2prod.notebook.model import Notebook
from nb2prod.options import Options
from nb2prod.program.model import Ledger, Program


@dataclass(frozen=True, slots=True)
class Migration:
    """The plan of a project: `project` is its name (a slug), `package` the Python package's.

    `lock` is what a package index said, where one was asked.
    """

    notebook: Notebook
    options: Options
    project: str
    package: str
    facts: Facts
    environment: Environment
    program: Program
    ledger: Ledger
    lock: Lock = UNLOCKED

    @property
    def image(self) -> str:
        """The image name that job specs use."""
        return self.options.image or f"{self.project}:{self.notebook.sha256[:12]}"

    @property
    def build_tag(self) -> str:
        """What the image is called where it is built: `build_tag` of it."""
        return build_tag(self.image)

    @property
    def attention(self) -> tuple[Attention, ...]:
        """Everything that needs a person, in the notebook's order; empty when nothing does."""
        from nb2prod.location import Location

        lines = [
            Attention(entry.reason, Location(entry.cell, entry.line))
            for entry in self.ledger.of("attention")
        ]
        found = dict.fromkeys([*lines, *self.environment.attention])
        return tuple(sorted(found, key=lambda one: (one.location or Location(10**9), one.reason)))


def build_tag(image: str) -> str:
    """What an image of that name is called where it is built: an engine takes no digest there."""
    named, _, digest = image.partition("@")
    return named if not digest or ":" in named.rpartition("/")[2] else f"{named}:local"
