"""The one place where errors become exit codes and messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from nb2prod.errors import InternalError, Nb2prodError
from nb2prod.version import __version__

UNUSABLE = 2
INTERRUPTED = 130


def guarded(command: Callable[[], int]) -> int:
    """Run a command; a user's mistake becomes one sentence and 2, Ctrl-C 130, a bug a report."""
    try:
        return command()
    except KeyboardInterrupt:
        print("nb2prod: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`head`, a pager) has gone; what is still buffered must not raise at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the one boundary: whatever comes is told in words
        return report(error)


def end(number: int, _: object) -> NoReturn:
    """A handler of signals: leave as after an error, so that what is under way is tidied up."""
    raise SystemExit(128 + number)


def report(error: Exception, subject: str = "") -> int:
    """Say what went wrong (with `subject`, which file) and give the exit code."""
    prefix = f"nb2prod: {subject}: " if subject else "nb2prod: "
    if isinstance(error, Nb2prodError) and not isinstance(error, InternalError):
        print(f"{prefix}{error}", file=sys.stderr)
    else:
        print(f"{prefix}{_bug_report(error)}", file=sys.stderr)
    return UNUSABLE


def _bug_report(error: Exception) -> str:
    import tempfile
    import traceback

    handle, path = tempfile.mkstemp(prefix="nb2prod-error-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"nb2prod {__version__}, Python {sys.version}\n\n")
        file.writelines(traceback.format_exception(error))
    return (
        f"this is a bug in nb2prod, not a mistake of yours ({type(error).__name__}). Please report"
        " it to the project's issue tracker with the notebook, if you may share it, and the file"
        f" {path}"
    )
