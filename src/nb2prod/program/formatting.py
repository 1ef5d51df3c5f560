"""Formatting generated code: ruff, in one call."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from nb2prod.errors import InternalError

LINE_LENGTH = 100


def format_modules(sources: Mapping[str, str], python: str) -> dict[str, str]:
    """Format Python sources, by file name, for a Python version ("3.12").

    The names come back unchanged. Raises `InternalError` when a source does not parse, because
    generated code always must.
    """
    from ruff import find_ruff_bin

    with tempfile.TemporaryDirectory() as folder:
        for name, source in sources.items():
            (Path(folder) / name).write_text(source, encoding="utf-8")
        command = [
            find_ruff_bin(),
            "format",
            "--isolated",
            "--no-cache",
            "--quiet",
            "--line-length",
            str(LINE_LENGTH),
            "--target-version",
            _target(python),
            folder,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise InternalError(
                f"Generated code does not parse: {done.stderr.strip().replace(folder, '')}"
            )
        return {name: (Path(folder) / name).read_text(encoding="utf-8") for name in sources}


def _target(python: str) -> str:
    """Ruff's name for a Python version, kept within what ruff knows."""
    minor = int(python.split(".")[1])
    return f"py3{min(max(minor, 7), 14)}"
