"""The secrets of a generated project by name, where they are used, and which formats can carry the
name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nb2prod.environment.decide import RESERVED_VARIABLES
from nb2prod.migration import Migration

# What a shell, and a file of NAME=value lines, takes for a variable's name.
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class SecretView:
    """A secret by name. `used` says where; `usable`, whether a variable can have the name,
    and `reserved`, whether the image or a shell has one of it.
    """

    name: str
    used: str
    required: bool
    usable: bool
    reserved: bool = False


def secrets(migration: Migration) -> list[SecretView]:
    """The program's secrets in the order in which the notebook first reads them."""
    return [_view(migration, name) for name in migration.program.configuration.secrets]


def _view(migration: Migration, name: str) -> SecretView:
    found = [secret for secret in migration.facts.secrets if secret.name == name]
    places = dict.fromkeys(str(secret.location) for secret in found)
    required = any(secret.required for secret in found) or not found
    used = f"used in {', '.join(places)}" if places else "used by the program"
    return SecretView(
        name=name,
        used=used if required else f"{used}; the notebook can do without it",
        required=required,
        usable=bool(_VARIABLE.fullmatch(name)),
        reserved=name in RESERVED_VARIABLES,
    )
