"""`nb2prod run`: run a project's image, and pass on what it says, its signals and its exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from nb2prod.cli.boundary import end, report
from nb2prod.cli.build import size
from nb2prod.cli.steps import shown_steps
from nb2prod.container.building.build import build
from nb2prod.container.project import Project
from nb2prod.container.running.outputs import Output
from nb2prod.container.running.run import Build, Ran, RunOptions
from nb2prod.container.running.run import run as run_image

NOT_STARTED = 125  # as docker says it
_CLOSED = 128 + signal.SIGPIPE
_SHOWN = 20  # files that are listed


def run(arguments: argparse.Namespace) -> int:
    """Run the program; its exit code, or 125 where it was not started."""
    # What is asked to end while an image is built has to take away what it made, too.
    signal.signal(signal.SIGTERM, end)
    tell = _silent if arguments.quiet else _tell
    try:
        ran = run_image(
            arguments.project or Path(),
            arguments.options,
            _options(arguments),
            stdout=sys.stdout.buffer,
            stderr=sys.stderr.buffer,
            tell=tell,
            build=_building(arguments),
            passing_on=_signals,
        )
    except BrokenPipeError:
        # Whoever reads has gone (`head`, a pager); a program that prints ends then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _CLOSED
    except Exception as error:  # noqa: BLE001 - told in words, with the code of what did not start
        report(error)
        return NOT_STARTED
    with suppress(BrokenPipeError):  # nobody listens any more; the code is the program's
        _close(ran, tell)
    return ran.exit_code


def _options(arguments: argparse.Namespace) -> RunOptions:
    given = {name: getattr(arguments, name) for name in ("data", "output", "work")}
    return RunOptions(
        tag=arguments.tag,
        directories={name: path for name, path in given.items() if path is not None},
        env=tuple(arguments.env or ()),
        env_file=arguments.env_file,
        secrets=arguments.secrets,
        gpus=arguments.gpus,
        network=arguments.network,
        port=arguments.port,
        read_only=arguments.read_only,
        engine=arguments.engine,
    )


def _building(arguments: argparse.Namespace) -> Build:
    """Builds as `nb2prod build` does, and shows how far it is."""

    def build_it(project: Project, reference: str) -> None:
        with shown_steps(quiet=arguments.quiet, verbose=False) as progress:
            build(project, tag=reference, engine=arguments.engine, progress=progress)

    return build_it


@contextmanager
def _signals(take: Callable[[int], None]) -> Iterator[None]:
    """Signals go to the program while the block runs; a terminal that closes ends it, too."""

    def pass_on(number: int, _: FrameType | None) -> None:
        take(signal.SIGTERM if number == signal.SIGHUP else number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _close(ran: Ran, tell: Callable[[str], None]) -> None:
    """Say what has become of the program, and where its results are."""
    if ran.out_of_memory:
        tell("The program ran out of memory, and the kernel ended a process of it.")
    elif ran.killed:
        tell("The program was killed: from outside, or by the kernel for want of memory.")
    for line in listed(ran.outputs):
        tell(line)


def listed(outputs: Sequence[Output]) -> Iterator[str]:
    """The files that a run made or changed, a line each; of many only the first."""
    if not outputs:
        return
    yield "new or changed files:"
    for output in outputs[:_SHOWN]:
        yield f"  {_printable(output.path)}  {size(output.size)}"
    if len(outputs) > _SHOWN:
        yield f"  and {len(outputs) - _SHOWN} more"


def _printable(text: str) -> str:
    """What names of files, and a project's own words, do to no terminal."""
    return "".join(char if char.isprintable() else "�" for char in text)


def _tell(text: str) -> None:
    line = _printable(text)
    print(f"nb2prod: {line}" if not line.startswith("  ") else line, file=sys.stderr, flush=True)


def _silent(_: str) -> None:
    pass
