"""What a build says, as events that can be shown to people.

The engine's own words come through whole in `Said`, but for colours and control characters.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_STEP = re.compile(r"Step (\d+)/(\d+) : (.+)", re.DOTALL)
_IMAGE = re.compile(r" ---> [0-9a-f]{12}\n?")
_NOTHING = re.compile(
    r" ---> Running in [0-9a-f]{12}\n?|Removing intermediate container [0-9a-f]{12}\n?"
    r"|Successfully (built|tagged) \S+\n?"
)
# Colours, the titles of windows, and what else begins with ESC.
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -~])?"
)


@dataclass(frozen=True, slots=True)
class Began:
    """A step of the build, as its Dockerfile has it. `total` is None where steps are not counted
    through (`stage` then says where they are); `number` tells steps apart.
    """

    number: int
    total: int | None
    stage: str | None
    instruction: str


@dataclass(frozen=True, slots=True)
class Done:
    """A step that is over, after so many seconds; `cached` where an earlier build did it."""

    number: int
    cached: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Said:
    """A line that a step's command wrote, or the engine of it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """So much of an image has come from its registry, or gone there: bytes, of those known yet."""

    verb: str
    reference: str
    bytes: int
    total: int


@dataclass(frozen=True, slots=True)
class Told:
    """Something to know that is no step: a sentence of nb2prod's own."""

    text: str


Event = Began | Done | Said | Moved | Told
Progress = Callable[[Event], None]


def clean(text: str) -> str:
    """The text without colours and control characters; a line that was written over by others
    ("12%\\r34%") is what it was at last.
    """
    plain = _ESCAPES.sub("", text).rstrip("\r\n")
    last = plain.rpartition("\r")[2]
    return "".join(char if char.isprintable() else " " for char in last.replace("\t", "    "))


class Transfers:
    """Adds up the layers of an image that is pulled or pushed."""

    def __init__(self, verb: str, reference: str) -> None:
        self._verb, self._reference = verb, reference
        self._layers: dict[str, tuple[int, int]] = {}

    def read(self, message: Mapping[str, Any]) -> Moved | None:
        """The state after a message, where that says something of it."""
        match message:
            case {
                "id": str(layer),
                "status": "Downloading" | "Pushing",
                "progressDetail": {"current": int(current), **rest},
            }:
                total = rest.get("total")
                known = total if isinstance(total, int) else current
                self._layers[layer] = (min(current, known), known)
            case {"id": str(layer), "status": "Download complete" | "Pushed" | "Pull complete"}:
                total = self._layers.get(layer, (0, 0))[1]
                self._layers[layer] = (total, total)
            case _:
                return None
        counts = self._layers.values()
        return Moved(
            self._verb,
            self._reference,
            sum(one for one, _ in counts),
            sum(two for _, two in counts),
        )


class ClassicReader:
    """Reads what the classic builder answers: one JSON object after the other."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._step: Began | None = None
        self._since = 0.0
        self._cached = False
        self._line = ""
        self._transfers: Transfers | None = None

    def read(self, message: object) -> Iterator[Event]:
        """What a message says. One that is not understood says nothing."""
        match message:
            case {"stream": str(text)}:
                yield from self._read_text(text)
            case {"status": str(), "id": str()} if isinstance(message, dict):
                instruction = self._step.instruction if self._step is not None else ""
                if self._transfers is None:
                    self._transfers = Transfers("pulling", image_of(instruction))
                moved = self._transfers.read(message)
                if moved is not None:
                    yield moved
            case {"status": str(text)} if self._step is not None:
                yield Said(self._step.number, clean(text))

    def end(self, *, well: bool) -> Iterator[Event]:
        """The rest, when the build has ended."""
        yield from self._rest_of_line()
        if well:
            yield from self._finished()

    def _read_text(self, text: str) -> Iterator[Event]:
        step = _STEP.fullmatch(text.rstrip("\n"))
        if step is not None and self._is_next(int(step[1]), int(step[2])):
            yield from self._rest_of_line()
            yield from self._finished()
            self._step = Began(int(step[1]), int(step[2]), None, one_line(step[3]))
            self._since, self._cached, self._transfers = self._clock(), False, None
            yield self._step
        elif text == " ---> Using cache\n":
            self._cached = True
        elif self._step is not None and not _IMAGE.fullmatch(text) and not _NOTHING.fullmatch(text):
            *lines, self._line = f"{self._line}{text}".split("\n")
            for line in lines:
                yield from self._said(line)

    def _is_next(self, number: int, total: int) -> bool:
        """Whether the builder says it, and not a command of the step."""
        if self._step is None:
            return number == 1
        return number == self._step.number + 1 and total == self._step.total

    def _said(self, line: str) -> Iterator[Said]:
        text = clean(line)
        if text.strip() and self._step is not None:
            yield Said(self._step.number, text)

    def _rest_of_line(self) -> Iterator[Said]:
        line, self._line = self._line, ""
        yield from self._said(line)

    def _finished(self) -> Iterator[Done]:
        if self._step is not None:
            yield Done(self._step.number, self._cached, self._clock() - self._since)


def one_line(instruction: str) -> str:
    """An instruction as one line, without what stood at the ends of its lines."""
    return " ".join(clean(instruction.replace("\r", " ").replace("\n", " ")).split())


def image_of(instruction: str) -> str:
    """What a FROM names."""
    words = instruction.split()
    return next((word for word in words[1:] if not word.startswith("--")), "an image")
