"""The files beside a notebook as its cells find them: by the names that they use, where they are.

What a notebook makes or fetches itself is found in what it makes, whatever lay beside it before;
and once it has changed its directory, a plain file name means another file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from nb2prod.analysis.cell_code import SHELL_CELL_MAGICS, shell_scripts
from nb2prod.analysis.local_modules import local_modules
from nb2prod.analysis.moves import moves
from nb2prod.analysis.shell import every_command
from nb2prod.location import Location
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.statements import FILE_MAGICS, CellMagic, ParsedCell, Shell

_MAKING = frozenset({"wget", "curl", "gdown", "aria2c", "cp", "mv", "ln", "gsutil", "touch"})
_REDIRECTED = re.compile(r">{1,2}\s*['\"]?([\w./-]+)")
_SHELL_MOVES = re.compile(r"(?:^|[;&|({\n])\s*(?:cd|pushd)\s")


_NO_FILES: Mapping[str, str] = {}


class Beside(NamedTuple):
    """The files beside a notebook that it does not make itself.

    `files` are texts by path, `not_copied` the reasons why some may not be carried on; a file may
    be in both. `moves` is the first place where the notebook changes its directory, `moving` are
    the cells whose shell lines change their own.
    """

    files: Mapping[str, str] = _NO_FILES
    not_copied: Mapping[str, str] = _NO_FILES
    moves: Location | None = None
    moving: frozenset[int] = frozenset()

    @property
    def modules(self) -> frozenset[str]:
        """The first names of the modules among the files."""
        names = {path.partition("/")[0] for path in (*self.files, *self.not_copied) if _code(path)}
        return frozenset(name.removesuffix(".py") for name in names)

    def at(self, place: Location) -> Mapping[str, str]:
        """The texts that a command finds by their paths at a place of the notebook."""
        return {} if self._is_away(place) else self.files

    def refuses(self, path: str, place: Location) -> bool:
        """Whether a command finds a file there that could not be read."""
        return path in self.not_copied and path not in self.files and not self._is_away(place)

    def of_module(self, dotted: str) -> Iterator[str]:
        """The files that importing a module loads, by its dotted name: the packages above it too.

        Of `package.name` also `package` alone is a module, where `name` is something in it.
        """
        parts = dotted.split(".")
        for count in range(1, len(parts) + 1):
            place = "/".join(parts[:count])
            for path in (f"{place}/__init__.py", f"{place}.py"):
                if path in self.files or path in self.not_copied:
                    yield path
                    break

    def of_package(self, path: str) -> tuple[str, ...]:
        """All files of the package that a file is in."""
        top = path.partition("/")[0] + "/"
        own = (name for name in self.files if name.startswith(top) and _code(name))
        return tuple(name for name in own if posixpath.basename(name) != "__main__.py")

    def _is_away(self, place: Location) -> bool:
        moved = self.moves is not None and self.moves <= place
        return moved or place.cell in self.moving


NOTHING_BESIDE = Beside()


def beside_of(notebook: Notebook, cells: Sequence[ParsedCell]) -> Beside:
    """The files beside a notebook as its parsed cells find them."""
    if not notebook.beside and not notebook.not_copied:
        return NOTHING_BESIDE
    made = set(_made(cells))
    own = local_modules(cells)

    def is_found(path: str) -> bool:
        top = path.partition("/")[0].removesuffix(".py")
        if path in made or posixpath.basename(path) in made:
            return False
        return not (_code(path) and top in own)

    return Beside(
        {path: text for path, text in notebook.beside.items() if is_found(path)},
        {path: reason for path, reason in notebook.not_copied if is_found(path)},
        min(moves(cells), default=None),
        frozenset(parsed.cell.number for parsed in cells if _shell_moves(parsed)),
    )


def _code(path: str) -> bool:
    return path.endswith(".py")


def _made(cells: Sequence[ParsedCell]) -> Iterator[str]:
    """The files that cells write, and the names of those that their shell lines make."""
    for parsed in cells:
        for found in parsed.cell_magics:
            if found.magic in FILE_MAGICS:
                yield from (posixpath.normpath(w.strip("'\"")) for w in found.arguments.split())
        for script, _ in shell_scripts(parsed):
            yield from (posixpath.basename(name) for name in _REDIRECTED.findall(script))
            for command in every_command(script):
                if command.program in _MAKING:
                    words = (word.partition("?")[0] for word in command.words[1:])
                    yield from (posixpath.basename(word) for word in words)


def _shell_moves(parsed: ParsedCell) -> bool:
    """Whether shell text of a cell changes the directory for what follows it there."""
    texts = [found.command for found in parsed.own if isinstance(found, Shell)]
    texts += [
        found.body
        for found in parsed.own
        if isinstance(found, CellMagic) and found.magic in SHELL_CELL_MAGICS
    ]
    return any(_SHELL_MOVES.search(text) for text in texts)
