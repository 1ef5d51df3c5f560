"""Copies of the Python files beside the notebook, where the package finds them."""

from __future__ import annotations

from nb2prod.migration import Migration


def files(migration: Migration) -> dict[str, str]:
    """The copies below `src/`, character for character."""
    beside = migration.notebook.beside
    return {f"src/{path}": beside[path] for path in copied(migration)}


def copied(migration: Migration) -> list[str]:
    """The paths of what is copied, relative to the notebook's directory and to `src/`, sorted."""
    return sorted({found.path for found in migration.facts.beside if found.copied})


def modules(migration: Migration) -> list[str]:
    """The copied modules and packages, as names of files and directories in `src/`, sorted."""
    return sorted({path.partition("/")[0] for path in copied(migration)})


def carried(migration: Migration) -> frozenset[str]:
    """The first names of the modules that are copied with all that is needed of them."""
    needed = [found for found in migration.facts.beside if found.use == "module"]
    left = {_module(found.path) for found in needed if not found.copied}
    return frozenset(_module(found.path) for found in needed) - left


def _module(path: str) -> str:
    return path.partition("/")[0].removesuffix(".py")
