"""Running a process of a verification: within its limits, and with nothing left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

WORD = "NB2PROD_VERIFICATION"
_PAUSE = 0.1  # seconds between two looks at a process
_MEMORY_PAUSE = 1.0
_ROUNDS = 10  # for what was started while its parent was looked for


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take: seconds, and bytes of memory of all its processes together."""

    seconds: float = 3600.0
    memory: int | None = None


class LimitReached(Exception):
    """A run was ended because it took too long or too much."""


def out_of_time(limits: Limits) -> LimitReached:
    """It took too long."""
    return LimitReached(f"it ran for more than {limits.seconds:g} seconds (--timeout)")


def out_of_memory(limits: Limits) -> LimitReached:
    """It took too much."""
    gigabytes = (limits.memory or 0) / 1e9
    return LimitReached(f"it took more than {gigabytes:g} GB of memory (--memory)")


def run_process(
    command: Sequence[str],
    *,
    directory: Path,
    variables: Mapping[str, str],
    out: Path,
    err: Path,
    limits: Limits,
    watch: Callable[[], None] = lambda: None,
) -> int:
    """Run a command and return its exit code; `watch` is called all along.

    All processes that it starts end with it, those that left its group and session, too: they are
    known by the variable `WORD` in their environment. LimitReached when it runs into a limit.
    """
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            return _waited(process, variables[WORD], limits, watch)
        finally:
            end_all(process.pid, variables[WORD])
            process.wait()


def _waited(
    process: subprocess.Popen[bytes], word: str, limits: Limits, watch: Callable[[], None]
) -> int:
    started = looked = time.monotonic()
    while True:
        try:
            return process.wait(timeout=_PAUSE)
        except subprocess.TimeoutExpired:
            watch()
        now = time.monotonic()
        if now - started > limits.seconds:
            raise out_of_time(limits)
        if limits.memory is not None and now - looked > _MEMORY_PAUSE:
            looked = now
            if _memory(word) > limits.memory:
                raise out_of_memory(limits)


def end_all(group: int, word: str) -> None:
    """End a process, its group, and whatever else belongs to the run."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    for _ in range(_ROUNDS):
        found = _processes(word)
        for process in found:
            try:
                process.kill()
            except Exception:  # noqa: BLE001 - it is gone, or never was ours
                continue
        if not found:
            return


def _memory(word: str) -> int:
    total = 0
    for process in _processes(word):
        try:
            total += process.memory_info().rss
        except Exception:  # noqa: BLE001 - it has just ended
            continue
    return total


def _processes(word: str) -> list[psutil.Process]:
    import psutil

    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(WORD) == word:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
