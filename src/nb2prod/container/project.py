"""A generated project as an engine needs it: read from its `nb2prod.json` alone, so that neither
the notebook nor its code is looked at.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.container.declared import wrong
from nb2prod.errors import Nb2prodError
from nb2prod.project.names import MANIFEST


class NotAProject(Nb2prodError):
    """The directory holds no project that convert wrote, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory of the program: `path` is where the image has it, `local` where it lies beside
    the project. `variable` tells the program of it, None for the one that it starts in.
    """

    name: str
    variable: str | None
    path: str
    local: str
    filled: bool
    writable: bool


@dataclass(frozen=True, slots=True)
class Served:
    """What the program serves: see `nb2prod.analysis.facts.Service`."""

    port: int
    local: bool
    health: str | None
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Project:
    """A project in its directory. `image` is what its image is called where it is built; `gpus` is
    how many the program needs, 0 for none. `manifest` is all of `nb2prod.json`.
    """

    root: Path
    name: str
    package: str
    image: str
    gpus: int
    secrets: tuple[str, ...]
    directories: tuple[Directory, ...]
    service: Served | None
    uploads: tuple[str, ...]
    manifest: Mapping[str, Any]

    def directory(self, name: str) -> Directory | None:
        """The directory of that name ("data", "work", "output"), where the program has one."""
        return next((one for one in self.directories if one.name == name), None)


def read_project(root: Path) -> Project:
    """The project that lies there, with values that `wrong` finds nothing wrong with. Raises
    `NotAProject`.
    """
    try:
        manifest = json.loads((root / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise NotAProject(
            f"{root} is no project that nb2prod wrote: it has no {MANIFEST}. Convert a notebook"
            " first, or name the project's directory."
        ) from error
    except NotADirectoryError as error:
        raise NotAProject(_no_directory(root)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise NotAProject(
            f"{root / MANIFEST} cannot be read; convert the notebook again."
        ) from error
    found = wrong(manifest)
    if found is not None:
        raise NotAProject(
            f"{root / MANIFEST} does not say how the image is run, as nb2prod writes it ({found}):"
            " an older nb2prod wrote it, or it was changed. Convert the notebook again."
        )
    return _project(root, manifest)


def _no_directory(root: Path) -> str:
    if root.suffix == ".ipynb":
        return (
            f"{root} is a notebook, and has to be converted first: nb2prod convert"
            f" {shlex.quote(str(root))} writes a project, whose directory is what to name here."
        )
    return f"{root} is no directory: name that of a project."


def _project(root: Path, manifest: Mapping[str, Any]) -> Project:
    container = manifest["container"]
    service = container["service"]
    return Project(
        root=root,
        name=manifest["project"],
        package=manifest["package"],
        image=container["image"],
        gpus=container["gpus"],
        secrets=tuple(manifest["secrets"]),
        directories=tuple(Directory(**one) for one in container["directories"]),
        service=Served(**service) if service is not None else None,
        uploads=tuple(container["uploads"]),
        manifest=manifest,
    )
