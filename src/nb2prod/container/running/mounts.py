"""The program's directories as a container sees them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nb2prod.container.project import Directory, Project
from nb2prod.container.running.needed import listed, read_in
from nb2prod.errors import Nb2prodError, OptionError

if TYPE_CHECKING:
    from docker.types import Mount

# What programs have instead of a directory that they do not have.
_INSTEAD = {
    "data": "it reads nothing that stands for Drive or for Kaggle's input",
    "output": "what it writes goes into the directory that it starts in (--work)",
}


class NoDirectory(Nb2prodError):
    """A directory that the program needs is not there, cannot be made or not be written to."""


@dataclass(frozen=True, slots=True)
class Mounted:
    """A directory or file of this machine, and where a container sees it. `shown` is its path as
    the user gave it.
    """

    shown: str
    source: Path
    target: str
    writable: bool

    def mount(self) -> Mount:
        """As the SDK takes it."""
        from docker.types import Mount

        # Of this kind and no volume: an engine that does not see this machine's files says so.
        return Mount(self.target, str(self.source), type="bind", read_only=not self.writable)


def directories(project: Project, given: Mapping[str, Path]) -> Iterator[Mounted]:
    """The program's directories: those given by name ("data", "work", "output"), else where they
    lie beside the project. What the program writes to may be missing yet: see `make`.

    Raises `NoDirectory`, and `OptionError` for one that the program does not have.
    """
    for name in given:
        if project.directory(name) is None:
            reason = _INSTEAD.get(name, "it starts in another")
            raise OptionError(f"--{name}: the program has no such directory; {reason}.")
    for directory in project.directories:
        path = given.get(directory.name) or project.root / directory.local
        _check(path, directory, project, is_given=directory.name in given)
        if directory.name not in given:
            _check_inside(path, directory, project)
        yield Mounted(str(path), _real(path), directory.path, directory.writable)


def make(mounted: Iterable[Mounted]) -> None:
    """Make the directories that are missing. Raises `NoDirectory`."""
    for one in mounted:
        try:
            one.source.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise NoDirectory(f"The directory {one.shown} cannot be made: {reason}.") from error


def _check(path: Path, directory: Directory, project: Project, *, is_given: bool) -> None:
    if path.is_dir():
        if directory.name != "data" and not os.access(path, os.W_OK | os.X_OK):
            raise NoDirectory(
                f"{path} is the program's {directory.name}, and user {os.getuid()}, who runs it,"
                " may not write there: let that user (chown, chmod), or name another directory"
                f" with --{directory.name}."
            )
        return
    if path.exists():
        raise NoDirectory(
            f"{path} is no directory; the program needs one for its {directory.name}."
        )
    if directory.name == "data" and (directory.filled or is_given):
        raise NoDirectory(_missing_data(path, project, is_given=is_given))


def _check_inside(path: Path, directory: Directory, project: Project) -> None:
    """A project may come from anybody: only its user says that it sees more than what is in it."""
    found = _real(path)
    if found != _real(project.root) / directory.local:
        raise NoDirectory(
            f"{path} leads to {found}; where the program may have that for its {directory.name},"
            f" say so with --{directory.name} {shlex.quote(str(found))}."
        )


def _real(path: Path) -> Path:
    """Where its links lead; `Path.resolve` raises for those that lead in a circle."""
    return Path(os.path.realpath(path))


def _missing_data(path: Path, project: Project, *, is_given: bool) -> str:
    read = read_in(project, "data")
    wanted = f" The notebook reads there: {listed(read)}." if read else ""
    if is_given:
        return f"--data: there is no directory {path}.{wanted}"
    return (
        f"The notebook's data is not there: put what it had mounted (the user's Drive, or Kaggle's"
        f" input) into {path}, or name its directory with --data.{wanted}"
    )
