"""Which files of a few directories were written, cell by cell."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    _State = dict[str, tuple[int, int, int]]
_SKIPPED = frozenset({"__pycache__", ".ipynb_checkpoints", ".git"})


class Watch:
    """Notices files that are new or changed since it looked last."""

    def __init__(self, directories: Sequence[str]) -> None:
        self._directories = list(directories)
        self._known = self._look()
        self.written: dict[str, int] = {}

    def note(self, cell: int) -> None:
        """Give what was written since the last look to a cell; the last one counts."""
        now = self._look()
        for path, state in now.items():
            if self._known.get(path) != state:
                self.written[path] = cell
        for path in self._known:
            if path not in now:
                self.written.pop(path, None)
        self._known = now

    def _look(self) -> _State:
        found: _State = {}
        for directory in self._directories:
            for folder, folders, names in os.walk(directory):
                folders[:] = [name for name in folders if name not in _SKIPPED]
                for name in names:
                    path = os.path.join(folder, name)
                    try:
                        state = os.stat(path)
                    except OSError:
                        continue
                    found[path] = (state.st_mtime_ns, state.st_size, state.st_ino)
        return found
