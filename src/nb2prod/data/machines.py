"""The machines that Paperspace Gradient offers, and which one stands in for a notebook's GPU.

Facts in `tables/machines.json`, kept by hand from Paperspace's machine types page. The list is
never complete: a cluster may offer more, or less, than is documented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from nb2prod.data._files import read_json
from nb2prod.data.cuda import cuda_images
from nb2prod.data.gpus import Gpu, find_gpu, fold, gpus, knows

PROVIDER = "gradient"
"""Whose machines these are, as `--target` calls the place."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine type; `gpu_memory_gb` is that of one of its `gpus`. Where it is not `documented`,
    only others' lists have its name, and its CPUs and memory are reckoned from the single one's.
    """

    name: str
    gpu: str | None
    gpu_memory_gb: int | None
    gpus: int
    vcpus: int
    memory_gb: float
    generation: str | None
    documented: bool = True


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


@dataclass(frozen=True, slots=True)
class StandIn:
    """The machine to use for a GPU that a notebook had, and why that one."""

    gpu: str
    machine: str
    reason: str


@cache
def stand_ins() -> tuple[StandIn, ...]:
    """What stands in for the GPUs that notebooks had, in the order of the table."""
    rows = _table()["substitutes"]
    found: dict[str, StandIn] = {}
    for name, row in rows.items():
        gpu = find_gpu(name)
        if gpu is not None:  # the first of two names of one GPU gives the reason
            found.setdefault(gpu.name, StandIn(gpu.name, row["machine"], row["reason"]))
    return tuple(found.values())


def cuda_range(gpu: Gpu) -> tuple[str, str]:
    """The first and the last CUDA whose images know a GPU and start on the documented driver."""
    images = [
        ".".join(version.split(".")[:2])
        for version in cuda_images()
        if knows(version, gpu) and _series(version) <= _series(documented_driver().admitted_cuda)
    ]
    return images[0], images[-1]


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
    return machine_with(gpu, 1) or machines()[substitutes["unknown"]["machine"]]


def is_known_gpu(gpu: str) -> bool:
    """Whether `machine_for` has a machine for this GPU, and not just the default."""
    return fold(gpu) in _table()["substitutes"] or machine_with(gpu, 1) is not None


def machine_with(gpu: str, count: int) -> Machine | None:
    """The machine with so many of a GPU, the smallest that has them; None where there is none.

    `gpu` is the name of a GPU or of a machine that has one ("A100-80G": that much memory, too). A
    GPU that no machine has is stood in for, where the table says by which.
    """
    named = _named(gpu)
    if named is None:
        row = _table()["substitutes"].get(fold(gpu))
        named = machines()[row["machine"]] if row else None
    if named is None:
        return None
    found = [
        one
        for one in machines().values()
        if one.gpu == named.gpu
        and one.gpus == count * named.gpus
        and (one.gpu_memory_gb or 0) >= (named.gpu_memory_gb or 0)
    ]
    return min(found, key=lambda one: one.gpu_memory_gb or 0) if found else None


def carries(machine: Machine, gpu: str, count: int) -> bool:
    """Whether a machine has so many of a GPU, or of one that can stand in for it: of a GPU that no
    machine has, any with its memory can.
    """
    if machine.gpu is None:
        return False
    wanted = machine_with(gpu, count)
    if wanted is not None and (machine.gpu, machine.gpus) == (wanted.gpu, wanted.gpus):
        return (machine.gpu_memory_gb or 0) >= (wanted.gpu_memory_gb or 0)
    chip = find_gpu(gpu)
    if _named(gpu) is not None or chip is None:
        return False
    return machine.gpus == count and (machine.gpu_memory_gb or 0) >= chip.memory_gb


def read_gpu(text: str) -> tuple[str, int] | None:
    """The name and the count of "A100:2"; None for what is not of that form."""
    name, colon, count = text.strip().partition(":")
    if not name.strip() or (colon and not re.fullmatch(r"[1-9]\d{0,2}", count)):
        return None
    return name.strip(), int(count or 1)


def why_not_on(gpu: str | None, machine: str | None, *, unchecked: bool) -> str | None:
    """What is wrong with the options `--gpu` and `--machine` taken together, None if nothing is.

    With `unchecked` the machine need not be a documented one, nor known to have the GPU.
    """
    asked = read_gpu(gpu) if gpu is not None else None
    if gpu is not None:
        known = asked is not None and machine_with(*asked) is not None
        elsewhere = machine is not None and asked is not None and find_gpu(asked[0]) is not None
        if not known and not elsewhere:
            return f"--gpu: {why_no_gpu(gpu)}"
    if machine is None or unchecked:
        return None
    if machine not in machines():
        return f"--machine: {why_no_machine(machine)} --machine-unchecked takes it as it is."
    row = machines()[machine]
    if asked is not None and not carries(row, *asked):
        has = f"{row.gpus} of {row.gpu}" if row.gpu else "no GPU"
        return f"--machine: {machine} has {has}, and --gpu asks for {gpu}."
    return None


def why_no_such_gpu(text: str) -> str | None:
    """What is wrong with `--gpu` where no provider's machine is meant, None if nothing is."""
    asked = read_gpu(text)
    if asked is None or (find_gpu(asked[0]) is None and machine_with(asked[0], 1) is None):
        return f"--gpu: {why_no_gpu(text)}"
    return None


def why_no_gpu(text: str) -> str:
    """Why no machine has what "A100:2" asks for, with what comes nearest."""
    found = read_gpu(text)
    if found is None:
        return f"takes the name of a GPU, or name:count, not {text!r}."
    gpu, count = found
    alone = machine_with(gpu, 1)
    if alone is not None:
        counts = sorted({one.gpus for one in machines().values() if one.gpu == alone.gpu})
        listed = ", ".join(map(str, counts))
        return f"no machine has {count} of {gpu}; there are machines with {listed} of {alone.gpu}."
    chip = find_gpu(gpu)
    if chip is not None:
        with_gpu = [one for one in machines().values() if one.gpu is not None]
        near = min(
            with_gpu, key=lambda one: (abs((one.gpu_memory_gb or 0) - chip.memory_gb), one.gpus)
        )
        return (
            f"no machine of Gradient that is known has the GPU {chip.name}; {near.name} comes"
            " nearest in memory. Where Gradient is no target (--target kubernetes), any GPU can be"
            " named."
        )
    return f"{gpu!r} is no GPU that is known{_near(gpu, _gpu_names())}."


def why_no_machine(name: str) -> str:
    """Why a machine is not known, with the nearest name."""
    near = _near(name, machines())
    return f"{name!r} is no machine of Gradient that is documented{near}."


def _near(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    folded = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), folded, n=1, cutoff=0.5)
    return f"; {folded[found[0]]} is near it" if found else ""


def _gpu_names() -> list[str]:
    return [*(one.name for one in machines().values() if one.gpu), *gpus()]


def _named(gpu: str) -> Machine | None:
    """The machine of that name, or the first that has a GPU of that name."""
    folded = fold(gpu)
    with_gpu = [one for one in machines().values() if one.gpu]
    by_name = {one.name.lower(): one for one in with_gpu}
    if gpu.lower() in by_name:
        return by_name[gpu.lower()]
    return next((one for one in with_gpu if fold(one.gpu or "") == folded), None)


def _series(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")[:2]))


@cache
def _table() -> dict[str, Any]:
    return read_json("machines.json")
