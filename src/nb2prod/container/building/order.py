"""What a builder is asked for, and what becomes of what it says."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

from nb2prod.container.building.dockerfile import Dockerfile
from nb2prod.container.building.failure import Failure
from nb2prod.container.building.failures import BuildFailed, explained
from nb2prod.container.hidden import Hidden
from nb2prod.container.progress import Began, Event, Moved, Progress, Said, image_of
from nb2prod.container.project import Project

_KEPT = 400  # lines of each step


@dataclass(frozen=True, slots=True)
class Order:
    """What a builder is asked for. `arguments` are those of the Dockerfile, with their values;
    `hidden` knows which of these nobody is to see; `secrets` are the names of those that are given.
    """

    project: Project
    reference: str
    dockerfile: Dockerfile
    arguments: Mapping[str, str]
    hidden: Hidden
    network: str | None = None
    platform: str | None = None
    cache: bool = True
    secrets: tuple[str, ...] = ()


class Teller:
    """Passes events on, without what is to be hidden, and keeps what a failure is explained by:
    that as it was said, because what is hidden may be a part of the words that are looked for.
    """

    def __init__(self, order: Order, progress: Progress) -> None:
        self._order, self._progress = order, progress
        self._lines: dict[int, deque[str]] = {}
        self._instructions: dict[int, str] = {}
        self._last: int | None = None

    def pass_on(self, event: Event) -> None:
        if isinstance(event, Began):
            self._last = event.number
            self._instructions[event.number] = event.instruction
            self._lines[event.number] = deque(maxlen=_KEPT)
        elif isinstance(event, Said):
            self._lines.setdefault(event.number, deque(maxlen=_KEPT)).append(event.text)
        if isinstance(event, Began) and event.instruction.startswith("FROM "):
            event = replace(event, instruction=self._filled_in(event.instruction))
        elif isinstance(event, Moved):
            event = replace(event, reference=self._filled_in(event.reference))
        self._progress(self._order.hidden.event(event))

    def _filled_in(self, text: str) -> str:
        return self._order.dockerfile.filled_in(text, self._order.arguments) or text

    def failed(
        self, message: str, step: int | None = None, image: str | None = None
    ) -> BuildFailed:
        """The error to raise for a failed build: at its last step, where no other is named, or at
        an `image` that no step got.
        """
        step = self._last if step is None else step
        instruction = self._instructions.get(step) if step is not None else None
        lines = tuple(self._lines.get(step, ())) if step is not None else ()
        if image is not None:
            instruction, lines = f"FROM {image}", ()
        if instruction is not None and instruction.startswith("FROM "):
            # Of a stage's name nobody has heard; of what the first of them is made from, they have.
            source = self._order.dockerfile.source(image_of(instruction), self._order.arguments)
            instruction, image = f"FROM {source}", self._filled_in(source)
        failure = Failure(instruction, lines, message, image, self._order.secrets)
        return explained(failure, self._order.project, self._order.hidden)
