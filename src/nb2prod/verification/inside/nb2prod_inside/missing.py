"""Says which modules an environment lacks, and what it is: `start.py missing ANSWER MODULE...`."""

from __future__ import annotations

import importlib.util
import json
import platform
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Write to the file ANSWER which of the modules cannot be found, and Python's version."""
    answer, *modules = arguments
    missing = [module for module in modules if not _is_there(module)]
    with open(answer, "w", encoding="utf-8") as file:
        json.dump({"python": platform.python_version(), "missing": missing}, file)
    return 0


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False
