"""Which GPU and which machine a job gets, from the notebook and from the options."""

from __future__ import annotations

import json
from typing import Any

import pytest

import nb2prod
from nb2prod.environment.compiled import compiled_in
from nb2prod.environment.cuda import decided_again
from nb2prod.environment.decide import decide_environment
from nb2prod.environment.model import Environment
from nb2prod.errors import OptionError
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.reader import read_bytes

T4: dict[str, Any] = {"accelerator": "GPU", "colab": {"gpuType": "T4"}}


def notebook(source: str = "import torch", metadata: dict[str, Any] | None = None) -> Notebook:
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    document = {"cells": [cell], "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 4}
    return read_bytes(json.dumps(document).encode(), "n")


def environment(
    metadata: dict[str, Any], source: str = "import torch", **options: Any
) -> Environment:
    read = notebook(source, metadata)
    return decide_environment(read, nb2prod.inspect(read), nb2prod.Options(**options))


@pytest.mark.parametrize(
    ("metadata", "options", "gpu", "machine"),
    [
        ({}, {}, None, "C6"),
        (T4, {}, "T4", "A4000"),
        (T4, {"cpu": True}, None, "C6"),
        (T4, {"gpu": "V100"}, "V100", "V100"),
        (T4, {"gpu": "V100", "cpu": True}, None, "C6"),
        # A notebook that shows no GPU gets the one that is asked for.
        ({}, {"gpu": "A4000"}, "A4000", "A4000"),
        ({}, {"gpu": "T4:2"}, "T4", "A4000x2"),
        ({}, {"gpu": "a100:2"}, "a100", "A100x2"),
        ({}, {"gpu": "A100-80G"}, "A100-80G", "A100-80G"),
        ({}, {"gpu": "NVIDIA RTX A6000"}, "NVIDIA RTX A6000", "A6000"),
        ({}, {"machine": "P6000"}, "Quadro P6000", "P6000"),
        (T4, {"machine": "RTX5000"}, "T4", "RTX5000"),
        (T4, {"gpu": "T4", "machine": "RTX5000"}, "T4", "RTX5000"),
        (T4, {"gpu": "A100", "machine": "A100-80G"}, "A100", "A100-80G"),
        (T4, {"machine": "L40S-1", "machine_unchecked": True}, "T4", "L40S-1"),
        (
            {},
            {"gpu": "L40S", "machine": "L40S-1", "machine_unchecked": True},
            "L40S",
            "L40S-1",
        ),
        ({}, {"machine": "C10"}, None, "C10"),
    ],
)
def test_the_machine(
    metadata: dict[str, Any], options: dict[str, Any], gpu: str | None, machine: str
) -> None:
    found = environment(metadata, **options)
    assert (found.gpu, found.machine) == (gpu, machine)
    assert found.cuda_attention == ()


@pytest.mark.parametrize(
    ("count", "options", "machine", "told"),
    [
        (2, {}, "A4000x2", False),
        (3, {}, "A4000x4", False),
        (8, {"gpu": "A100"}, "A100x8", False),
        (2, {"gpu": "T4:4"}, "A4000x4", False),
        (2, {"gpu": "A4000:1"}, "A4000", True),
        (2, {"machine": "P6000"}, "P6000", True),
        (16, {}, "A4000", True),
        (16, {"targets": ("kubernetes",)}, "A4000", False),
        (2, {"cpu": True}, "C6", False),
    ],
)
def test_as_many_gpus_as_the_notebook_says(
    count: int, options: dict[str, Any], machine: str, told: bool
) -> None:
    found = environment(T4, f"!torchrun --nproc_per_node {count} train.py", **options)
    assert found.machine == machine
    assert (f"trains on {count} GPUs here; the machine" in str(found.attention)) == told


@pytest.mark.parametrize(
    ("metadata", "options", "words"),
    [
        (T4, {"machine": "C7"}, "uses a GPU (T4), and the machine C7 has none"),
        (T4, {"machine": "P4000"}, "had a T4 with 16 GB; the machine P4000 has 8 GB"),
        ({"accelerator": "GPU", "colab": {"gpuType": "Z9"}}, {}, "known to have the GPU Z9"),
    ],
)
def test_what_a_person_has_to_know(
    metadata: dict[str, Any], options: dict[str, Any], words: str
) -> None:
    found = environment(metadata, **options)
    assert words in str(found.cuda_attention)
    assert set(found.cuda_attention) <= set(found.attention)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"gpu": "A400"}, "A4000 is near it"),
        ({"gpu": "A4000:3"}, "machines with 1, 2, 4 of RTX A4000"),
        ({"gpu": "A4000:0"}, "name:count"),
        ({"gpu": ":2"}, "name:count"),
        ({"gpu": "L40S"}, "A6000 comes nearest"),
        ({"machine": "A40000"}, "A4000 is near it. --machine-unchecked takes it"),
        ({"machine": "A4000\n", "machine_unchecked": True}, "--machine takes the name"),
        ({"machine_unchecked": True}, "name it with --machine"),
        ({"gpu": "A100", "machine": "A4000"}, "A4000 has 1 of RTX A4000, and --gpu asks for A100"),
        ({"gpu": "A100-80G", "machine": "A100"}, "A100 has 1 of A100"),
        ({"gpu": "T4", "machine": "RTX4000"}, "RTX4000 has 1 of Quadro RTX 4000"),  # 8 GB
        ({"gpu": "T4", "machine": "C7"}, "C7 has no GPU"),
        ({"gpu": "Z9", "machine": "A4000"}, "no GPU that is known"),
        ({"cuda": "12.7"}, "there is no image of CUDA 12.7; 12.6.0 is near it"),
        ({"cuda": "10"}, "11.0.3 is near it"),
        ({"cuda": "12.4.0"}, "12.4.1 is near it"),
        ({"cuda": "latest"}, "a version such as 12, 12.4 or 12.4.1"),
        ({"cuda": "12."}, "a version such as"),
        ({"cuda": "12-devel"}, "a version such as"),
    ],
)
def test_options_that_cannot_be_used(options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError) as refused:
        nb2prod.Options(**options)
    assert words in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("source", "detail", "line"),
    [
        ("import torch\n!nvcc -o a a.cu", "the notebook runs nvcc", 2),
        ("import subprocess\nsubprocess.run(['nvcc', 'a.cu'])", "the notebook runs nvcc", 2),
        ("\n%load_ext nvcc4jupyter", "the notebook loads an extension that runs nvcc", 2),
        ("%%cu\nint main() {}", "the notebook has a cell of CUDA", 1),
        (
            "from torch.utils.cpp_extension import load_inline",
            "the notebook builds an extension of torch",
            1,
        ),
        (
            "import numba\nfrom numba import cuda, jit",
            "the notebook compiles for the GPU with numba",
            2,
        ),
        ("!apt-get install -y cuda-toolkit-12-1", "the notebook installs cuda-toolkit-12-1", 1),
        (
            "!pip install git+https://github.com/NVIDIA/apex",
            "the notebook installs a repository that compiles CUDA",
            1,
        ),
        (
            "!git clone https://github.com/NVlabs/tiny-cuda-nn.git",
            "the notebook clones a repository that compiles CUDA",
            1,
        ),
    ],
)
def test_what_compiles(source: str, detail: str, line: int) -> None:
    read = notebook(source)
    (found,) = compiled_in(read, nb2prod.inspect(read))
    assert found.detail == detail
    assert found.location is not None
    assert found.location.line == line
    assert environment({}, source).base_image.flavour == "devel"


