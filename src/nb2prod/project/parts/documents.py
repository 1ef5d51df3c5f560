"""What a person reads and fills in: `README.md`, `.env.example` and `.gitignore`."""

from __future__ import annotations

from collections.abc import Sequence

from nb2prod.migration import Migration
from nb2prod.project.parts.readme import TargetSection, readme
from nb2prod.project.parts.secrets import secrets
from nb2prod.project.quoting import rendered


def files(migration: Migration, sections: Sequence[TargetSection]) -> dict[str, str]:
    """The documents, with these sections of the targets in the README; `.env.example` only when the
    program reads secrets.
    """
    written = {
        "README.md": readme(migration, sections),
        ".gitignore": rendered("documents/gitignore.j2"),
    }
    named = secrets(migration)
    if named:
        written[".env.example"] = rendered("documents/env.example.j2", secrets=named)
    return written
