"""Shell commands, run the way the notebook ran them."""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import IO, Any

_SHELL = shutil.which("bash") or "/bin/sh"
_log = logging.getLogger(__name__)


class Lines(list[str]):
    """The lines that a command printed: `.l` the list, `.n` one text, `.s` separated by blanks."""

    @property
    def l(self) -> list[str]:  # noqa: E743
        """The lines themselves."""
        return self

    @property
    def n(self) -> str:
        """The lines as one text."""
        return "\n".join(self)

    @property
    def s(self) -> str:
        """The lines on one line."""
        return " ".join(self)


def run(command: str, *, check: bool = True) -> int:
    """Run a command line; what it prints appears on standard output as it comes.

    Returns the exit code. A command that fails raises `CalledProcessError` when `check` is true and
    is only logged otherwise.
    """
    code = _stream(command, shell=True, executable=_SHELL, stderr=subprocess.STDOUT)
    if code and check:
        raise subprocess.CalledProcessError(code, command)
    if code:
        _log.warning("exit code %d from: %s", code, command)
    return code


def capture(command: str) -> Lines:
    """The lines that a command prints, on either of its outputs. Its exit code is only logged."""
    sys.stdout.flush()
    done = subprocess.run(
        command,
        shell=True,
        executable=_SHELL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        _log.warning("exit code %d from: %s", done.returncode, command)
    return Lines(done.stdout.decode("utf-8", "replace").splitlines())


def script(text: str, interpreter: str, *, check: bool = True) -> None:
    """Run a script of several lines; what it prints appears on standard output as it comes.

    A script that fails raises `CalledProcessError` when `check` is true and is only logged
    otherwise.
    """
    with tempfile.TemporaryFile() as source:
        source.write(text.encode())
        source.seek(0)
        code = _stream([interpreter], stdin=source)
    if code and check:
        raise subprocess.CalledProcessError(code, interpreter)
    if code:
        _log.warning("exit code %d from a script of %s", code, interpreter)


def _stream(command: str | Sequence[str], stdin: IO[bytes] | None = None, **options: Any) -> int:
    """Pass a process's output on to `sys.stdout`, wherever that goes at the moment."""
    sys.stdout.flush()
    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, **options) as process:
        assert process.stdout is not None
        for line in io.TextIOWrapper(process.stdout, "utf-8", "replace", newline=""):
            sys.stdout.write(line)
        sys.stdout.flush()
    return process.returncode
