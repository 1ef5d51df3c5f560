"""Ubuntu 22.04 packages that a notebook's imports and shell commands need.

Facts in `tables/system_packages.json`, kept by hand: for imports, what the wheels link against or
call and do not bring themselves; for commands, the package that ships the command.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from nb2prod.data._files import read_json
from nb2prod.data.distributions import normalise


def packages_for_distribution(name: str) -> tuple[str, ...]:
    """The apt packages that a Python distribution needs beside its wheel; empty for most."""
    return tuple(_table()["distributions"].get(normalise(name), ()))


def packages_for_command(command: str) -> tuple[str, ...]:
    """The apt packages that bring a shell command.

    Empty for a command that every Ubuntu base has (ls, tar), and for one not in the table.
    """
    return tuple(_table()["commands"].get(command, ()))


@cache
def _table() -> dict[str, Any]:
    return read_json("system_packages.json")
