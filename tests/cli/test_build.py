"""What `nb2prod build` shows of a build's steps; tests/container has the builds themselves."""

from __future__ import annotations

import threading

import pytest

from nb2prod.cli.build import size
from nb2prod.cli.steps import Steps, shown_steps
from nb2prod.container.progress import Began, Done, Event, Moved, Said, Told

EVENTS: list[Event] = [
    Told("a note"),
    Began(1, 12, None, "ARG A=1"),
    Done(1, cached=False, seconds=0.0),
    Began(2, 12, None, "FROM base:1"),
    Moved("pulling", "base:1", 1_000_000, 100_000_000),
    Moved("pulling", "base:1", 50_000_000, 100_000_000),
    Moved("pulling", "base:1", 52_000_000, 100_000_000),
    Done(2, cached=False, seconds=3.2),
    Began(3, 12, None, "COPY src /src"),
    Done(3, cached=True, seconds=0.0),
    Began(12, 12, None, f"RUN {'x' * 100}"),
    Said(12, "working"),
    Done(12, cached=False, seconds=20.4),
]
LONG = f"[12/12] RUN {'x' * 85}…"


@pytest.mark.parametrize(
    ("verbose", "lines"),
    [
        (
            False,
            [
                "a note",
                "    pulling base:1: 50 of 100 MB",
                "[ 2/12] FROM base:1 (3 s)",
                "[ 3/12] COPY src /src (as before)",
                LONG,
                "[12/12] done after 20 s",
            ],
        ),
        (
            True,
            [
                "a note",
                "[ 1/12] ARG A=1",
                "[ 2/12] FROM base:1",
                "    pulling base:1: 50 of 100 MB",
                "[ 2/12] done after 3 s",
                "[ 3/12] COPY src /src",
                "[ 3/12] as before",
                LONG,
                "    working",
                "[12/12] done after 20 s",
            ],
        ),
    ],
)
def test_off_a_terminal_there_are_plain_lines(verbose: bool, lines: list[str]) -> None:
    shown: list[str] = []
    steps = Steps(shown.append, None, verbose=verbose)
    for event in EVENTS:
        steps.show(event)
    assert shown == lines


def test_off_a_terminal_a_long_step_is_told_of() -> None:
    shown: list[str] = []
    now = 100.0
    steps = Steps(shown.append, None, verbose=False, clock=lambda: now)
    steps.show(Began(4, 5, None, "RUN long"))
    for moment in (110.0, 130.0, 131.0, 159.0, 160.0):
        now = moment
        steps.remind()
    assert shown == ["    still at [4/5] RUN long, 30 s", "    still at [4/5] RUN long, 60 s"]
    steps.show(Done(4, cached=False, seconds=60.0))
    now = 300.0
    steps.remind()
    assert shown[2:] == ["[4/5] RUN long (60 s)"]


def test_nothing_is_told_of_when_the_build_is_over() -> None:
    with shown_steps(quiet=False, verbose=False):
        assert "what is under way" in [one.name for one in threading.enumerate()]
    assert "what is under way" not in [one.name for one in threading.enumerate()]


def test_on_a_terminal_one_line_lives() -> None:
    shown: list[str] = []
    live: list[str] = []
    steps = Steps(shown.append, live.append, verbose=False)
    for event in EVENTS:
        steps.show(event)
    assert shown == [
        "a note",
        "[ 2/12] FROM base:1 (3 s)",
        "[ 3/12] COPY src /src (as before)",
        f"{LONG} (20 s)",
    ]
    assert live[1:3] == ["[ 2/12] FROM base:1", "pulling base:1: 1 of 100 MB"]
    assert live[-1] == f"{LONG}: working"


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 B"), (999, "999 B"), (8_892, "8.9 kB"), (78_184_156, "78 MB"), (1.25e9, "1.2 GB")],
)
def test_sizes(count: float, shown: str) -> None:
    assert size(int(count)) == shown
