"""What a person reads and fills in: `README.md`, `.env.example` and `.gitignore`."""

from __future__ import annotations

from nb2prod.migration import Migration
from nb2prod.project.parts.readme import readme
from nb2prod.project.parts.secrets import secrets
from nb2prod.project.quoting import rendered


def files(migration: Migration) -> dict[str, str]:
    """The documents; `.env.example` only when the program reads secrets."""
    written = {
        "README.md": readme(migration),
        ".gitignore": rendered("documents/gitignore.j2"),
    }
    named = secrets(migration)
    if named:
        written[".env.example"] = rendered("documents/env.example.j2", secrets=named)
    return written
