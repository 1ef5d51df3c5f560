"""A program in a container: started, followed to its end, and taken away whatever happens."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from nb2prod.container.engine import engine_errors
from nb2prod.container.running.refusals import lacks_init
from nb2prod.errors import Nb2prodError

if TYPE_CHECKING:
    from docker import DockerClient

KILLED = 128 + signal.SIGKILL
_GRACE = 10.0  # seconds from SIGTERM until it is killed, as docker stop gives them
# A terminal that closes, and `timeout`, send what is meant once to the group and to each of it.
_ONCE = 1.0

PassingOn = Callable[[Callable[[int], None]], AbstractContextManager[None]]
"""Given what takes the numbers of signals, a context in which signals go there. It may be called
within a handler, at any time."""


class CannotRun(Nb2prodError):
    """The program was not started, or could not be followed; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended. `out_of_memory`: the kernel ended one of its processes for want of it;
    `killed`: somebody other than this process's user killed it.
    """

    exit_code: int
    out_of_memory: bool
    killed: bool


class Refused(Exception):
    """An engine did not start a container; the text is what it said."""


# The number of a signal, and when it came: the engine may be slow to take the one before.
_Signal: TypeAlias = tuple[int, float]
# Signals; then None when all is said, or what went wrong.
_Events: TypeAlias = "SimpleQueue[_Signal | Exception | None]"


# What an attached container says: pieces of its standard output, and of its standard error.
_Pieces: TypeAlias = "Iterable[tuple[bytes | None, bytes | None]]"


def run_container(
    client: DockerClient,
    image: str,
    words: Sequence[str],
    settings: Mapping[str, Any],
    *,
    stdout: BinaryIO | None,
    stderr: BinaryIO | None,
    passing_on: PassingOn,
) -> Ended:
    """Run a container with these words behind the image's entry point. `settings` are as the SDK
    takes them. What it prints is written as it comes.

    Raises `Refused`, `CannotRun`, and what writing raises.
    """
    try:
        return _run(client, image, words, {**settings, "init": True}, stdout, stderr, passing_on)
    except Refused as error:
        if not lacks_init(str(error)):
            raise
    return _run(client, image, words, settings, stdout, stderr, passing_on)


def _run(
    client: DockerClient,
    image: str,
    words: Sequence[str],
    settings: Mapping[str, Any],
    stdout: BinaryIO | None,
    stderr: BinaryIO | None,
    passing_on: PassingOn,
) -> Ended:
    events: _Events = SimpleQueue()
    with (
        passing_on(lambda number: events.put((number, time.monotonic()))),
        _explained(),
        _created(client, image, words, settings) as name,
        # Before it starts, so that nothing it says is missed.
        _attached(client, name) as stream,
    ):
        with _refusing():
            client.api.start(name)
        Thread(target=_pump, args=(stream, stdout, stderr, events), daemon=True).start()
        return _followed(client, name, events)


@contextmanager
def _created(
    client: DockerClient, image: str, words: Sequence[str], settings: Mapping[str, Any]
) -> Iterator[str]:
    """A container that has not started yet, by its name; it goes with the block."""
    from docker.types import LogConfig

    # It has its name before it is there: whatever comes in between, it can be taken away.
    name = f"nb2prod-run-{secrets.token_hex(8)}"
    # All of it is shown as it comes; an engine's own copy would only fill its disk.
    log = LogConfig(type="none")
    try:
        with _refusing():
            client.containers.create(image, list(words), name=name, log_config=log, **settings)
        yield name
    finally:
        # Where it cannot be, the next run names it; that must not hide how this one ended.
        with suppress(*engine_errors()):
            client.api.remove_container(name, force=True, v=True)


@contextmanager
def _attached(client: DockerClient, name: str) -> Iterator[_Pieces]:
    """What the container will say, piece by piece, while the block runs."""
    stream: Any = client.api.attach(name, stdout=True, stderr=True, stream=True, demux=True)
    try:
        yield stream
    finally:
        with suppress(*engine_errors(), OSError):  # not over SSH, and not twice
            stream.close()
        # The SDK ends the stream, and leaves the connection open.
        stream._response.close()


@contextmanager
def _refusing() -> Iterator[None]:
    """`Refused` where the engine does not do what it is asked for."""
    from docker.errors import APIError

    try:
        yield
    except APIError as error:
        raise Refused(str(error.explanation or error)) from error


@contextmanager
def _explained() -> Iterator[None]:
    """`CannotRun` where the engine is lost on the way."""
    try:
        yield
    except engine_errors() as error:
        raise CannotRun(
            "The engine stopped answering while the program ran; whether it still runs, docker ps"
            " shows once the engine is there again."
        ) from error


def _pump(
    stream: _Pieces,
    stdout: BinaryIO | None,
    stderr: BinaryIO | None,
    events: _Events,
) -> None:
    """Write what comes, each kind where it belongs; then None is put, or what went wrong."""
    try:
        for printed, said in stream:
            for text, file in ((printed, stdout), (said, stderr)):
                if text and file is not None:
                    file.write(text)
                    file.flush()
    except Exception as error:  # noqa: BLE001 - it is raised where the end is waited for
        events.put(error)
    else:
        events.put(None)


def _followed(client: DockerClient, name: str, events: _Events) -> Ended:
    """Pass signals on until the program has ended. A second Ctrl-C or SIGTERM kills it, and so does
    the end of its grace after SIGTERM.
    """
    interrupted = killed = False
    asked: float | None = None  # when SIGTERM came
    while (event := _next(events, None if asked is None or killed else asked + _GRACE)) is not None:
        if isinstance(event, OSError) and not isinstance(event, BrokenPipeError):
            reason = event.strerror or event
            raise CannotRun(
                f"What the program prints cannot be written ({reason}); it was ended."
            ) from event
        if isinstance(event, Exception):
            raise event
        number, came = event
        if number == signal.SIGINT:
            killed = killed or interrupted
            interrupted = True
        elif number == signal.SIGTERM:
            asked = asked if asked is not None else came
            killed = killed or came - asked > _ONCE
        _signal(client, name, signal.SIGKILL if killed else number)
    code = int(client.api.wait(name, timeout=None)["StatusCode"])
    state = client.api.inspect_container(name)["State"]
    return Ended(code, bool(state.get("OOMKilled")), code == KILLED and not killed)


def _next(events: _Events, until: float | None) -> _Signal | Exception | None:
    """The next event; at that time, where it is given, SIGTERM once more."""
    try:
        return events.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
    except Empty:
        return signal.SIGTERM, time.monotonic()


def _signal(client: DockerClient, name: str, number: int) -> None:
    from docker.errors import APIError

    with suppress(APIError):  # it has ended in between
        client.api.kill(name, number)
