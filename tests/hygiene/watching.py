"""Checking and fixing notebooks in processes that are killed when they do not come back."""

from __future__ import annotations

import json
import multiprocessing
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import NamedTuple

from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.diff import differences
from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.fixing import fix_content
from nb2prod.hygiene.model import Profile
from tests.hygiene.mutations import mutated

ALL = Profile(frozenset(rule.code for rule in RULES))
NAME = "mutated.ipynb"
# Far more than any notebook of these sizes takes.
SECONDS = 20.0
_SPAWN = multiprocessing.get_context("spawn")


class Trouble(NamedTuple):
    """What is wrong with how a mutated notebook, by its seed, was checked or fixed."""

    seed: int
    kind: str
    said: str


def watched(
    seeds: Iterable[int],
    others: Sequence[bytes] = (),
    *,
    processes: int = 1,
    seconds: float = SECONDS,
) -> Iterator[Trouble]:
    """The troubles with the mutated notebooks of these seeds; one that takes longer than `seconds`
    is a hang, and its process is killed.
    """
    waiting = iter(seeds)
    workers = [_Worker(others, seconds) for _ in range(processes)]
    busy = [worker for worker in workers if worker.give(next(waiting, None))]
    try:
        while busy:
            first = min(worker.until for worker in busy)
            wait([worker.pipe for worker in busy], max(0.0, first - time.monotonic()))
            for worker in list(busy):
                if not (found := worker.take()) and not worker.idle:
                    continue
                yield from found
                if not worker.give(next(waiting, None)):
                    busy.remove(worker)
    finally:
        for worker in workers:
            worker.stop()


def troubles(seed: int, content: bytes, *, unsafe: bool) -> Iterator[Trouble]:
    """What is wrong with how these bytes are checked and fixed, told as that of a seed."""
    try:
        for kind, said in _broken_promises(content, unsafe=unsafe):
            yield Trouble(seed, kind, said)
    except Exception:  # noqa: BLE001 - any at all is what is looked for
        yield Trouble(seed, "exception", "".join(traceback.format_exc(limit=-6)))


def _broken_promises(content: bytes, *, unsafe: bool) -> Iterator[tuple[str, str]]:
    findings = check_content(content, NAME, ALL)
    if findings != check_content(content, NAME, ALL):
        yield "two checks differ", ""
    for finding in findings:
        json.dumps(finding.message).encode()
    done = fix_content(content, NAME, ALL, unsafe=unsafe)
    if not done.fixed and done.content != content:
        yield "changed without a fix", ""
    if _is_json(content) and not _is_json(done.content):
        yield "no JSON after the fixes", f"{dict(done.fixed)}"
        return
    if check_content(done.content, NAME, ALL) != done.findings:
        yield "findings after the fixes differ", f"{dict(done.fixed)}"
    again = fix_content(done.content, NAME, ALL, unsafe=unsafe)
    if again.content != done.content:
        yield "fixing twice differs", f"{dict(done.fixed)}, then {dict(again.fixed)}"
    if done.content != content:
        before, after = (Context(NAME, one, ALL) for one in (content, done.content))
        list(differences(before, after))


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return True


class _Worker:
    """A process that takes seeds, and that is made anew where it had to be killed."""

    def __init__(self, others: Sequence[bytes], seconds: float) -> None:
        self._others, self._seconds = others, seconds
        self._seed = 0
        self.until = 0.0
        self.idle = True
        self._start()

    def _start(self) -> None:
        self.pipe: Connection
        self.pipe, theirs = _SPAWN.Pipe()
        self._process: SpawnProcess = _SPAWN.Process(
            target=_work, args=(theirs, self._others), daemon=True
        )
        self._process.start()
        theirs.close()
        self.pipe.recv()  # it is there; loading counts for no notebook

    def give(self, seed: int | None) -> bool:
        """Let it work on a seed; false where there is none left."""
        if seed is None:
            return False
        self._seed, self.idle = seed, False
        self.until = time.monotonic() + self._seconds
        self.pipe.send(seed)
        return True

    def take(self) -> list[Trouble]:
        """What it found, once it is done or has to be given up."""
        try:
            if self.pipe.poll():
                found: list[Trouble] = self.pipe.recv()
                self.idle = True
                return found
            if time.monotonic() < self.until:
                return []
            kind, said = "hang", f"longer than {self._seconds:.0f} s"
        except (EOFError, OSError):
            kind, said = "crash", f"exit code {self._process.exitcode}"
        self.stop()
        self._start()
        self.idle = True
        return [Trouble(self._seed, kind, said)]

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _work(pipe: Connection, others: Sequence[bytes]) -> None:
    pipe.send(None)
    while True:
        try:
            seed: int = pipe.recv()
        except EOFError:
            return
        content = mutated(seed, others)
        pipe.send(list(troubles(seed, content, unsafe=bool(seed % 2))))
