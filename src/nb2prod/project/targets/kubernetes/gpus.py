"""Which nodes suit the program's GPU, by the labels of NVIDIA's GPU feature discovery.

Source: NVIDIA/k8s-device-plugin, docs/gpu-feature-discovery/README.md, read in November 2026:
`gpu.memory` is in MiB, `gpu.compute.major` the first number of the compute capability, and
`cuda.runtime-version.major` that of the newest CUDA that the node's driver runs.
"""

from __future__ import annotations

from nb2prod.data.gpus import gpus, knows
from nb2prod.project.targets.workload import GpuNeed

_MIB = 1024


def preferences(gpu: GpuNeed, cuda: str | None) -> list[dict[str, object]]:
    """The node affinity that prefers as much memory as the notebook's GPU had, its generation or a
    newer one that the image's CUDA (None where it has none) knows, and a driver for that CUDA.
    """
    found = []
    if gpu.memory_gb:
        # A card shows some percent less than its data sheet says: a T4 of 16 GB 15360 MiB.
        enough = gpu.memory_gb * _MIB * 9 // 10
        found.append(_preference(100, _is("gpu.memory", "Gt", enough)))
    generation = []
    if gpu.chip is not None:
        generation.append(_is("gpu.compute.major", "Gt", _major(gpu.chip.capability) - 1))
    newest = _newest_known(cuda) if cuda else None
    if newest is not None:
        generation.append(_is("gpu.compute.major", "Lt", newest + 1))
    if generation:
        found.append(_preference(100, *generation))
    if cuda:
        found.append(_preference(50, _is("cuda.runtime-version.major", "Gt", _major(cuda) - 1)))
    return found


def _preference(weight: int, *expressions: dict[str, object]) -> dict[str, object]:
    return {"weight": weight, "preference": {"matchExpressions": list(expressions)}}


def _is(label: str, operator: str, number: int) -> dict[str, object]:
    return {"key": f"nvidia.com/{label}", "operator": operator, "values": [str(number)]}


def _newest_known(cuda: str) -> int | None:
    """The newest generation that a CUDA knows, None where it knows all that there are."""
    all_of_them = {_major(one.capability) for one in gpus().values()}
    known = {_major(one.capability) for one in gpus().values() if knows(cuda, one)}
    return max(known) if known and max(known) < max(all_of_them) else None


def _major(version: str) -> int:
    return int(version.partition(".")[0])
