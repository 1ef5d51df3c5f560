"""From a migration to every file of its project, as bytes; nothing is written here."""

from __future__ import annotations

from nb2prod.errors import InternalError, OptionError
from nb2prod.migration import Migration
from nb2prod.project import targets
from nb2prod.project.manifest import MANIFEST, render_manifest
from nb2prod.project.parts import parts


def render(migration: Migration) -> dict[str, bytes]:
    """Every file of the project by its relative POSIX path, sorted, `nb2prod.json` last.

    The same migration gives the same bytes anywhere. Raises `InternalError` when two parts give one
    file, or when a document breaks the schema of its format, and what `targets.render` raises.
    """
    found: dict[str, bytes] = {}
    for part in parts():
        for name, text in part(migration).items():
            if name in found:
                raise InternalError(f"Two parts write {name}.")
            found[name] = text.encode("utf-8")
    for name, text in targets.render(migration).items():
        if name in found or name == MANIFEST:
            raise OptionError(f"--target: {name} would be written over what every project has.")
        found[name] = text.encode("utf-8")
    files = {name: found[name] for name in sorted(found)}
    return {**files, MANIFEST: render_manifest(migration, files)}
