"""Says what an image is: `start.py image ANSWER`."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Write to the file ANSWER the image's user and group, its Python, its machine, its C library
    and what is installed in it.
    """
    found = {
        "user": os.getuid(),
        "group": os.getgid(),
        "python": "{}.{}".format(*sys.version_info),
        "machine": platform.machine(),
        "glibc": platform.libc_ver()[1],
        "installed": sorted(
            {(str(one.metadata["Name"]), one.version) for one in importlib.metadata.distributions()}
        ),
    }
    with open(arguments[0], "w", encoding="utf-8") as file:
        json.dump(found, file)
    return 0
