"""GPUs: which CUDA knows them and which wheels have code for them."""

from __future__ import annotations

import pytest

from nb2prod.data._files import read_json
from nb2prod.data.cuda import cuda_images, torch_builds, torch_versions
from nb2prod.data.gpus import (
    find_gpu,
    gpus,
    jax_runs_on,
    knows,
    tensorflow_runs_on,
    torch_runs_on,
)
from nb2prod.data.machines import machines


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("T4", "T4"),
        ("Tesla T4", "T4"),
        ("nvidiaTeslaP100", "P100"),
        ("Tesla P100-PCIE-16GB", "P100"),
        ("NVIDIA A100-SXM4-40GB", "A100"),
        ("NVIDIA H100 80GB HBM3", None),
        ("RTX A4000", "A4000"),
        ("Quadro RTX 4000", "RTX4000"),
        ("Quadro M4000", "M4000"),
        ("GPU+", "M4000"),
        ("nvidiaRtxPro6000", "RTXPRO6000"),
        ("g4", "RTXPRO6000"),
        ("a10g", "A10G"),
        ("A400", None),
        ("", None),
    ],
)
def test_find_gpu(written: str, name: str | None) -> None:
    found = find_gpu(written)
    assert (found.name if found else None) == name


def test_every_machine_s_gpu_is_known_and_of_its_generation() -> None:
    for machine in machines().values():
        if machine.gpu is not None:
            chip = find_gpu(machine.gpu)
            assert chip is not None, machine
            assert chip.generation == machine.generation
            assert chip.memory_gb <= (machine.gpu_memory_gb or 0)


@pytest.mark.parametrize(
    ("cuda", "known", "unknown"),
    [
        ("10.2", "K80 M4000 P100 V100 T4", "A100 A4000 L4 H100 B200"),
        ("11.0.3", "K80 A100", "A4000 L4 H100"),
        ("11.1.1", "A4000", "L4 H100"),
        ("11.8.0", "K80 M4000 A4000 L4 H100", "B200 RTXPRO6000"),
        ("12.4.1", "M4000 V100 H100", "K80 B200"),
        ("12", "M4000 B200", "K80"),
        ("12.8.1", "P100 V100 B200 RTXPRO6000", "K80"),
        ("13.0.2", "T4 B200", "M4000 P100 V100"),
    ],
)
def test_which_cuda_knows_a_gpu(cuda: str, known: str, unknown: str) -> None:
    assert [one for one in known.split() if not knows(cuda, gpus()[one])] == []
    assert [one for one in unknown.split() if knows(cuda, gpus()[one])] == []


@pytest.mark.parametrize(
    ("version", "build", "served", "not_served"),
    [
        ("1.12.1", "cu102", "K80 V100 T4", "A100 A4000"),
        ("1.7.1", "cu110", "A100 A4000", "H100"),
        ("1.13.1", "cu117", "K80 A4000 L4", "H100"),
        ("2.0.1", "cu118", "K80 H100", "B200"),
        ("2.3.0", "cu121", "M4000 H100", "K80 B200"),
        ("2.7.1", "cu128", "T4 B200", "V100 P100"),
        ("2.8.0", "cu128", "V100 B200", "P100 M4000"),
        ("2.10.0", "cu128", "V100", "P100"),
        ("2.11.0", "cu128", "T4", "V100"),
        ("2.14.1", "cu126", "M4000 P100 V100 H100", "B200"),
        ("2.11.0", "cu130", "T4 B200 RTXPRO6000", "V100"),
        ("2.11.0", "cu999", "K80 B200", ""),  # nothing is known of it
    ],
)
def test_which_gpus_a_build_of_torch_has_code_for(
    version: str, build: str, served: str, not_served: str
) -> None:
    assert [one for one in served.split() if not torch_runs_on(version, build, gpus()[one])] == []
    assert [one for one in not_served.split() if torch_runs_on(version, build, gpus()[one])] == []


def test_every_build_of_torch_is_known() -> None:
    rows = read_json("gpus.json")["torch"]
    for version in torch_versions():
        for build in torch_builds(version):
            assert build in rows, build
            assert not all(torch_runs_on(version, build, one) for one in gpus().values())


def test_a_cuda_has_images_for_every_gpu() -> None:
    for chip in gpus().values():
        assert [version for version in cuda_images() if knows(version, chip)], chip.name


def test_tensorflow_and_jax() -> None:
    assert tensorflow_runs_on("2.16.2", gpus()["M4000"])
    assert not tensorflow_runs_on("2.17.0", gpus()["M4000"])
    assert tensorflow_runs_on("2.21.0", gpus()["P100"])
    assert jax_runs_on("cuda12", gpus()["M4000"])
    assert not jax_runs_on("cuda12", gpus()["K80"])
    assert not jax_runs_on("cuda13", gpus()["V100"])
    assert jax_runs_on("cuda13", gpus()["T4"])