@pytest.mark.parametrize(
    "source",
    [
        "import torch\nmodel.cuda()",
        "# !nvcc a.cu",
        "from numba import jit\ncuda = 1",
        "!apt-get install -y libcudart11.0 cudatools",
        "!pip install git+https://github.com/huggingface/transformers",
        "%%cudax\nx",
    ],
)
def test_what_does_not_compile(source: str) -> None:
    read = notebook(source)
    assert compiled_in(read, nb2prod.inspect(read)) == ()


def test_a_lock_decides_again_and_leaves_nothing_of_before() -> None:
    read = notebook("!pip install jax==0.7.2\nimport jax\nimport accelerate", T4)
    facts, options = nb2prod.inspect(read), nb2prod.Options(as_of="2025-04-10")
    before = decide_environment(read, facts, options)
    versions = {pin.name: pin.version for pin in before.pins}
    assert "choose jax" in str(before.cuda_attention)  # torch 2.6 comes along
    after = decided_again(before, {**versions, "torch": "2.8.0"}, read, facts, options)
    assert after.cuda_attention == ()
    assert not set(before.cuda_attention) & set(after.attention)
    assert "jax[cuda12]" in " ".join(pin.requirement for pin in after.pins)
    assert after.torch_build is not None
    assert (after.torch_build.cuda, after.torch_build.backend) == ("12.8", None)
    again = decided_again(after, {**versions, "torch": "2.8.0"}, read, facts, options)
    assert again == after
    back = decided_again(after, {**versions, "torch": "2.6.0"}, read, facts, options)
    assert back.pins == before.pins
    assert back.cuda_attention == before.cuda_attention
    assert back.base_image.reference == before.base_image.reference


ELSEWHERE = ("kubernetes", "compose")


@pytest.mark.parametrize(("gpu", "capability"), [("H200", "9.0"), ("L4:2", "8.9"), ("T4", "7.5")])
def test_a_gpu_that_gradient_lacks_is_one_elsewhere(gpu: str, capability: str) -> None:
    found = environment({}, gpu=gpu, targets=ELSEWHERE)
    assert found.gpu == gpu.partition(":")[0]
    assert not [one for one in found.attention if "machine" in one.reason]
    with pytest.raises(OptionError, match="--gpu: 'T5' is no GPU that is known"):
        nb2prod.Options(gpu="T5", targets=ELSEWHERE)


def test_gradient_s_driver_is_asked_where_the_job_runs_there_alone() -> None:
    """CUDA 13 is more than the documented driver can run."""
    source = "!pip install jax[cuda13]==0.7.2\nimport jax"
    there = environment(T4, source, targets=("gradient",))
    elsewhere = environment(T4, source, targets=ELSEWHERE)
    said = "Gradient's driver is documented"
    assert there.cannot_run is not None
    assert said in there.cannot_run
    assert elsewhere.cannot_run is None
    assert not [one for one in elsewhere.attention if said in one.reason]
    assert elsewhere.base_image == there.base_image
