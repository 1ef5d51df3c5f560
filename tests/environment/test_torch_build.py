"""Which build of torch follows from its version, the GPU and the driver."""

from __future__ import annotations

import pytest

from nb2prod.data.machines import Driver
from nb2prod.environment.torch_build import (
    doubts_of_torch,
    likely_closure,
    nearest_torch,
    torch_version,
)
from nb2prod.options import Options
from tests.environment.cuda_cases import DOCUMENTED, NEW, decide, pins, target


@pytest.mark.parametrize(
    ("requirement", "cuda", "backend"),
    [
        ("torch==2.3.0", "12.1", None),
        ("torch==2.7.1", "12.6", None),
        ("torch==2.3.0+cu118", "11.8", "cu118"),
        ("torch==2.3.0+cpu", None, "cpu"),
        ("torch==2.3.0+cu999", "12.1", None),  # there is no such build
        ("torch==2.11.0", "12.6", "cu126"),
        ("torch==2.11.0+cu128", "12.8", "cu128"),
        ("torch==2.11.0+cu130", "13.0", "cu130"),
        ("torch==2.15.0", "13.2", None),  # every build needs a newer driver
        ("torch==1.12.1", "11.6", "cu116"),  # CUDA 10.2 knows no Ampere
        ("torch==1.12.1+cu102", "10.2", "cu102"),
        ("torch==1.13.1", "11.7", None),
        ("torch==99.0", None, None),
        # These name one torch.
        ("torchvision==0.26.0", "12.6", "cu126"),
        ("torchvision==0.18.0", "12.1", None),
        ("torchaudio==2.11.0", "12.6", "cu126"),
        ("vllm==0.10.2", "12.8", None),
        ("xformers==0.0.20", "11.7", None),
        # These bring some torch along.
        ("ultralytics==8.3.0", "12.6", "cu126"),
    ],
)
def test_the_build(requirement: str, cuda: str | None, backend: str | None) -> None:
    found = decide(requirement).torch_build
    assert found is not None
    assert (found.cuda, found.backend) == (cuda, backend)
    assert found.evidence


@pytest.mark.parametrize(
    ("requirement", "gpu", "driver", "cuda", "backend"),
    [
        ("torch==2.8.0", "A4000", NEW, "12.8", None),
        ("torch==2.8.0", "V100", NEW, "12.8", None),
        ("torch==2.8.0", "P6000", NEW, "12.6", "cu126"),  # cu128 has no Pascal
        ("torch==2.8.0", "M4000", DOCUMENTED, "12.6", "cu126"),
        ("torch==2.7.1+cu128", "V100", NEW, "12.8", "cu128"),
        ("torch==2.11.0", "V100", NEW, "12.6", "cu126"),  # cu13x has no Volta
        ("torch==2.11.0", "RTX5000", NEW, "13.0", None),
        ("torch==2.15.0", "A4000", NEW, "13.2", None),
        ("torch==2.0.1", "A4000", DOCUMENTED, "11.7", None),
        ("torch==2.0.1", "H100", DOCUMENTED, "11.8", "cu118"),  # CUDA 11.7 knows no Hopper
        ("torch==1.13.1", "H100", DOCUMENTED, "11.7", None),  # no build knows it
        ("torch==1.12.1", "P6000", DOCUMENTED, "10.2", None),
        ("torch==2.7.1", "B200", NEW, "12.8", "cu128"),  # Blackwell needs cu128
    ],
)
def test_the_build_for_a_gpu(
    requirement: str, gpu: str, driver: Driver, cuda: str, backend: str | None
) -> None:
    found = decide(requirement, target(gpu, driver)).torch_build
    assert found is not None
    assert (found.cuda, found.backend) == (cuda, backend)


@pytest.mark.parametrize("requirement", ["torch==2.11.0", "torch==2.11.0+cu128", "fastai==2.8.0"])
def test_without_cuda_where_the_user_wants_none(requirement: str) -> None:
    found = decide(requirement, options=Options(cpu=True)).torch_build
    assert found is not None
    assert (found.cuda, found.backend) == (None, "cpu")


