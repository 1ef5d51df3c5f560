"""Shell commands, run the way the notebook ran them."""

from __future__ import annotations

import codecs
import logging
import os
import re
import runpy
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

_SHELL = shutil.which("bash") or "/bin/sh"
_log = logging.getLogger(__name__)
_SECRET_NAME = re.compile("KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)


class Lines(list):
    """The lines that a command printed: `.l` the list, `.n` one text, `.s` separated by blanks,
    `.p` the files among them.
    """

    @property
    def l(self) -> Lines:  # noqa: E743
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

    @property
    def p(self) -> list[Path]:
        """The lines that are paths of something that exists."""
        return [Path(line) for line in self if Path(line).exists()]

    nlstr, spstr, paths = n, s, p

    def grep(
        self, pattern: str | Callable[[str], Any], prune: bool = False, field: int | None = None
    ) -> Lines:
        """The lines that match, in any case; with `prune` those that do not. `field` is the word
        of a line that is looked at.
        """
        search = re.compile(pattern, re.IGNORECASE).search if isinstance(pattern, str) else pattern

        def looked_at(line: str) -> str:
            return line if field is None else "".join(_words(line.split(), [field]))

        return Lines(line for line in self if bool(search(looked_at(line))) != bool(prune))

    def fields(self, *numbers: int) -> list[Any]:
        """The words of these numbers in each line; without numbers, each line's list of words."""
        if not numbers:
            return [line.split() for line in self]
        rows = (" ".join(_words(line.split(), numbers)) for line in self)
        return Lines(row for row in rows if row)

    def sort(self, field: int | None = None, nums: bool = False) -> Lines:  # type: ignore[override]
        """New lines in order of one word or of the whole, with `nums` by the number in it."""

        def key(line: str) -> tuple[Any, str]:
            part = list(line) if field is None else _words(line.split(), [field])
            digits = "".join(piece for piece in part if piece.isdigit())
            return (int(digits or 0) if nums else "".join(part)), line

        return Lines(sorted(self, key=key))


class Output(NamedTuple):
    """What a script wrote, as far as it was kept."""

    out: str
    err: str


def run(command: str, *, check: bool = True) -> int:
    """Run a command line; what it prints appears on standard output as it comes.

    Returns the exit code, for a signal as a negative number. A command that fails raises
    `CalledProcessError` when `check` is true and is only logged otherwise.
    """
    code = _stream(command, shell=True, executable=_SHELL, stderr=subprocess.STDOUT)
    _judge(code, command, check=check)
    return 128 - code if code > 128 else code


def start(command: str) -> None:
    """Run a command line that leaves something running behind it (`&`); how it ends is its own
    affair.
    """
    sys.stdout.flush()
    subprocess.run(command, shell=True, executable=_SHELL, stdin=subprocess.DEVNULL, check=False)


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
    _judge(done.returncode, command, check=False)
    return Lines(done.stdout.decode("utf-8", "replace").splitlines())


def script(
    text: str, *program: str, check: bool = True, out: bool = False, err: bool = False
) -> Output:
    """Run a script of several lines; what it prints appears on standard output as it comes.

    `program` is what reads it, with its arguments. `out` and `err` keep what it writes to either
    output instead. A script that fails raises `CalledProcessError` when `check` is true and is only
    logged otherwise.
    """
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as errors:
        source.write(text.encode())
        source.seek(0)
        kept: list[str] = []
        code = _stream(program, kept if out else None, stdin=source, stderr=errors if err else None)
        errors.seek(0)
        _judge(code, " ".join(program), check=check)
        return Output("".join(kept), errors.read().decode("utf-8", "replace"))


def start_script(text: str, *program: str) -> None:
    """Leave a script running in the background; what it prints is lost, as in the notebook."""
    with tempfile.TemporaryFile() as source:
        source.write(text.encode())
        source.seek(0)
        quiet = subprocess.DEVNULL
        subprocess.Popen(program, stdin=source, stdout=quiet, stderr=quiet)


def run_file(
    path: str | Path, *arguments: str, names: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Run a Python file in this process and return the variables that it ends with.

    `names` are variables that it begins with.
    """
    path, before = str(Path(path).expanduser()), sys.argv
    sys.argv = [path, *arguments]
    try:
        return runpy.run_path(path, dict(names or {}), "__main__")
    except SystemExit as ended:  # the file ends, the notebook goes on
        if ended.code:
            _log.warning("exit code %s from: %s", ended.code, path)
        return {}
    finally:
        sys.argv = before


def copied(name: str) -> Path:
    """A file that was copied from beside the notebook: it lies beside this package."""
    return Path(__file__).parents[1] / name


def quoted(path: object) -> str:
    """A path as one word of a command line, whatever blanks and signs it holds."""
    return shlex.quote(str(path))


def _words(words: Sequence[str], numbers: Sequence[int]) -> list[str]:
    return [words[number] for number in numbers if -len(words) <= number < len(words)]


def _judge(code: int, command: str, *, check: bool) -> None:
    if code and check:
        raise subprocess.CalledProcessError(code, _without_secrets(command))
    if code:
        _log.warning("exit code %d from: %s", code, _without_secrets(command))


def _without_secrets(command: str) -> str:
    """The command as it may be logged: values of the environment's secrets by their names."""
    for name, value in os.environ.items():
        if len(value) >= 8 and _SECRET_NAME.search(name):
            command = command.replace(value, f"${name}")
    return command


def _stream(
    command: str | Sequence[str],
    kept: list[str] | None = None,
    stdin: IO[bytes] | None = None,
    **options: Any,
) -> int:
    """Pass a process's output on to `sys.stdout`, wherever that goes at the moment, or keep it.

    The process's end is the end, although something that it leaves running may hold its output.
    """
    sys.stdout.flush()
    write = sys.stdout.write if kept is None else kept.append
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, **options) as process:
        assert process.stdout is not None
        output = process.stdout.fileno()
        try:
            ended = False
            while True:
                ended = process.poll() is not None
                if select.select([output], [], [], 0 if ended else 0.05)[0]:
                    chunk = os.read(output, 65536)
                    write(decoder.decode(chunk, final=not chunk))
                    sys.stdout.flush()
                    if not chunk:
                        break
                elif ended:
                    break
        except BaseException:
            process.terminate()  # the program is stopped, and this with it
            raise
    return process.returncode
