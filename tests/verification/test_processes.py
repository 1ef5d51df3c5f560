"""A run ends within its limits, and nothing is left of it, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import nb2prod
from nb2prod.verification.processes import WORD, LimitReached, Limits, run_process
from nb2prod.verification.verify import verify
from tests.hygiene.build import written

SOURCES = Path(nb2prod.__file__).resolve().parents[1]
# A process that leaves the group and the session of the one that starts it.
DAEMON = """import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(100)
    os._exit(0)
os.wait()
"""


def run(tmp_path: Path, code: str, limits: Limits, word: str) -> int:
    """Run some Python; what it says goes to `out` and `err`."""
    return run_process(
        [sys.executable, "-c", code],
        directory=tmp_path,
        variables={**os.environ, WORD: word},
        out=tmp_path / "out",
        err=tmp_path / "err",
        limits=limits,
    )


def with_variable(name: str, value: str) -> list[psutil.Process]:
    """The processes with that variable in their environment; not those that have ended."""
    found = []
    for process in psutil.process_iter():
        try:
            held = process.environ().get(name)
            alive = process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, OSError):
            continue
        if alive and held == value:
            found.append(process)
    return found


def gone(name: str, value: str) -> bool:
    """Whether none of them is there any more; one that was killed takes a moment."""
    deadline = time.monotonic() + 5
    while with_variable(name, value):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_the_exit_code_and_what_was_said(tmp_path: Path) -> None:
    code = "import sys; print('a'); print('b', file=sys.stderr); sys.exit(7)"
    assert run(tmp_path, code, Limits(30), "plain") == 7
    assert (tmp_path / "out").read_text("utf-8") == "a\n"
    assert (tmp_path / "err").read_text("utf-8") == "b\n"


def test_a_process_that_went_its_own_way_ends_with_the_run(tmp_path: Path) -> None:
    assert run(tmp_path, DAEMON, Limits(30), "daemon") == 0
    assert gone(WORD, "daemon")


@pytest.mark.parametrize(
    ("code", "limits", "reason"),
    [
        ("import time; time.sleep(60)", Limits(0.5), "it ran for more than 0.5 seconds"),
        (
            f"{DAEMON}time.sleep(60)",
            Limits(0.5),
            "it ran for more than 0.5 seconds",
        ),
        (
            "import time; x = b'x' * 300_000_000; time.sleep(60)",
            Limits(30, 200_000_000),
            "it took more than 0.2 GB of memory",
        ),
        (
            # Of all its processes together.
            "import os, time\nfor _ in range(3): os.fork()\nx = b'x' * 50_000_000; time.sleep(60)",
            Limits(30, 300_000_000),
            "it took more than 0.3 GB of memory",
        ),
    ],
)
def test_limits(tmp_path: Path, code: str, limits: Limits, reason: str) -> None:
    with pytest.raises(LimitReached, match=f"^{reason}"):
        run(tmp_path, code, limits, "limited")
    assert gone(WORD, "limited")


# -- of a whole verification -----------------------------------------------------------------------


@pytest.fixture
def notebook_at(tmp_path: Path) -> Callable[..., Path]:
    """Writes a notebook; its path."""

    def write(*cells: str) -> Path:
        path = tmp_path / "notebook.ipynb"
        path.write_bytes(written(*cells))
        return path

    return write


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "limits", "reason"),
    [
        (
            "import time\ntime.sleep(60)",
            Limits(3),
            "it ran for more than 3 seconds (--timeout)",
        ),
        (
            "import time\nx = b'x' * 600_000_000\ntime.sleep(60)",
            Limits(60, 500_000_000),
            "it took more than 0.5 GB of memory (--memory)",
        ),
    ],
)
def test_a_notebook_that_takes_too_much_does_not_run_here(
    notebook_at: Callable[..., Path], cell: str, limits: Limits, reason: str
) -> None:
    found = verify(notebook_at(cell), limits=limits)
    assert (found.verdict, found.reason) == ("does not run here", reason)


def test_a_daemon_of_the_notebook_s_is_gone(
    notebook_at: Callable[..., Path], tmp_path: Path
) -> None:
    mark = f"nb2prod-{os.getpid()}-{tmp_path.name}"
    cell = (
        "import subprocess, sys\n"
        f"words = [sys.executable, '-c', 'import time; time.sleep(100)', '{mark}']\n"
        "started = subprocess.Popen(words, start_new_session=True) is not None"
    )
    found = verify(notebook_at(cell), once=True)
    assert found.verdict == "equivalent", found.reason
    left = [one for one in psutil.process_iter(["cmdline"]) if mark in (one.info["cmdline"] or ())]
    assert [one for one in left if one.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_command_that_is_stopped_leaves_nothing(
    notebook_at: Callable[..., Path], tmp_path: Path, number: signal.Signals
) -> None:
    begun, temporary = tmp_path / "begun", tmp_path / "temporary"
    temporary.mkdir()
    # What the notebook writes is seen in the temporary directory of the verification.
    notebook = notebook_at(
        "import subprocess, sys, time\n"
        "words = [sys.executable, '-c', 'import time; time.sleep(100)']\n"
        "subprocess.Popen(words, start_new_session=True)\n"
        f"open('{begun.name}', 'w').close()\n"
        "time.sleep(100)"
    )
    own = {"STARTED_BY": str(tmp_path)}  # all that the command starts has it
    process = subprocess.Popen(
        [sys.executable, "-m", "nb2prod", "verify", str(notebook)],
        cwd=tmp_path,
        env={**os.environ, **own, "PYTHONPATH": str(SOURCES), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        deadline = time.monotonic() + 60
        while not list(temporary.rglob(begun.name)):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        running = len(with_variable("STARTED_BY", str(tmp_path)))
        process.send_signal(number)
        said, complaints = process.communicate(timeout=30)
        left_nothing = gone("STARTED_BY", str(tmp_path))
    finally:
        for left in with_variable("STARTED_BY", str(tmp_path)):
            left.kill()
        process.communicate()
    assert running >= 4  # the command, what runs the notebook, its kernel, the kernel's own child
    assert process.returncode == 128 + number
    assert "Traceback" not in said + complaints
    assert list(temporary.iterdir()) == []
    assert left_nothing
