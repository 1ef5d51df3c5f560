"""The day of a file's last commit, asked of git without a network and without running anything that
the repository's own configuration names.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

_SECONDS = 5
# A repository that somebody else made may name programs and hosts in its configuration. These are
# all that `git log` would use: a monitor of files, a checker of signatures, and any way to a host
# (a clone without its trees would fetch them).
_HARMLESS = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "protocol.allow=never"),
)


def commit_day(path: str | Path) -> str | None:
    """The day (UTC) of the last commit that changed the file; None where git cannot tell: outside
    of a work tree, for a file that was never committed, without git, or when it takes too long.
    """
    import subprocess

    try:
        path = Path(path).resolve()
        done = subprocess.run(
            [
                *("git", "--no-pager", "--literal-pathspecs", *_HARMLESS),
                *("log", "-1", "--format=%cI", "--", path.name),
            ],
            cwd=path.parent,
            # What a hook sets speaks of another repository than the file's, perhaps.
            env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
            | {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
        moment = datetime.fromisoformat(done.stdout.decode("ascii").strip())
    except (OSError, ValueError, RuntimeError, subprocess.SubprocessError):
        return None
    return moment.astimezone(UTC).date().isoformat() if moment.tzinfo else None
