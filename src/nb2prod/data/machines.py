"""The machines that Paperspace Gradient offers, and which one stands in for a notebook's GPU.

Facts in `tables/machines.json`, kept by hand from Paperspace's machine types page. The list is
never complete: a cluster may offer more, or less, than is documented.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from nb2prod.data._files import read_json


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine type; `gpu_memory_gb` is that of one of its `gpus`."""

    name: str
    gpu: str | None
    gpu_memory_gb: int | None
    gpus: int
    vcpus: int
    memory_gb: float
    generation: str | None


@dataclass(frozen=True, slots=True)
class Driver:
    """What is documented of the GPU driver on Gradient's machines, and when it was.

    `admitted_cuda` is the newest CUDA whose images let this driver start them: each image of
    NVIDIA's names the drivers that it takes.
    """

    version: str
    date: str
    admitted_cuda: str


@cache
def documented_driver() -> Driver:
    """The one driver that is public. The machines may have a newer one by now."""
    row = _table()["driver"]
    return Driver(row["version"], row["date"], row["admitted_cuda"])


@cache
def machines() -> Mapping[str, Machine]:
    """All machine types by name, in the order of the table: CPU first, then by GPU."""
    return MappingProxyType({row["name"]: Machine(**row) for row in _table()["machines"]})


def machine_for(gpu: str | None) -> Machine:
    """The machine to use where the notebook had this GPU; None means that it had none.

    Takes the names that Colab and Kaggle write ("T4", "nvidiaTeslaP100") and the names of GPU
    machines themselves. A GPU that the table does not know gets the default; the data file gives
    the reason for each choice.
    """
    substitutes: dict[str, dict[str, str]] = _table()["substitutes"]
    if gpu is None:
        return machines()[substitutes["none"]["machine"]]
    if gpu in machines() and machines()[gpu].gpu:
        return machines()[gpu]
    row = substitutes.get(_folded(gpu), substitutes["unknown"])
    return machines()[row["machine"]]


def is_known_gpu(gpu: str) -> bool:
    """Whether `machine_for` has a machine for this GPU, and not just the default."""
    return _folded(gpu) in _table()["substitutes"] or bool(
        gpu in machines() and machines()[gpu].gpu
    )


def _folded(gpu: str) -> str:
    name = re.sub(r"[^a-z0-9]", "", gpu.lower())
    return name.removeprefix("nvidia").removeprefix("tesla")


@cache
def _table() -> dict[str, Any]:
    return read_json("machines.json")
