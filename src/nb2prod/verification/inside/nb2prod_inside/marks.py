"""Marks between what a process writes: where a cell begins, a value is shown, a line was dropped.

A mark is JSON between two zero bytes, behind a word that belongs to the run alone; who reads the
output takes it out again.
"""

from __future__ import annotations

import json
import os
import sys


class Marks:
    """Writes marks to the outputs of this process."""

    def __init__(self, word: str) -> None:
        self._word = word
        self._stdout = sys.stdout

    def text(self, kind: str, **details: object) -> str:
        """A mark as text."""
        return "\0{}{}\0".format(self._word, json.dumps({"mark": kind, **details}))

    def everywhere(self, kind: str, **details: object) -> None:
        """Write a mark to both outputs, behind all that was printed."""
        written = self.text(kind, **details).encode()
        for number, stream in ((1, sys.stdout), (2, sys.stderr)):
            flush(stream)
            os.write(number, written)

    def shown(self, kind: str, **details: object) -> None:
        """Write a mark to standard output, unless what is printed goes elsewhere."""
        if sys.stdout is self._stdout:
            sys.stdout.write(self.text(kind, **details))


def flush(stream: object) -> None:
    """Send on what a stream holds back."""
    try:
        stream.flush()  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - a notebook may put anything there
        return
