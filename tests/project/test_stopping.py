"""SIGTERM ends a generated program as an exit does."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nb2prod.migration import Migration
from nb2prod.program.model import Layout

MakeMigration = Callable[..., Migration]
WriteProject = Callable[[Migration], Path]

WAITS = """
import atexit, sys, time

atexit.register(print, "registered")
try:
    print("ready", flush=True)
    time.sleep(60)
finally:
    print("cleaned")
"""
AS_FUNCTION = "def main(config):" + WAITS.replace("\n", "\n    ")
# A worker that the notebook starts, and ends, as `multiprocessing` does.
FORKS = """
import os, signal, time


def main(config):
    child = os.fork()
    if not child:
        time.sleep(60)
    time.sleep(0.2)
    os.kill(child, signal.SIGTERM)
    print(os.WTERMSIG(os.waitpid(child, 0)[1]))
"""
SHELL = """
from tiny import shell


def main(config):
    shell.run("echo ready $$; exec sleep 60")
"""


def stopped(command: list[str], source: Path) -> tuple[int, str, str]:
    """What a process does that SIGTERM is sent to once it has said that it is ready."""
    with subprocess.Popen(
        [sys.executable, *command],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(source)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("ready")
        process.send_signal(signal.SIGTERM)
        rest, messages = process.communicate(timeout=30)
    return process.returncode, ready + rest, messages


@pytest.mark.parametrize("rung", ["main", "script"])
def test_what_comes_last_runs(
    make_migration: MakeMigration, write: WriteProject, rung: str
) -> None:
    source = WAITS if rung == "script" else AS_FUNCTION
    project = write(make_migration(source=source, layout=Layout(rung)))  # type: ignore[arg-type]
    code, printed, messages = stopped(["-m", "tiny"], project / "src")
    assert code == 128 + signal.SIGTERM
    assert printed == "ready\ncleaned\nregistered\n"
    assert [line.partition("tiny: ")[2] for line in messages.splitlines()] == ["started", "stopped"]


def test_processes_that_the_notebook_starts_end_as_always(
    make_migration: MakeMigration, write: WriteProject
) -> None:
    project = write(make_migration(source=FORKS))
    done = subprocess.run(
        [sys.executable, "-m", "tiny"],
        env={"PYTHONPATH": str(project / "src")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout == f"{int(signal.SIGTERM)}\n", done.stderr
    assert "stopped" not in done.stderr


def test_a_shell_line_ends_with_the_program(
    make_migration: MakeMigration, write: WriteProject
) -> None:
    migration = make_migration(source=SHELL)
    program = dataclasses.replace(migration.program, support=frozenset({"shell"}))
    project = write(dataclasses.replace(migration, program=program))
    code, printed, _ = stopped(["-m", "tiny"], project / "src")
    assert code == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(int(printed.split()[1]), 0)
