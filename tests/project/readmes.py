"""The README as it is written, with what the chosen targets say in it."""

from __future__ import annotations

from nb2prod.migration import Migration
from nb2prod.project import targets
from nb2prod.project.parts import readme as part


def readme(migration: Migration) -> str:
    """The text of `README.md`."""
    return part.readme(migration, targets.sections(migration))
