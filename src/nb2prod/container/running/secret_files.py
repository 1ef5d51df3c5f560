"""Secrets for a container: where their values come from, and the files that they are given in."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from nb2prod.project.parts.secrets import can_be_file, can_be_variable

PLACE = "/run/secrets"  # where Docker, Swarm and Compose have them
_PREFIX = "nb2prod-secrets-"
_MEMORY = "/dev/shm"
_NEW = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a program gets of its secrets. `files` and `variables` are values by name, `sources`
    where each is from. `missing` has the names without a value, `unusable` those that no variable
    can have.
    """

    files: Mapping[str, str]
    variables: Mapping[str, str]
    sources: Mapping[str, str]
    missing: tuple[str, ...]
    unusable: tuple[str, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """All values, which nobody is to see."""
        return (*self.files.values(), *self.variables.values())


def secrets_for(
    names: Sequence[str], sources: Mapping[str, Mapping[str, str]], *, as_files: bool
) -> Secrets:
    """The secrets of these names, each with the value of the first source that has one; an empty
    value is none. `sources` are values by the source's name.
    """
    usable = [name for name in names if can_be_variable(name)]
    given = {
        name: source
        for name in usable
        if (source := next((one for one in sources if sources[one].get(name)), None)) is not None
    }
    found = {name: sources[source][name] for name, source in given.items()}
    in_files = {name for name in found if as_files and can_be_file(name, names)}
    return Secrets(
        files={name: value for name, value in found.items() if name in in_files},
        variables={name: value for name, value in found.items() if name not in in_files},
        sources=given,
        missing=tuple(name for name in usable if name not in found),
        unusable=tuple(name for name in names if name not in usable),
    )


@contextmanager
def secret_files(values: Mapping[str, str]) -> Iterator[Path | None]:
    """A directory with a file for each value, named as the secret, while the block runs; None where
    there are no values. Only this process's user can read it. Those that processes left which were
    killed are taken away.
    """
    place = Path(_private() or tempfile.gettempdir())
    _sweep(place)
    if not values:
        yield None
        return
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place) as directory,
        _locked(Path(directory)),
    ):
        for name, value in values.items():
            file = os.open(Path(directory, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
            with os.fdopen(file, "wb") as stream:
                stream.write(os.fsencode(value))
        yield Path(directory)


def file_variables(names: Mapping[str, str]) -> dict[str, str]:
    """The variables that tell a program of the files: NAME_FILE for each NAME."""
    return {f"{name}_FILE": f"{PLACE}/{name}" for name in names}


@contextmanager
def _locked(directory: Path) -> Iterator[bool]:
    """Whether nobody else had it locked, and it is this process's, while the block runs; the lock
    goes with the process, however that ends.
    """
    file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # another's, or of a file system that has no locks
            is_ours = False
        else:
            is_ours = True
        yield is_ours
    finally:
        os.close(file)


def _sweep(place: Path) -> None:
    """Take away what this user's processes left that were killed."""
    for directory in place.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            status = directory.stat(follow_symlinks=False)
            # One that was made just now may not be locked yet.
            if status.st_uid != os.getuid() or time.time() - status.st_mtime < _NEW:
                continue
            with _locked(directory) as is_left:
                if is_left:
                    shutil.rmtree(directory)


def _private() -> str | None:
    """A directory in memory, the user's own where the system has one; None where it has neither."""
    for place in (os.environ.get("XDG_RUNTIME_DIR"), _MEMORY):
        if place and Path(place).is_absolute() and os.access(place, os.W_OK | os.X_OK):
            return place
    return None
