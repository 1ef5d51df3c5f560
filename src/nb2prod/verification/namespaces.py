"""Mount namespaces: a run that sees other directories at `/content`, `/kaggle` and `/tmp`, and all
else to be read only.

They are made with util-linux's `unshare`, which any user of a Linux machine may do unless it was
forbidden.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_UNSHARE = ("unshare", "--user", "--map-root-user", "--mount", "--")
SCRIPT = Path(__file__).parent / "inside" / "namespace.sh"


@cache
def namespaces_work(directory: Path) -> bool:
    """Whether this machine allows them, tried out below `directory`."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    root, place = directory / "trial", directory / "trial-place"
    root.mkdir()
    place.mkdir()
    try:
        command = within(root, "/nb2prod", [(place, "/nb2prod", "rw")], ["/bin/sh", "-c", ":"])
        done = subprocess.run(command, capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return False
    finally:
        root.rmdir()
        place.rmdir()
    return done.returncode == 0


def within(
    root: Path,
    directory: str,
    binds: Sequence[tuple[Path, str, str]],
    command: Sequence[str],
) -> list[str]:
    """The command that runs another one in a namespace of its own, beginning in `directory`.

    `root` is an empty directory; a bind is what lies where, "rw" or "ro". An outer directory comes
    before those within it.
    """
    words = [word for source, place, mode in binds for word in (str(source), place, mode)]
    return [*_UNSHARE, "/bin/sh", str(SCRIPT), str(root), directory, *words, "--", *command]
