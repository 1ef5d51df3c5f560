"""Distributions that need CUDA beside the three frameworks: whose libraries they use, who compiles,
and who brings torch along.

Facts in `tables/cuda_packages.json` and `tables/torch_dependents.json`, kept by hand, and, for the
one torch that a version requires, in `tables/cuda.json`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from nb2prod.data._files import read_json
from nb2prod.data.cuda import one_torch, torch_for

# `cupy-cuda13x`, `jax-cuda13-plugin`, `nvidia-cublas-cu12`, `mxnet-cu101`, `nvidia-dali-cuda120`.
_CUDA_IN_NAME = re.compile(r"(?:\A|[-_])cu(?:da)?(9|1\d)(?:\d|x)?(?=\Z|[-_])")


@dataclass(frozen=True, slots=True)
class CudaUse:
    """What a distribution needs of CUDA: a version ("11.8", or the major one alone), whether its
    libraries come from the image, and which cuDNN with them.
    """

    cuda: str
    from_image: bool
    cudnn: str | None = None


def named_cuda(text: str) -> str | None:
    """The major version of CUDA in the name of a distribution or an extra ("cudf-cu12": "12")."""
    found = _CUDA_IN_NAME.search(text)
    return found[1] if found else None


def cuda_use(name: str, version: str, extras: tuple[str, ...] = ()) -> CudaUse | None:
    """What a version of a distribution (normalised name) needs; None where nothing is known.

    torch, TensorFlow and JAX are asked for in `cuda`.
    """
    if name == "onnxruntime-gpu":
        return _onnxruntime(version, extras)
    major = named_cuda(name)
    if major is None:
        return None
    table = _table()
    if any(name.startswith(prefix) for prefix in table["carries_own"]) or "ctk" in extras:
        return CudaUse(major, False)
    for prefix, cudnn in table["from_image"].items():
        if name.startswith(prefix):
            return CudaUse(major, True, _cudnn_of(major) if cudnn else None)
    return CudaUse(major, True)


def onnxruntime_versions() -> tuple[str, ...]:
    """The versions from which on onnxruntime-gpu uses another CUDA, oldest first."""
    return tuple(_table()["onnxruntime-gpu"])


def compiles_cuda(name: str) -> bool:
    """Whether installing or using a distribution (normalised name) is known to run nvcc."""
    return name in _table()["compiles"]


def is_compiled_repository(address: str) -> bool:
    """Whether the repository at an address is known to compile CUDA when it is installed."""
    _, _, path = address.lower().partition("://")[2].partition("/")
    plain = re.sub(r"[@#].*|\.git\b.*", "", path)
    return "/".join(plain.split("/")[:2]) in _table()["compiled_repositories"]


def needs_torch(name: str) -> bool:
    """Whether a distribution is known to need torch itself."""
    return name in _torch_dependents()


def needs_tensorflow(name: str) -> bool:
    """Whether a distribution is known to bring TensorFlow along."""
    return name in _table()["needs_tensorflow"]


def needs_jax(name: str) -> bool:
    """Whether a distribution is known to compute with JAX and to bring it along."""
    return name in _table()["needs_jax"]


def exact_torch(name: str, version: str) -> str | None:
    """The one torch that a version of another distribution was made for; None when not known."""
    if name in ("torchaudio", "torchvision"):
        return torch_for(name, version)
    return one_torch(name).get(version)


def _onnxruntime(version: str, extras: tuple[str, ...]) -> CudaUse | None:
    numbers = [int(part) for part in re.findall(r"\d+", version)]
    rows: dict[str, dict[str, str]] = _table()["onnxruntime-gpu"]
    found = [row for first, row in rows.items() if [int(n) for n in first.split(".")] <= numbers]
    if not found:
        return None
    if {"cuda", "cudnn"} <= set(extras):
        return CudaUse(found[-1]["cuda"], False)
    return CudaUse(found[-1]["cuda"], True, found[-1]["cudnn"])


@cache
def _torch_dependents() -> frozenset[str]:
    return frozenset(read_json("torch_dependents.json")["names"])


def _cudnn_of(major: str) -> str:
    return "8" if int(major) < 12 else "9"


@cache
def _table() -> dict[str, Any]:
    return read_json("cuda_packages.json")
