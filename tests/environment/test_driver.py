"""Which drivers start which CUDA, which build of torch follows, and what a person is told."""

from __future__ import annotations

import pytest

from nb2prod.data.cuda import (
    cuda_images,
    tensorflow_cuda,
    tensorflow_versions,
    torch_versions,
)
from nb2prod.data.machines import Driver, documented_driver
from nb2prod.environment.driver import Start, judge, numbers, runs, starts
from nb2prod.environment.image import choose_image
from nb2prod.environment.model import Pin
from nb2prod.environment.torch_build import choose_torch_build, doubts

OLD = Driver("470.57.02", "2021-07-01", "11.4")
DOCUMENTED = Driver("525.116.04", "2024-02-02", "12.4")
NEW = Driver("580.82.07", "2026-02-05", "13.0")


def test_gradient_s_driver_is_the_documented_one() -> None:
    assert documented_driver() == DOCUMENTED


@pytest.mark.parametrize(
    ("driver", "cuda", "start"),
    [
        (OLD, "10.2", "yes"),
        (OLD, "11.4.3", "yes"),
        (OLD, "11.8.0", "unknown"),
        (OLD, "12.0.1", "no"),
        (DOCUMENTED, "11.8.0", "yes"),
        (DOCUMENTED, "12.1.1", "yes"),
        (DOCUMENTED, "12.4.1", "yes"),
        (DOCUMENTED, "12.5.1", "unknown"),
        (DOCUMENTED, "12.9.1", "unknown"),
        (DOCUMENTED, "13.0.3", "no"),
        (NEW, "12.9.1", "yes"),
        (NEW, "13.0.3", "yes"),
        (NEW, "13.2.1", "unknown"),
    ],
)
def test_starts(driver: Driver, cuda: str, start: Start) -> None:
    assert starts(cuda, driver) == start


def pins(*requirements: str) -> list[Pin]:
    found = []
    for requirement in requirements:
        name, _, version = requirement.partition("==")
        name, _, extra = name.rstrip("]").partition("[")
        public, _, build = version.partition("+")
        found.append(Pin(name, public, (extra,) if extra else (), (), build or None))
    return found


@pytest.mark.parametrize(
    ("requirement", "cpu", "cuda", "backend"),
    [
        ("torch==2.3.0", False, "12.1", None),
        ("torch==2.7.1", False, "12.6", None),
        ("torch==2.3.0+cu118", False, "11.8", "cu118"),
        ("torch==2.3.0+cpu", False, None, "cpu"),
        ("torch==2.3.0+cu999", False, "12.1", None),  # there is no such build
        ("torch==2.11.0", False, "12.6", "cu126"),
        ("torch==2.11.0+cu128", False, "12.8", "cu128"),
        ("torch==2.11.0+cu130", False, "13.0", "cu130"),
        ("torch==2.15.0", False, "13.2", None),  # every build needs a newer driver
        ("torch==1.12.1", False, "11.6", "cu116"),  # CUDA 10.2 knows no Ampere
        ("torch==1.12.1+cu102", False, "10.2", "cu102"),
        ("torch==1.13.1", False, "11.7", None),
        ("torch==99.0", False, None, None),
        ("torch==2.11.0", True, None, "cpu"),
        ("torch==2.11.0+cu128", True, None, "cpu"),
        ("torch==99.0", True, None, "cpu"),
        # torch comes with these.
        ("torchvision==0.26.0", False, "12.6", "cu126"),
        ("torchvision==0.18.0", False, "12.1", None),
        ("torchaudio==2.11.0", False, "12.6", "cu126"),
        ("ultralytics==8.3.0", False, "12.6", "cu126"),
        ("fastai==2.8.0", True, None, "cpu"),
    ],
)
def test_the_build_of_torch(
    requirement: str, cpu: bool, cuda: str | None, backend: str | None
) -> None:
    found = choose_torch_build(pins(requirement), cpu=cpu)
    assert found is not None
    assert (found.cuda, found.backend) == (cuda, backend)
    assert found.evidence


@pytest.mark.parametrize(
    ("python", "backend"),
    [("3.8", "cu118"), ("3.9", "cu126"), ("3.13", "cu126"), ("3.7", "cu116"), ("2.7", None)],
)
def test_torch_that_comes_with_another_package_is_one_for_the_python(
    python: str, backend: str | None
) -> None:
    found = choose_torch_build(pins("fastai==1.0.61"), cpu=False, python=python)
    assert found is not None
    assert found.backend == backend


def test_a_notebook_without_torch_gets_no_build() -> None:
    assert choose_torch_build(pins("pandas==2.2.2"), cpu=False) is None


@pytest.mark.parametrize(
    ("requirements", "start", "choices"),
    [
        ("torch==2.11.0", "yes", ""),
        ("torch==2.15.0", "no", "Choose torch==2.14.1 or --cpu"),
        ("torch==2.14.1+cu130", "no", "Choose torch==2.14.1+cu126 or --cpu"),
        ("torch==2.11.0+cu130 tensorflow==2.15.0", "no", "Choose torch==2.11.0+cu126 or --cpu"),
        ("tensorflow==2.15.0", "yes", ""),
        ("tensorflow==2.20.0", "unknown", "choose tensorflow==2.17.1 or --cpu"),
        ("torch==2.1.0 tensorflow==2.18.0", "unknown", "choose tensorflow==2.17.1 or --cpu"),
        ("cupy-cuda13x==13.6.0", "no", "Choose a build of cupy-cuda13x for CUDA 12 or --cpu"),
        ("cupy-cuda12x==13.6.0", "yes", ""),
        ("jax[cuda13]==0.8.0", "no", "Choose a build of jax for CUDA 12 or --cpu"),
        ("pandas==2.2.2", "yes", ""),
    ],
)
def test_the_verdict_says_what_to_choose(requirements: str, start: Start, choices: str) -> None:
    found = pins(*requirements.split())
    torch = choose_torch_build(found, cpu=False)
    image = choose_image(found, torch, "3.12.1", cpu=False)
    verdict = judge(image, torch, "T4", found)
    assert verdict.start == start
    assert verdict.reason.endswith(choices)
    assert bool(verdict.reason) == (start != "yes")
    # Without a GPU no driver is asked for.
    assert judge(image, torch, None, found).start == "yes"


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
    assert "".join(note.reason for note in doubts(pins(requirement)))[: len(doubt) or None] == doubt


@pytest.mark.parametrize("name", ["torch", "tensorflow"])
def test_every_known_version_gets_an_image_that_exists_and_an_honest_verdict(name: str) -> None:
    versions = torch_versions() if name == "torch" else tensorflow_versions()
    driver = documented_driver()
    for version in versions:
        found = pins(f"{name}=={version}")
        torch = choose_torch_build(found, cpu=False)
        image = choose_image(found, torch, "3.12.1", cpu=False)
        assert image.cuda is not None
        assert image.cuda in cuda_images()
        start = judge(image, torch, "T4", found).start
        assert start == starts(image.cuda, driver), version
        # torch carries its CUDA itself: whatever runs there, starts there.
        if torch is not None and torch.cuda is not None and runs(torch.cuda, driver):
            assert start == "yes", version
            assert numbers(image.cuda)[0] in (numbers(torch.cuda)[0], 11)
        built = tensorflow_cuda(version) if name == "tensorflow" else None
        if built is not None:
            assert cuda_images()[image.cuda].cudnn == built[1].partition(".")[0]
