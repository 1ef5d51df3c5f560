"""The program's directories as a container sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nb2prod.container.project import Directory, Project
from nb2prod.errors import Nb2prodError, OptionError

if TYPE_CHECKING:
    from docker.types import Mount

_NAMED = 8  # how many paths of the notebook's data are told where it is missing
# What programs have instead of a directory that they do not have.
_INSTEAD = {
    "data": "it reads nothing that stands for Drive or for Kaggle's input",
    "output": "what it writes goes into the directory that it starts in (--work)",
}


class NoDirectory(Nb2prodError):
    """A directory that the program needs is not there, or cannot be made."""


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
        yield Mounted(str(path), path.resolve(), directory.path, directory.writable)


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
        return
    if path.exists():
        raise NoDirectory(
            f"{path} is no directory; the program needs one for its {directory.name}."
        )
    if directory.name == "data" and (directory.filled or is_given):
        raise NoDirectory(_missing_data(path, project, is_given=is_given))


def _missing_data(path: Path, project: Project, *, is_given: bool) -> str:
    read = [
        str(found["path"])
        for found in project.manifest.get("data", ())
        if found["origin"] in ("drive", "kaggle") and found["direction"] != "write"
    ]
    files = dict.fromkeys(name for name in read if not any(o.startswith(f"{name}/") for o in read))
    named = ", ".join(list(files)[:_NAMED]) + (", …" if len(files) > _NAMED else "")
    wanted = f" The notebook reads there: {named}." if named else ""
    if is_given:
        return f"--data: there is no directory {path}.{wanted}"
    return (
        f"The notebook's data is not there: put what it had mounted (the user's Drive, or Kaggle's"
        f" input) into {path}, or name its directory with --data.{wanted}"
    )
