"""`nb2prod targets`. Printed plainly: names and lines of our own, or of installed packages."""

from __future__ import annotations

import argparse
import json

from nb2prod.options import DEFAULT_TARGETS
from nb2prod.project.targets import TARGETS, others


def run(arguments: argparse.Namespace) -> int:
    """List the targets: ours in their order, then those of other packages."""
    brought = list(others())
    if arguments.json:
        listed = [
            {
                "name": one.name,
                "summary": one.summary,
                "default": one.name in DEFAULT_TARGETS,
                "brought": one in brought,
            }
            for one in (*TARGETS, *brought)
        ]
        print(json.dumps({"targets": listed}, ensure_ascii=False, separators=(",", ":")))
        return 0
    for one in (*TARGETS, *brought):
        where = " (default)" if one.name in DEFAULT_TARGETS else ""
        where = " (of another package)" if one in brought else where
        print(f"{one.name:<14}{one.summary}{where}")
    return 0
