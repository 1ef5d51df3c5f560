"""What a person gives to a verification, and where it goes on either side."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nb2prod.migration import Migration
from nb2prod.verification.environments import INSIDE
from nb2prod.verification.places import Places


@dataclass(frozen=True, slots=True)
class Given:
    """`data` is the directory that stands for Drive or for Kaggle's input; `files` lie in the
    directory that the notebook begins in; `inputs` are the files for its uploads; `variables` are
    added to the environment, secrets among them.
    """

    data: Path | None = None
    files: Sequence[Path] = ()
    inputs: Sequence[Path] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


def files_beside(notebook: Path, migration: Migration) -> list[tuple[Path, str]]:
    """What lies beside the notebook and is read by it, each with its path there."""
    base = notebook.resolve().parent
    named = [found.path for found in migration.facts.data if found.origin == "local"]
    named += [found.path for found in migration.facts.beside]
    found = []
    for name in dict.fromkeys(named):
        path = (base / name).resolve()
        if path != base and path.is_relative_to(base) and path.exists():
            found.append((path, str(path.relative_to(base))))
    return found


def lay_out(places: Places, given: Given, beside: Sequence[tuple[Path, str]], uploads: int) -> None:
    """Make the directories of a run and put copies of all that it reads in them."""
    places.make()
    if given.data is not None:
        _copy(given.data, places.outside / "data")
    for source, name in [*beside, *((path, path.name) for path in given.files)]:
        _copy(source, places.working / name)
    for number, files in enumerate(_shared_out(given.inputs, uploads), start=1):
        for path in files:
            _copy(path, places.outside / "uploads" / str(number) / path.name)
    _bring_fonts(places)
    commands = places.outside / "commands"
    commands.mkdir()
    for name in ("pip", "pip3", "uv", "conda", "mamba", "apt", "apt-get", "npm"):
        _program("installer.sh", commands / name)
    _program("sudo.sh", commands / "sudo")
    (places.outside / "installs.txt").touch()
    (places.outside / "progress.txt").touch()


def upload_arguments(places: Places, given: Given, flags: Sequence[str]) -> list[str]:
    """The package's arguments for its uploads."""
    words: list[str] = []
    for number, (flag, files) in enumerate(
        zip(flags, _shared_out(given.inputs, len(flags)), strict=False), start=1
    ):
        words += [flag, *(places.inside("uploads", str(number), path.name) for path in files)]
    return words


def _bring_fonts(places: Places) -> None:
    """matplotlib looks at every font of the machine, for many seconds, where it finds no list of
    them in the home directory. Runs of one verification have one list.
    """
    lists = Path("home", ".cache", "matplotlib")
    for known in sorted(places.outside.parent.glob(f"*/{lists}")):
        if not known.is_relative_to(places.outside):
            _copy(known, places.outside / lists)
            return


def _shared_out(inputs: Sequence[Path], uploads: int) -> list[list[Path]]:
    """One file for each upload in order, and what is left over for the last."""
    if not uploads or not inputs:
        return []
    parts = [[path] for path in inputs[: uploads - 1]]
    return [*parts, list(inputs[uploads - 1 :])] if inputs[uploads - 1 :] else parts


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)


def _program(script: str, target: Path) -> None:
    shutil.copyfile(INSIDE / "commands" / script, target)
    target.chmod(0o755)
