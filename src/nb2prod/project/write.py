"""Writing a project: whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path, PurePosixPath

from nb2prod.errors import InternalError, TargetInTheWay
from nb2prod.project.existing import KEPT, check_target, is_kept
from nb2prod.project.names import MANIFEST

__all__ = ["check_target", "write_project"]


def write_project(
    files: Mapping[str, bytes], directory: Path, *, force: bool = False, discard_edits: bool = False
) -> None:
    """Write the files, by relative POSIX path, as the directory's whole content.

    Missing parents are made. An existing directory is used under the rules of `check_target`; what
    is in `KEPT` (`.git`, data, results, …) stays where it is, untouched. When anything fails,
    everything is as it was. Raises `TargetInTheWay` when the directory must not or cannot be
    written to.
    """
    check_target(directory, force=force, discard_edits=discard_edits)
    _require_safe(files)
    # Where a link leads is what is written to; the link stays.
    directory = Path(os.path.realpath(directory))
    try:
        if directory.is_dir():
            _exchange(files, directory)
        else:
            _create(files, directory)
    except _NotPutBack as error:
        raise TargetInTheWay(
            f"{directory} cannot be written: {error.reason}, and putting it back failed as well."
            f" What it held is in {error.place} and beside it."
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise TargetInTheWay(
            f"{directory} cannot be written: {reason}. Nothing was changed."
        ) from error


class _NotPutBack(Exception):
    """Writing failed, and so did taking it back."""

    def __init__(self, reason: str, place: Path) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


def _require_safe(files: Mapping[str, bytes]) -> None:
    for name in files:
        path = PurePosixPath(name)
        if (
            path.is_absolute()
            or ".." in path.parts
            or path.as_posix() != name
            or path.parts[:1] == ()
            or is_kept(name)
        ):
            raise InternalError(f"{name!r} cannot be the path of a file in a project.")


def _create(files: Mapping[str, bytes], directory: Path) -> None:
    """Build the project beside its place, then rename it: it appears in one step."""
    with ExitStack() as undo:
        for parent in [p for p in reversed(directory.parents) if not p.exists()]:
            parent.mkdir()
            undo.callback(_remove_if_empty, parent)
        staging = Path(tempfile.mkdtemp(prefix=".nb2prod-", dir=directory.parent))
        undo.callback(shutil.rmtree, staging, ignore_errors=True)
        _fill(staging, files)
        staging.rename(directory)
        undo.pop_all()


def _exchange(files: Mapping[str, bytes], directory: Path) -> None:
    """Replace the content of a directory that exists, and keep the directory itself.

    It can be the one a shell stands in or a mounted volume, where a new directory of the same name
    would not be the same. The new content is built inside it, so that moving it is renaming; every
    move is taken back when a later one fails. The manifest goes last: without it, nb2prod leaves a
    directory alone.
    """
    staging = Path(tempfile.mkdtemp(prefix=".nb2prod-", dir=directory))
    new, old = staging / "new", staging / "old"
    try:
        new.mkdir()
        old.mkdir()
        _fill(new, files)
        with ExitStack() as undo:
            for entry in _ordered(directory):
                if entry.name not in KEPT and entry != staging:
                    _move(entry, old / entry.name, undo.callback)
            for entry in reversed(_ordered(new)):
                _move(entry, directory / entry.name, undo.callback)
            undo.pop_all()
    except BaseException as error:
        if old.is_dir() and any(old.iterdir()):
            # Only what could not be moved back is still there: nowhere else, so it must not go.
            raise _NotPutBack(getattr(error, "strerror", None) or str(error), old) from error
        shutil.rmtree(staging, ignore_errors=True)
        raise
    shutil.rmtree(staging, ignore_errors=True)


def _ordered(directory: Path) -> list[Path]:
    """The directory's entries by name, the manifest first."""
    return sorted(directory.iterdir(), key=lambda entry: (entry.name != MANIFEST, entry.name))


def _move(source: Path, destination: Path, undo: Callable[..., object]) -> None:
    source.rename(destination)
    undo(destination.rename, source)


def _fill(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write the files below an empty directory, readable by everyone whatever the umask is."""
    directory.chmod(0o755)
    for name, content in files.items():
        path = directory / name
        for parent in [p for p in reversed(path.parents) if not p.exists()]:
            parent.mkdir()
            parent.chmod(0o755)
        path.write_bytes(content)
        path.chmod(0o644)


def _remove_if_empty(directory: Path) -> None:
    # It stays when somebody put something in it in the meantime.
    with suppress(OSError):
        directory.rmdir()
