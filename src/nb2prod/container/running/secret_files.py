"""Secrets for a container: where their values come from, and the files that they are given in."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nb2prod.project.parts.secrets import can_be_file, can_be_variable

PLACE = "/run/secrets"  # where Docker, Swarm and Compose have them


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a program gets of its secrets. `files` and `variables` are values by name; `missing` has
    the names without a value, `unusable` those that no variable can have.
    """

    files: Mapping[str, str]
    variables: Mapping[str, str]
    missing: tuple[str, ...]
    unusable: tuple[str, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """All values, which nobody is to see."""
        return (*self.files.values(), *self.variables.values())


def secrets_for(
    names: Sequence[str], sources: Sequence[Mapping[str, str]], *, as_files: bool
) -> Secrets:
    """The secrets of these names, each with the value of the first source that has one; an empty
    value is none.
    """
    usable = [name for name in names if can_be_variable(name)]
    found: dict[str, str] = {}
    for name in usable:
        value = next((source[name] for source in sources if source.get(name)), None)
        if value is not None:
            found[name] = value
    in_files = {name for name in found if as_files and can_be_file(name, names)}
    return Secrets(
        files={name: value for name, value in found.items() if name in in_files},
        variables={name: value for name, value in found.items() if name not in in_files},
        missing=tuple(name for name in usable if name not in found),
        unusable=tuple(name for name in names if name not in usable),
    )


@contextmanager
def secret_files(values: Mapping[str, str]) -> Iterator[Path | None]:
    """A directory with a file for each value, named as the secret, while the block runs; None where
    there are no values. Only this process's user can read it.
    """
    if not values:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="nb2prod-secrets-", dir=_private()) as directory:
        for name, value in values.items():
            file = os.open(Path(directory, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
            with os.fdopen(file, "wb") as stream:
                stream.write(os.fsencode(value))
        yield Path(directory)


def file_variables(names: Mapping[str, str]) -> dict[str, str]:
    """The variables that tell a program of the files: NAME_FILE for each NAME."""
    return {f"{name}_FILE": f"{PLACE}/{name}" for name in names}


def _private() -> str | None:
    """The user's own directory in memory, where the system has one; else temporary files' place."""
    directory = os.environ.get("XDG_RUNTIME_DIR")
    if directory and Path(directory).is_absolute() and os.access(directory, os.W_OK | os.X_OK):
        return directory
    return None
