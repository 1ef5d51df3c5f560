"""What the lines that install a project's lock hold, whichever installer they are for.

The Dockerfile and the README have the same in their templates.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from nb2prod.migration import Migration
from nb2prod.project.parts.dependencies import torch_backend
from nb2prod.project.parts.docker import requirement_files

# The one that the Dockerfile takes: the same Python then comes from the same place.
UV_VERSION = "0.13.8"
_REPOSITORIES = "requirements-vcs.lock"
_TORCH = ("torch", "torchvision", "torchaudio")


class Source(NamedTuple):
    """A file that an installer reads, and what it is to it: pip and uv have an option so called."""

    kind: Literal["requirement", "constraint"]
    file: str


def sources(migration: Migration) -> list[Source]:
    """The files that are installed at once, in their order."""
    apart = installed_apart(migration)
    return [
        Source("constraint" if name == "constraints.txt" else "requirement", name)
        for name in requirement_files(migration)
        if name != apart
    ]


def installed_apart(migration: Migration) -> str | None:
    """The file of repositories where it is installed after the others and without dependencies: a
    lock with hashes has those, and no hash can stand beside a repository. None where there is none.
    """
    apart = migration.environment.vcs and migration.lock.mode == "locked"
    return _REPOSITORIES if apart else None


def build_day(migration: Migration) -> str | None:
    """The day of what source distributions are built with, which is theirs; None where there are
    none.
    """
    return migration.lock.exclude_newer if migration.lock.from_source else None


def undated(migration: Migration) -> list[str]:
    """The options by which uv takes, of any day, what PyTorch's index has: it tells no days."""
    if build_day(migration) is None or not torch_backend(migration):
        return []
    return [word for name in _TORCH for word in ("--exclude-newer-package", f"{name}=false")]
