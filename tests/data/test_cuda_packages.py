"""Who else needs CUDA, who compiles it, and who brings torch along."""

from __future__ import annotations

import pytest

from nb2prod.data._files import read_json
from nb2prod.data.cuda import torch_versions
from nb2prod.data.cuda_packages import (
    CudaUse,
    compiles_cuda,
    cuda_use,
    exact_torch,
    is_compiled_repository,
    named_cuda,
    needs_jax,
    needs_tensorflow,
    needs_torch,
)


@pytest.mark.parametrize(
    ("text", "major"),
    [
        ("cupy-cuda13x", "13"),
        ("cupy-cuda102", "10"),
        ("cudf-cu12", "12"),
        ("jax-cuda12-plugin", "12"),
        ("nvidia-dali-cuda120", "12"),
        ("mxnet-cu92", "9"),
        ("something_cu121", "12"),
        ("cuda12", "12"),
        ("cuda11_cudnn82", "11"),
        ("cuda13-local", "13"),
        ("pycuda", None),
        ("cu2qu", None),
        ("cuda-python", None),
        ("icu12", None),
        ("cu12ab", None),
    ],
)
def test_a_cuda_in_a_name(text: str, major: str | None) -> None:
    assert named_cuda(text) == major


@pytest.mark.parametrize(
    ("name", "version", "extras", "use"),
    [
        ("cupy-cuda12x", "13.0.0", (), CudaUse("12", True)),
        ("cupy-cuda12x", "14.0.0", ("ctk",), CudaUse("12", False)),
        ("cudf-cu12", "25.10.0", (), CudaUse("12", False)),
        ("nvidia-cublas-cu12", "12.1.0", (), CudaUse("12", False)),
        ("mxnet-cu112", "1.9.1", (), CudaUse("11", True, "8")),
        ("onnxruntime-gpu", "1.8.1", (), CudaUse("11.0", True, "8.0")),
        ("onnxruntime-gpu", "1.18.1", (), CudaUse("11.8", True, "8")),
        ("onnxruntime-gpu", "1.22.0", (), CudaUse("12", True, "9")),
        ("onnxruntime-gpu", "1.22.0", ("cuda", "cudnn"), CudaUse("12", False)),
        ("onnxruntime-gpu", "1.31.1", (), CudaUse("13", True, "9")),
        ("onnxruntime-gpu", "1.0.0", (), None),
        ("onnxruntime", "1.22.0", (), None),
        ("pandas", "2.2.2", (), None),
        ("pycuda", "2025.1", (), None),
    ],
)
def test_cuda_use(name: str, version: str, extras: tuple[str, ...], use: CudaUse | None) -> None:
    assert cuda_use(name, version, extras) == use


@pytest.mark.parametrize(
    ("name", "version", "torch"),
    [
        ("xformers", "0.0.20", "2.0.1"),
        ("xformers", "0.0.33.post2", "2.9.1"),
        ("xformers", "0.0.35", None),  # any from 2.10 on
        ("vllm", "0.10.2", "2.8.0"),
        ("vllm", "0.1.4", None),
        ("torchvision", "0.18.0", "2.3.0"),
        ("torchaudio", "2.3.0", "2.3.0"),
        ("accelerate", "1.0.0", None),
    ],
)
def test_exact_torch(name: str, version: str, torch: str | None) -> None:
    assert exact_torch(name, version) == torch


def test_every_torch_that_is_required_is_known() -> None:
    rows = read_json("cuda.json")["exact_torch"]
    assert sorted(rows) == ["vllm", "xformers"]
    named = {version for row in rows.values() for version in row.values()}
    assert named <= set(torch_versions())


@pytest.mark.parametrize(
    ("address", "compiled"),
    [
        ("git+https://github.com/NVIDIA/apex", True),
        ("https://github.com/facebookresearch/detectron2.git", True),
        ("detectron2 @ git+https://github.com/facebookresearch/detectron2.git@v0.6#egg=x", True),
        ("git+https://me@github.com/NVlabs/tiny-cuda-nn/#subdirectory=bindings/torch", True),
        ("https://github.com/NVIDIA/apex-tools", False),
        ("https://github.com/someone/apex", False),
        ("https://github.com/NVIDIA", False),
        ("apex", False),
    ],
)
def test_repositories_that_compile(address: str, compiled: bool) -> None:
    assert is_compiled_repository(address) == compiled


def test_who_compiles_and_who_brings_what() -> None:
    assert compiles_cuda("flash-attn")
    assert not compiles_cuda("torch")
    assert needs_torch("accelerate")
    assert needs_tensorflow("tf-keras")
    assert needs_jax("flax")
    for needs in (needs_torch, needs_tensorflow, needs_jax):
        assert not needs("pandas")
