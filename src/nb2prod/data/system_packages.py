"""System packages that a notebook's imports and commands need, by their names in Ubuntu 22.04.

Facts in `tables/system_packages.json`, kept by hand: for imports, what the wheels link against or
call and do not bring themselves, and what building needs where there is no wheel; for commands, the
package that ships the command. `package_names` has the names in other releases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from nb2prod.data._files import read_json
from nb2prod.data.distributions import normalise


@dataclass(frozen=True, slots=True)
class Built:
    """What a distribution needs where it is built from source: `build` while that is done, `run`
    for what comes of it. `wheel` is its first version that has a wheel for Linux; None where none
    has.
    """

    build: tuple[str, ...]
    run: tuple[str, ...]
    wheel: str | None


def packages_for_distribution(name: str) -> tuple[str, ...]:
    """The apt packages that a Python distribution needs beside its wheel; empty for most."""
    return tuple(_table()["distributions"].get(normalise(name), ()))


def packages_for_building(name: str) -> Built | None:
    """What a distribution without a wheel needs; None where the table does not say."""
    found = _table()["built"].get(normalise(name))
    if found is None:
        return None
    return Built(tuple(found["build"]), tuple(found["run"]), found.get("wheel"))


def compilers_for_distribution(name: str) -> tuple[str, ...]:
    """The apt packages of the compiler that a distribution calls when the program runs; empty for
    nearly all.
    """
    return tuple(_table()["compilers"].get(normalise(name), ()))


def packages_for_command(command: str) -> tuple[str, ...]:
    """The apt packages that bring a shell command.

    Empty for a command that every Ubuntu base has (ls, tar), and for one not in the table.
    """
    return tuple(_table()["commands"].get(command, ()))


@cache
def _table() -> dict[str, Any]:
    return read_json("system_packages.json")
