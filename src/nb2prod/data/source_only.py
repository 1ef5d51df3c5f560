"""Distributions that the index has only as source: what they require, without running their code.

Facts in `tables/source_only.tsv`, read by `tools/make_source_only.py` from the archives themselves.
A resolver that takes only wheels can lock these too, once it is told what they require. The table
never holds all there are: a name or version that it does not hold is not known to need it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

from nb2prod.data._files import read_rows
from nb2prod.data.distributions import normalise

Compiles = Literal["", "c", "cuda"]


@dataclass(frozen=True, slots=True)
class SourceOnly:
    """One version of which there is only source, and what its archive says of it.

    `day` is the day (UTC) of its upload. `requires` are requirements in the form of PEP 508, those
    of the `extras` among them under their markers. `requires_python` is "" where any will do.
    `compiles` says what building it takes a compiler for: "" nothing, "c" C and the like, "cuda"
    also kernels for the GPU, which some build only when asked to.
    """

    version: str
    day: str
    requires: tuple[str, ...]
    extras: tuple[str, ...]
    requires_python: str
    compiles: Compiles


def source_only(name: str) -> tuple[SourceOnly, ...]:
    """The source-only versions of a distribution, lowest first; none where none is known."""
    return _table().get(normalise(name), ())


@cache
def always_source_only() -> tuple[str, ...]:
    """The names, sorted, of which no version ever had a wheel for Linux x86_64."""
    return tuple(sorted({name for name, wheel, *_ in read_rows("source_only.tsv") if not wheel}))


@cache
def _table() -> Mapping[str, tuple[SourceOnly, ...]]:
    found: dict[str, tuple[SourceOnly, ...]] = {}
    for name, _, versions, python, compiles, extras, requires in read_rows("source_only.tsv"):
        found[name] = found.get(name, ()) + tuple(
            SourceOnly(
                version,
                day,
                tuple(requires.split("|")) if requires else (),
                tuple(extras.split()),
                python,
                cast(Compiles, compiles),
            )
            for version, _, day in (one.partition("=") for one in versions.split())
        )
    return MappingProxyType(found)
