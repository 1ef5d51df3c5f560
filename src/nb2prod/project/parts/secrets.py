"""The secrets of a generated project by name, where they are used, and which formats can carry the
name.
"""

from __future__ import annotations

import re
from collections.abc import Collection
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
        usable=_is_name(name),
        reserved=name in RESERVED_VARIABLES,
    )


def in_files(migration: Migration) -> list[str]:
    """The names of the secrets that the program reads from files, too, where it is given some."""
    names = migration.program.configuration.secrets
    return [name for name in names if can_be_file(name, names)]


def can_be_variable(name: str) -> bool:
    """Whether the program can get a secret of this name in its environment."""
    return _is_name(name) and name not in RESERVED_VARIABLES


def can_be_file(name: str, names: Collection[str]) -> bool:
    """Whether the program reads a secret of this name, one of `names`, from the file that the
    variable NAME_FILE names too: not where a secret of its own has that variable.
    """
    return can_be_variable(name) and f"{name}_FILE" not in names


def _is_name(name: str) -> bool:
    return _VARIABLE.fullmatch(name) is not None
