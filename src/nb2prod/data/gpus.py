"""GPUs: their generation, the CUDA that knows them, and which wheels have code for them.

Facts in `tables/gpus.json`, kept by hand from NVIDIA's matrix of toolkits and architectures and
from how torch, TensorFlow and JAX build their wheels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from nb2prod.data._files import read_json


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU by its short name; `capability` is its compute capability ("8.6").

    `first_cuda` is the first CUDA that knows it ("11.1"), `last_cuda` the last major version that
    does ("12"), None where no end is known.
    """

    name: str
    capability: str
    memory_gb: int
    generation: str
    first_cuda: str
    last_cuda: str | None


@cache
def gpus() -> Mapping[str, Gpu]:
    """All GPUs by name, oldest generation first."""
    capabilities = _table()["capabilities"]
    return MappingProxyType(
        {row["name"]: Gpu(**row, **capabilities[row["capability"]]) for row in _table()["gpus"]}
    )


@cache
def find_gpu(name: str) -> Gpu | None:
    """The GPU of a name as Colab, Kaggle, nvidia-smi or a list of machines write it."""
    folded = fold(name)
    by_name = {fold(one.name): one for one in gpus().values()}
    return by_name.get(folded) or gpus().get(_table()["other_names"].get(folded, ""))


def fold(name: str) -> str:
    """A GPU's name without maker, case, blanks and the kind of its card: "NVIDIA A100-SXM4-40GB" is
    "a100".
    """
    plain = re.sub(r"[-_ ](sxm\d?|pcie|pg\d+|\d+gb)\b", "", name.lower().strip())
    plain = re.sub(r"[^a-z0-9+]", "", plain)
    plain = plain.removeprefix("nvidia").removeprefix("tesla").removeprefix("quadro")
    return re.sub(r"\Artx(?=a\d)", "", plain)


@cache
def knows(cuda: str, gpu: Gpu) -> bool:
    """Whether a CUDA ("12.4.1", or "12" for its newest) knows the GPU."""
    version = _numbers(cuda)
    series = (*version, 99)[:2]
    old = gpu.last_cuda is not None and version[0] > int(gpu.last_cuda)
    return series >= _numbers(gpu.first_cuda) and not old


@cache
def torch_runs_on(version: str, build: str, gpu: Gpu) -> bool:
    """Whether a build ("cu126") of a torch has code for the GPU; true where that is not known."""
    found: list[str] = []
    for first, capabilities in _table()["torch"].get(build, {}).items():
        if _numbers(first) <= _numbers(version):
            found = capabilities
    return not found or _has_code(found, gpu.capability)


def tensorflow_runs_on(version: str, gpu: Gpu) -> bool:
    """Whether the wheels of a TensorFlow have code for GPUs as old as this one."""
    oldest = "0"
    for first, capability in _table()["tensorflow"].items():
        if _numbers(first) <= _numbers(version):
            oldest = capability
    return _numbers(gpu.capability) >= _numbers(oldest)


def jax_runs_on(extra: str, gpu: Gpu) -> bool:
    """Whether JAX with this extra ("cuda12") takes GPUs as old as this one."""
    oldest: str = _table()["jax"].get(extra, "0")
    return _numbers(gpu.capability) >= _numbers(oldest)


def _has_code(built_for: Iterable[str], capability: str) -> bool:
    """Code runs on the capability it was built for and on later ones of the same major."""
    major, minor = _numbers(capability)
    return any(one[0] == major and one[1] <= minor for one in map(_numbers, built_for))


@cache
def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0]))


@cache
def _table() -> dict[str, Any]:
    return read_json("gpus.json")
