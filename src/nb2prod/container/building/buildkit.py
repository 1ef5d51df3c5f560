"""What `docker build --progress=plain` writes, as the events that the classic builder's answers
become.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

from nb2prod.container.progress import Began, Done, Event, Moved, Said, clean, one_line

_LINE = re.compile(r"#(\d+) (.*)", re.DOTALL)
_STEP = re.compile(r"\[(?!internal\])(?:(\S+) )?\s*(\d+)/(\d+)\] (.+)", re.DOTALL)
_METADATA = re.compile(r"\[internal\] load metadata for (\S+)")
_OUTPUT = re.compile(r"\d+\.\d+ (.*)", re.DOTALL)
_DONE = re.compile(r"DONE (\d+(?:\.\d+)?)s")
_MOVED = re.compile(
    r"(sha256:[0-9a-f]{64}) ([\d.]+)([kMGT]?)i?B / ([\d.]+)([kMGT]?)i?B\b", re.IGNORECASE
)
_FACTORS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class PlainReader:
    """Reads it line by line. `failed` is the number of the step that failed, where one did;
    `missing` the image that was looked for in vain before any step.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steps: dict[int, tuple[str, float]] = {}
        self._over: set[int] = set()
        self._layers: dict[int, dict[str, tuple[int, int]]] = {}
        self._looked_for: dict[int, str] = {}
        self.failed: int | None = None
        self.missing: str | None = None

    def instruction(self, number: int) -> str:
        """What a step was to do."""
        return self._steps[number][0]

    def read(self, line: str) -> Iterator[Event]:
        """What a line says; many say nothing."""
        found = _LINE.fullmatch(line.rstrip("\r\n"))
        if found is None:
            return
        number, text = int(found[1]), found[2]
        if (looked := _METADATA.fullmatch(text)) is not None:
            self._looked_for[number] = looked[1]
        elif number in self._looked_for:
            if text.startswith("ERROR: "):
                self.missing = self._looked_for[number]
        elif number not in self._steps:
            step = _STEP.fullmatch(text)
            if step is not None:
                instruction = one_line(step[4])
                self._steps[number] = (instruction, self._clock())
                where = f"{step[1] or 'build'} {step[2]}/{step[3]}"
                yield Began(number, None, clean(where), instruction)
        elif number not in self._over:
            yield from self._read_of_step(number, text)

    def _read_of_step(self, number: int, text: str) -> Iterator[Event]:
        if (done := _DONE.fullmatch(text)) is not None:
            # BuildKit says of how long the step took itself; a pull is said in several goes.
            yield self._finished(number, cached=False, seconds=float(done[1]))
        elif text == "CACHED":
            yield self._finished(number, cached=True, seconds=0.0)
        elif text.startswith("ERROR: "):
            self.failed = number
            yield Said(number, clean(text))
        elif (output := _OUTPUT.fullmatch(text)) is not None:
            said = clean(output[1])
            if said.strip():
                yield Said(number, said)
        elif (moved := _MOVED.match(text)) is not None:
            layers = self._layers.setdefault(number, {})
            layers[moved[1]] = (_bytes(moved[2], moved[3]), _bytes(moved[4], moved[5]))
            counts = layers.values()
            yield Moved(
                "pulling",
                self._steps[number][0].removeprefix("FROM ").partition("@")[0],
                sum(one for one, _ in counts),
                sum(two for _, two in counts),
            )

    def _finished(self, number: int, *, cached: bool, seconds: float) -> Done:
        self._over.add(number)
        return Done(number, cached, seconds)


def _bytes(number: str, factor: str) -> int:
    try:
        return int(float(number) * _FACTORS[factor.upper()])
    except ValueError:
        return 0
