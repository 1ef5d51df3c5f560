"""From a migration to every file of its project, as bytes; nothing is written here."""

from __future__ import annotations

from nb2prod.errors import InternalError
from nb2prod.migration import Migration
from nb2prod.project import targets
from nb2prod.project.manifest import render_manifest
from nb2prod.project.names import MANIFEST
from nb2prod.project.parts import PARTS, documents


def render(migration: Migration) -> dict[str, bytes]:
    """Every file of the project by its relative POSIX path, sorted, `nb2prod.json` last.

    The same migration gives the same bytes anywhere. Raises `InternalError` when two parts give one
    file, or when a document breaks the schema of its format, and what `targets.render` raises.
    """
    found: dict[str, str] = {}
    for written in (
        *(part(migration) for part in PARTS),
        documents.files(migration, targets.sections(migration)),
    ):
        for name, text in written.items():
            if name in found:
                raise InternalError(f"Two parts write {name}.")
            found[name] = text
    found |= targets.render(migration, beside=(*found, MANIFEST))
    files = {name: found[name].encode("utf-8") for name in sorted(found)}
    return {**files, MANIFEST: render_manifest(migration, files)}
