"""The GPU in SkyPilot's words."""

from __future__ import annotations

import re

from nb2prod.data.gpus import Gpu, find_gpu
from nb2prod.data.skypilot import (
    accelerator_names,
    paperspace_gpu_machine,
    unknown_accelerator,
)
from nb2prod.project.targets.workload import GpuNeed

# "A100-80GB", and Gradient's "V100-32G".
_MEMORY = re.compile(r"[-_ ](\d{1,3})GB?\b", re.IGNORECASE)


def names(need: GpuNeed) -> tuple[str, ...]:
    """What can do the work, by SkyPilot's names: it takes the cheapest that it can get."""
    chips = _chips(need)
    found = [accelerator_names(chip.name, _memory_gb(need, chip)) for chip in chips]
    return next(filter(None, found), (unknown_accelerator(),))


def accelerators(need: GpuNeed) -> str | dict[str, int]:
    """The value of `resources.accelerators`: "T4:1", or a map of several to choose from."""
    found = names(need)
    if len(found) == 1:
        return f"{found[0]}:{need.count}"
    return dict.fromkeys(found, need.count)


def paperspace(need: GpuNeed) -> str | None:
    """What to ask Paperspace for, "A4000:1"; None where it has no such machine in the catalog."""
    asked = gpu_of(need.name)
    memory = _memory_gb(need, asked) if asked is not None else need.memory_gb
    found = paperspace_gpu_machine(_chips(need), memory, need.count)
    return f"{found}:{need.count}" if found is not None else None


def gpu_of(name: str) -> Gpu | None:
    """The GPU of a name that may say how much memory it has."""
    return find_gpu(name) or find_gpu(_MEMORY.sub("", name))


def _chips(need: GpuNeed) -> list[Gpu]:
    """The GPU asked for, then the one that stands in for it."""
    return [chip for chip in (gpu_of(need.name), need.chip) if chip is not None]


def _memory_gb(need: GpuNeed, chip: Gpu) -> int:
    """The memory that the name asks for, else what that GPU always has."""
    said = _MEMORY.search(need.name)
    return int(said[1]) if said is not None and gpu_of(need.name) == chip else chip.memory_gb
