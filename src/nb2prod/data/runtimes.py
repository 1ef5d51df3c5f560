"""Dated Colab runtimes: which Python and which packages a notebook found when it ran.

Facts: the package freezes that googlecolab/backend-info publishes, in `tables/runtimes.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from nb2prod.data._files import read_json


@dataclass(frozen=True, slots=True)
class Runtime:
    """One image of Colab: `main` is the one without a GPU, `gpu` the one with.

    `packages` holds the versions to ask the default index for, under normalised names. `builds`
    holds the full version, local part included, where the image had a build of its own
    ("2.11.0+cu128"). `unservable` gives the reason for each package that no index can serve.
    """

    name: str
    date: str
    python: str
    ubuntu: str
    variant: str
    commit: str
    packages: Mapping[str, str]
    unservable: Mapping[str, str]
    builds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@cache
def newest_runtime(*, gpu: bool) -> Runtime:
    """The newest runtime that the table knows."""
    # ISO dates order as text.
    snapshot = max(read_json("runtimes.json")["snapshots"], key=lambda entry: str(entry["date"]))
    variant = "gpu" if gpu else "main"
    contents = snapshot["variants"][variant]
    return Runtime(
        name=f"colab-{snapshot['date']}",
        date=snapshot["date"],
        python=snapshot["python"],
        ubuntu=snapshot["ubuntu"],
        variant=variant,
        commit=snapshot["commit"],
        packages=MappingProxyType(contents["packages"]),
        unservable=MappingProxyType(contents["unservable"]),
        builds=MappingProxyType(contents["builds"]),
    )
