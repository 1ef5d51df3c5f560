"""Distributions that take each other's place: several that hold one module, of which only one can
be installed, and names that pip is asked for in vain.

Facts in `tables/alternatives.tsv` and `tables/stand_ins.tsv`, kept by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from nb2prod.data._files import read_rows


class StandIn(NamedTuple):
    """The distribution that is meant by a name that cannot be installed, and why it cannot."""

    distribution: str
    reason: str


def alternatives(module: str) -> tuple[str, ...]:
    """The distributions that hold the top-level `module`, where there are several; else none."""
    return _families().get(module, ())


def same_family(distribution: str) -> tuple[str, ...]:
    """The distributions that hold the same module as this one, itself among them."""
    for family in _families().values():
        if distribution in family:
            return family
    return (distribution,)


def module_of_family(distribution: str) -> str | None:
    """The module that the distribution shares with others; None where it shares none."""
    found = (module for module, family in _families().items() if distribution in family)
    return next(found, None)


def stand_in(name: str) -> StandIn | None:
    """What to install for a normalised name that cannot be installed; None for any other."""
    return _stand_ins().get(name)


@cache
def _families() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(
        {module: tuple(names.split()) for module, names in read_rows("alternatives.tsv")}
    )


@cache
def _stand_ins() -> Mapping[str, StandIn]:
    return MappingProxyType(
        {name: StandIn(meant, reason) for name, meant, reason in read_rows("stand_ins.tsv")}
    )
