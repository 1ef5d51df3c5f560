"""What SkyPilot calls GPUs, and the machines of Paperspace that it knows.

Facts in `tables/skypilot.json`, kept by hand from SkyPilot's own catalog, which it downloads when
it runs. A provider may have more, or less, than the catalog of a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nb2prod.data._files import read_json
from nb2prod.data.gpus import Gpu, find_gpu


@dataclass(frozen=True, slots=True)
class PaperspaceMachine:
    """A machine of Paperspace in SkyPilot's catalog. `accelerator` is SkyPilot's name of its GPU,
    `gpu` ours, both None where it has none; `gpu_memory_gb` is that of one of its `gpus`.
    """

    name: str
    gpu: str | None
    accelerator: str | None
    gpus: int
    gpu_memory_gb: int
    vcpus: int
    memory_gb: float


def accelerator_names(gpu: str, memory_gb: int) -> tuple[str, ...]:
    """SkyPilot's names of what can run what asks for this GPU (one of ours) with at least so much
    memory, the best first; none for a GPU that the table does not have.
    """
    rows = [
        row
        for row in _table()["accelerators"]
        if row["gpu"] == gpu and row["memory_gb"] >= memory_gb
    ]
    return tuple(name for row in rows for name in row["names"])


@cache
def all_accelerators() -> frozenset[str]:
    """Every name of an accelerator that the table has."""
    rows = _table()["accelerators"]
    return frozenset(name for row in rows for name in row["names"]) | {_table()["unknown"]}


def unknown_accelerator() -> str:
    """What a GPU gets whose name says nothing to us."""
    name: str = _table()["unknown"]
    return name


@cache
def paperspace_machines() -> tuple[PaperspaceMachine, ...]:
    """The machines of Paperspace, those without a GPU first, the cheaper before the dearer."""
    return tuple(PaperspaceMachine(**row) for row in _table()["paperspace"])


def paperspace_gpu_machine(chips: Sequence[Gpu], memory_gb: int, count: int) -> str | None:
    """SkyPilot's name of the GPU to ask Paperspace for: one of `chips` where it has so many of it
    with that memory, else the cheapest that has the memory and is as new as the first of them, else
    the cheapest that has the memory; None where no machine has it.
    """
    enough = [
        one
        for one in paperspace_machines()
        if one.accelerator and one.gpus == count and one.gpu_memory_gb >= memory_gb
    ]
    for chip in chips:
        same = [one for one in enough if one.gpu == chip.name]
        if same:
            return same[0].accelerator
    newer = [one for one in enough if chips and _capability(one) >= _numbers(chips[0].capability)]
    found = newer or enough
    return found[0].accelerator if found else None


def _capability(machine: PaperspaceMachine) -> tuple[int, ...]:
    chip = find_gpu(machine.gpu or "")
    return _numbers(chip.capability) if chip is not None else ()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@cache
def _table() -> dict[str, Any]:
    return read_json("skypilot.json")
