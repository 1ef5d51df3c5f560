"""From a migration to every file of its project, as bytes; nothing is written here."""

from __future__ import annotations

from nb2prod.errors import InternalError
from nb2prod.migration import Migration
from nb2prod.project.manifest import MANIFEST, render_manifest
from nb2prod.project.targets import TARGETS


def render(migration: Migration) -> dict[str, bytes]:
    """Every file of the project by its relative POSIX path, sorted, `nb2prod.json` last.

    The same migration gives the same bytes anywhere. Raises `InternalError` when two targets give
    one file, or when a document breaks the schema of its format.
    """
    found: dict[str, bytes] = {}
    for target in TARGETS:
        for name, text in target(migration).items():
            if name in found:
                raise InternalError(f"Two targets write {name}.")
            found[name] = text.encode("utf-8")
    files = {name: found[name] for name in sorted(found)}
    return {**files, MANIFEST: render_manifest(migration, files)}
