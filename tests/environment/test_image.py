"""The base image: which CUDA, in which flavour, and why."""

from __future__ import annotations

import pytest

from nb2prod.analysis.recorded_versions import RecordedDriver
from nb2prod.data.cuda import cuda_images
from nb2prod.environment.cuda_image import beside_the_record
from nb2prod.environment.model import BaseImage
from nb2prod.location import Location
from nb2prod.options import Options
from tests.environment.cuda_cases import decide, target

HERE = Location(2, 1)


def image_for(*requirements: str, cpu: bool = False) -> BaseImage:
    return decide(" ".join(requirements), target(None), options=Options(cpu=cpu)).image


@pytest.mark.parametrize(
    ("pinned", "reference"),
    [
        ([], "nvidia/cuda:12.1.1-base-ubuntu22.04"),
        (["pandas==2.2.2"], "nvidia/cuda:12.1.1-base-ubuntu22.04"),
        (["torch==2.6.0"], "nvidia/cuda:12.4.1-base-ubuntu22.04"),
        # The driver that is documented runs CUDA 12; images up to 12.4 start on it.
        (["torch==2.7.1"], "nvidia/cuda:12.4.1-base-ubuntu22.04"),
        (["torch==2.11.0"], "nvidia/cuda:12.4.1-base-ubuntu22.04"),
        (["torch==2.3.0"], "nvidia/cuda:12.1.1-base-ubuntu22.04"),
        (["torch==2.3.0+cu118"], "nvidia/cuda:11.8.0-base-ubuntu22.04"),
        (["torch==2.15.0"], "nvidia/cuda:13.2.1-base-ubuntu22.04"),
        (["torch==2.11.0+cu130"], "nvidia/cuda:13.0.3-base-ubuntu22.04"),
        (["torch==1.13.1"], "nvidia/cuda:11.7.1-base-ubuntu22.04"),
        (["torch==1.8.0"], "nvidia/cuda:11.1.1-base-ubuntu20.04"),
        (["tensorflow==2.17.1"], "nvidia/cuda:12.2.2-cudnn8-runtime-ubuntu22.04"),
        (["torchvision==0.26.0"], "nvidia/cuda:12.4.1-base-ubuntu22.04"),
        (["ultralytics==8.3.0"], "nvidia/cuda:12.4.1-base-ubuntu22.04"),
        (["tensorflow==2.15.0"], "nvidia/cuda:12.2.2-cudnn8-runtime-ubuntu22.04"),
        # Built for cuDNN 9.3, which the images of CUDA 12.5 do not have yet.
        (["tensorflow==2.20.0"], "nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04"),
        (["tensorflow==2.12.0"], "nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04"),
        (["tensorflow==2.9.2"], "nvidia/cuda:11.2.2-cudnn8-runtime-ubuntu20.04"),
        (["tensorflow==2.20.0", "torch==2.6.0"], "nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04"),
    ],
)
def test_the_framework_s_pin_decides(pinned: list[str], reference: str) -> None:
    image = image_for(*pinned)
    assert image.reference == reference
    assert image.cuda in cuda_images()
    assert image.evidence[0].detail


def test_cpu_gives_a_slim_python_image_of_the_same_version() -> None:
    image = image_for("torch==2.6.0", cpu=True)
    assert image.reference == "python:3.12.1-slim-bookworm"
    assert (image.cuda, image.flavour) == (None, "slim")
    assert image.evidence[0].kind == "user"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ([], []),
        ([("450.51", "11.0"), ("535.104.05", "12.2")],
         [("driver 535.104.05, for CUDA up to 12.2", False)]),
        ([("460.32.03", "11.2")], [("driver 460.32.03, for CUDA up to 11.2", True)]),
    ],
)  # fmt: skip
def test_the_notebook_s_own_driver_stays_beside_the_image(
    shown: list[tuple[str, str]], said: list[tuple[str, bool]]
) -> None:
    drivers = [RecordedDriver(version, cuda, HERE) for version, cuda in shown]
    image = image_for("torch==2.3.0")
    beside = beside_the_record(image, drivers).evidence[len(image.evidence) :]
    assert len(beside) == len(said)
    for found, (words, conflict) in zip(beside, said, strict=True):
        assert found.detail.endswith(words)
        assert (found.location, found.conflict) == (HERE, conflict)
    slim = image_for("torch==2.3.0", cpu=True)
    assert beside_the_record(slim, drivers) == slim


def test_a_series_without_an_image_says_so() -> None:
    image = image_for("torch==1.8.0+cu101")
    assert "no such image of CUDA 10.1 exists" in image.evidence[1].detail