def test_a_notebook_without_torch_gets_no_build() -> None:
    assert decide("pandas==2.2.2").torch_build is None
    assert decide("pandas==2.2.2", options=Options(cpu=True)).torch_build is None


@pytest.mark.parametrize(
    ("freeze", "python", "torch", "backend"),
    [
        ({"torch": "2.3.1"}, "3.11", "2.3.1", "cu121"),
        ({"torch": "2.0.1"}, "3.10", "2.0.1", "cu117"),
        ({"torch": "2.11.0"}, "3.12", "2.11.0", "cu126"),
        ({"torch": "2.3.1"}, "3.14", "2.14.1", "cu126"),  # no wheel for that Python
        ({}, "3.9", "2.8.0", "cu128"),
        ({}, "3.8", "2.4.1", "cu121"),
    ],
)
def test_what_brings_torch_gets_that_of_the_runtime(
    freeze: dict[str, str], python: str, torch: str, backend: str
) -> None:
    given = pins("accelerate==1.0.0")
    closure = likely_closure(given, {**freeze, "tensorflow": "2.15.0"}, python, target())
    assert dict(closure) == {"torch": torch}
    found = decide("accelerate==1.0.0", closure=closure, python=f"{python}.1").torch_build
    assert found is not None
    # The default index would give another version: it is always named.
    assert found.backend == backend
    # A lock names the version; then the default wheel will do where it runs.
    locked = decide("accelerate==1.0.0", closure=closure, python=f"{python}.1", exact=True)
    assert locked.torch_build is not None
    assert locked.torch_build.cuda == found.cuda
    assert locked.image == decide("accelerate==1.0.0", closure=closure).image or not freeze


def test_a_python_without_any_torch() -> None:
    assert dict(likely_closure(pins("fastai==1.0.61"), {}, "2.7", target())) == {}
    found = decide("fastai==1.0.61", python="2.7.1").torch_build
    assert found is not None
    assert (found.cuda, found.backend) == (None, None)


@pytest.mark.parametrize(
    ("requirements", "closure", "version"),
    [
        ("torch==2.1.0 vllm==0.10.2", {"torch": "2.3.0"}, "2.1.0"),
        ("vllm==0.10.2", {"torch": "2.3.0"}, "2.8.0"),
        ("vllm==0.1.4", {"torch": "2.3.0"}, "2.3.0"),
        ("accelerate==1.0.0", {"torch": "2.3.0+cu121"}, "2.3.0"),
        ("pandas==2.2.2", {}, None),
    ],
)
def test_whose_torch_it_is(requirements: str, closure: dict[str, str], version: str | None) -> None:
    assert torch_version(pins(requirements), closure) == version


@pytest.mark.parametrize(
    ("version", "gpu", "driver", "choice"),
    [
        ("2.15.0", "A4000", DOCUMENTED, "torch==2.14.1"),
        ("2.11.0", "A4000", DOCUMENTED, "torch==2.11.0+cu126"),
        ("2.15.0", "V100", NEW, "torch==2.14.1"),
        ("1.13.1", "H100", NEW, "torch==2.0.0"),
        ("2.6.0", "B200", NEW, "torch==2.7.0"),
        ("2.6.0", "K80", NEW, "torch==2.6.0+cu118"),
    ],
)
def test_the_nearest_that_runs(version: str, gpu: str, driver: Driver, choice: str) -> None:
    assert nearest_torch(version, target(gpu, driver)) == choice


@pytest.mark.parametrize(
    ("requirement", "doubt"),
    [
        ("torch==2.11.0", ""),
        ("torch==2.3.0+cu118", ""),
        ("torch==99.0", "no table knows which CUDA there is in torch 99.0"),
        ("torch==2.3.0+rocm6.0", "torch 2.3.0+rocm6.0 is no build that is known of"),
    ],
)
def test_what_no_table_knows_is_told(requirement: str, doubt: str) -> None:
    reasons = "".join(note.reason for note in doubts_of_torch(pins(requirement)))
    assert reasons[: len(doubt) or None] == doubt
