"""What a cell prints, kept in a variable instead of shown (`%%capture`)."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout


class Captured:
    """The text that was printed on either output; `show()` prints it after all."""

    def __init__(self) -> None:
        self.out = io.StringIO()
        self.err = io.StringIO()

    @property
    def stdout(self) -> str:
        """What was printed on standard output."""
        return self.out.getvalue()

    @property
    def stderr(self) -> str:
        """What was printed on standard error."""
        return self.err.getvalue()

    def show(self) -> None:
        """Print what was kept."""
        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)

    __call__ = show

    def __str__(self) -> str:
        return self.stdout


@contextmanager
def captured(*, stdout: bool = True, stderr: bool = True) -> Iterator[Captured]:
    """Keep what is printed until the block ends, on the outputs that are true."""
    kept = Captured()
    with ExitStack() as redirections:
        if stdout:
            redirections.enter_context(redirect_stdout(kept.out))
        if stderr:
            redirections.enter_context(redirect_stderr(kept.err))
        yield kept
