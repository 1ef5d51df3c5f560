"""SIGTERM ends a generated program as an exit does."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
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
# What does not end when it is asked to: `stop` has to wait, is waited for, or is not heeded.
GOES_ON = {
    "a command": "import os\nos.system('echo ready; sleep 60')",
    "threads": (
        "import time\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(2) as pool:\n    pool.submit(time.sleep, 60)\n"
        "    {ready}\n    time.sleep(60)"
    ),
    "every error": (
        "import time\nwhile True:\n    try:\n        {ready}\n        time.sleep(60)\n    except:\n"
        "        pass"
    ),
    "a shell line": "from tiny import shell\nshell.run(\"trap '' TERM; echo ready; sleep 60\")",
}
# What ends, with the processes and threads that it has.
ENDS = {
    "processes": (
        "import multiprocessing, time\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "    {ready}\n    pool.map(time.sleep, [60, 60])"
    ),
    "a coroutine": (
        "import asyncio\nasync def wait():\n    {ready}\n    await asyncio.sleep(60)\n"
        "asyncio.run(wait())"
    ),
}
# A worker that is asked to end and has a handler of its own; the program goes on, and ends itself.
WORKER = """
import multiprocessing, signal, sys, time


def work(ready):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))
    ready.set()
    time.sleep(60)


def main(config):
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    worker = context.Process(target=work, args=(ready,))
    worker.start()
    ready.wait()
    worker.terminate()
    worker.join()
    time.sleep(2)
    print("ended by itself", worker.exitcode)
"""


def stopped(command: list[str], source: Path, *, kill_group: bool = False) -> tuple[int, str, str]:
    """What a process does that SIGTERM is sent to once it has said that it is ready. What it leaves
    running is killed then, as a container's engine does.
    """
    with subprocess.Popen(
        [sys.executable, *command],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(source)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("ready")
        process.send_signal(signal.SIGTERM)
        if kill_group:
            process.wait(30)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
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


def impatient(project: Path) -> Path:
    """The project's source, whose program waits for a second alone."""
    [main] = project.glob("src/*/__main__.py")
    text = main.read_text("utf-8")
    assert text.count("SECONDS_TO_STOP = 8 ") == 1
    main.write_text(text.replace("SECONDS_TO_STOP = 8 ", "SECONDS_TO_STOP = 1 "), "utf-8")
    return project / "src"


def as_function(lines: str) -> str:
    text = lines.replace("{ready}", "print('ready', flush=True)").replace("\n", "\n    ")
    return f"def main(config):\n    {text}\n"


@pytest.mark.parametrize("lines", GOES_ON.values(), ids=GOES_ON)
def test_what_goes_on_is_ended(
    make_migration: MakeMigration, write: WriteProject, lines: str
) -> None:
    migration = make_migration(source=as_function(lines))
    program = dataclasses.replace(migration.program, support=frozenset({"shell"}))
    source = impatient(write(dataclasses.replace(migration, program=program)))
    started = time.monotonic()
    code, _, _ = stopped(["-m", "tiny"], source, kill_group=True)
    assert code == 128 + signal.SIGTERM
    assert 1 <= time.monotonic() - started < 20


@pytest.mark.parametrize("lines", ENDS.values(), ids=ENDS)
def test_what_ends_is_waited_for(
    make_migration: MakeMigration, write: WriteProject, lines: str
) -> None:
    project = write(make_migration(source=as_function(lines)))
    started = time.monotonic()
    code, _, messages = stopped(["-m", "tiny"], project / "src", kill_group=True)
    assert code == 128 + signal.SIGTERM
    assert messages.splitlines()[-1].endswith("tiny: stopped")
    assert time.monotonic() - started < 8


def test_a_signal_for_a_worker_is_none_for_the_program(
    make_migration: MakeMigration, write: WriteProject
) -> None:
    source = impatient(write(make_migration(source=WORKER)))
    done = subprocess.run(
        [sys.executable, "-m", "tiny"],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "ended by itself 3\n"), done.stderr
