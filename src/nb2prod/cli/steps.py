"""The steps of a build, on standard error: finished ones above, and on a terminal what is under way
on one line below them.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from nb2prod.container.progress import Began, Done, Event, Moved, Progress, Said, Told

_INSTRUCTION = 90  # characters of it
# The others only say how an image is used; there is nothing to wait for.
_WORTH = ("FROM", "RUN", "COPY", "ADD")
_SHOWN_FROM = 1.0  # seconds that are worth a word
_EVERY = 0.1  # of an image that is moved, a line off a terminal
_SILENT = 30.0  # seconds without a line, after which one says what is under way


class Steps:
    """Writes lines about events with `line`; `live` shows what is under way, where somebody looks
    on. `clock` gives seconds.
    """

    def __init__(
        self,
        line: Callable[[str], None],
        live: Callable[[str], None] | None,
        *,
        verbose: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._print, self._live, self._verbose, self._clock = line, live, verbose, clock
        self._written = clock()
        self._running: dict[int, float] = {}
        self._steps: dict[int, str] = {}
        self._told: set[int] = set()
        self._share = 0.0

    def show(self, event: Event) -> None:
        """Show an event."""
        match event:
            case Began():
                self._steps[event.number] = _name(event)
                self._running[event.number] = self._clock()
                self._share = 0.0
                self._under_way(self._steps[event.number])
                if self._verbose:
                    self._tell(event.number)
            case Said():
                self._said(event)
            case Done():
                self._done(event)
            case Moved():
                self._moved(event)
            case Told():
                self._line(event.text)

    def remind(self) -> None:
        """Say what is under way, where nothing was said for long."""
        now, running = self._clock(), list(self._running.items())
        if running and now - self._written >= _SILENT:
            number, since = running[-1]
            self._line(f"    still at {self._steps[number]}, {now - since:.0f} s")

    def _line(self, text: str) -> None:
        self._written = self._clock()
        self._print(text)

    def _said(self, event: Said) -> None:
        name = self._steps.get(event.number, "")
        self._under_way(f"{name}: {event.text.strip()}")
        # Off a terminal a step is told of once it says something: it may take long.
        if self._live is None:
            self._tell(event.number)
        if self._verbose:
            self._line(f"    {event.text}")

    def _done(self, event: Done) -> None:
        self._running.pop(event.number, None)
        name = self._steps.get(event.number, "")
        took = f"{event.seconds:.0f} s"
        if event.number in self._told:
            if event.cached:
                self._line(f"{name.partition(']')[0]}] as before")
            elif event.seconds >= _SHOWN_FROM:
                self._line(f"{name.partition(']')[0]}] done after {took}")
        elif event.cached:
            self._tell(event.number, " (as before)")
        else:
            self._tell(event.number, f" ({took})" if event.seconds >= _SHOWN_FROM else "")

    def _moved(self, event: Moved) -> None:
        share = event.bytes / event.total if event.total else 0.0
        text = (
            f"{event.verb} {event.reference}: {event.bytes / 1e6:.0f} of {event.total / 1e6:.0f} MB"
        )
        self._under_way(text)
        if self._live is None and share >= self._share + _EVERY:
            self._share = share
            self._line(f"    {text}")

    def _tell(self, number: int, more: str = "") -> None:
        name = self._steps.get(number, "")
        worth = name.partition("] ")[2].startswith(_WORTH)
        if number not in self._told and (worth or self._verbose):
            self._line(f"{name}{more}")
        self._told.add(number)

    def _under_way(self, text: str) -> None:
        if self._live is not None:
            self._live(text)


@contextmanager
def shown_steps(*, quiet: bool, verbose: bool) -> Iterator[Progress]:
    """Takes the events of a build; shows none where it is to be quiet."""
    if quiet:
        yield lambda _: None
        return
    if not sys.stderr.isatty():
        steps = Steps(_plain_line, None, verbose=verbose)
        with _reminding(steps.remind):
            yield steps.show
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, emoji=False, markup=False, soft_wrap=True)

    def live(text: str) -> None:
        # One line, however long the text is: the last column stays free.
        shown = Text(text)
        shown.truncate(max(console.width - 4, 10), overflow="ellipsis")
        status.update(shown)

    with console.status("") as status:
        yield Steps(lambda text: console.print(Text(text)), live, verbose=verbose).show


@contextmanager
def _reminding(remind: Callable[[], None]) -> Iterator[None]:
    """Calls it every second until the block ends: builders say nothing while nothing happens."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(1.0):
            with suppress(OSError, ValueError):  # nobody reads any more: the build says so itself
                remind()

    thread = threading.Thread(target=work, name="what is under way", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _plain_line(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _name(event: Began) -> str:
    where = event.stage or (
        f"{event.number:>{len(str(event.total))}}/{event.total}" if event.total else ""
    )
    words = event.instruction
    shown = words if len(words) <= _INSTRUCTION else f"{words[: _INSTRUCTION - 1]}…"
    return f"[{where}] {shown}"
