"""CUDA facts, checked against the release tables that the data was gathered for."""

from __future__ import annotations

from typing import cast, get_args

import pytest

from nb2prod.data.cuda import (
    Flavour,
    cuda_images,
    images_of,
    jax_extras,
    jax_versions,
    minimum_driver,
    newest_image,
    tensorflow_and_cuda,
    tensorflow_cuda,
    tensorflow_pythons,
    torch_cuda,
    torch_cudnn,
    torch_index,
    torch_pythons,
    torch_variants,
    why_no_image,
)


@pytest.mark.parametrize(
    ("version", "cuda"),
    [
        ("1.7.0", "10.2"),
        ("1.13.1", "11.7"),
        ("2.0.1", "11.7"),
        ("2.1.0", "12.1"),
        ("2.4.1", "12.1"),
        ("2.5.1", "12.4"),
        ("2.6.0", "12.4"),
        ("2.6", "12.4"),
        ("2.7.1", "12.6"),
        ("2.8.0", "12.8"),
        ("2.10.0", "12.8"),
        ("2.11.0", "13.0"),
        ("2.15.0", "13.2"),
        ("2.6.0+cu121", "12.1"),
        ("2.11.0+cu128", "12.8"),
        ("1.7.0+cu92", "9.2"),
        ("1.12.1+cu113", "11.3"),
        ("99.0+cu130", "13.0"),
        ("2.11.0+cpu", None),
        ("2.11.0+rocm6.4", None),
        ("99.0", None),
        ("", None),
    ],
)
def test_torch_cuda(version: str, cuda: str | None) -> None:
    assert torch_cuda(version) == cuda


@pytest.mark.parametrize(
    ("version", "oldest", "newest"),
    [
        ("1.13.1", "3.7", "3.11"),
        ("2.6.0", "3.9", "3.13"),
        ("2.11.0+cu128", "3.10", "3.14"),
        ("2.15.0", "3.11", "3.15"),
    ],
)
def test_torch_pythons(version: str, oldest: str, newest: str) -> None:
    pythons = torch_pythons(version)
    assert (pythons[0], pythons[-1]) == (oldest, newest)


@pytest.mark.parametrize(
    ("version", "variants"),
    [
        ("2.6.0", ("cpu", "cu118", "cu124", "cu126")),
        ("2.14.0", ("cpu", "cu126", "cu130", "cu132")),
        ("99.0", ()),
    ],
)
def test_torch_variants(version: str, variants: tuple[str, ...]) -> None:
    assert torch_variants(version) == variants


@pytest.mark.parametrize("variant", ["cpu", "cu92", "cu118", "cu130"])
def test_torch_index_ends_with_the_build(variant: str) -> None:
    index = torch_index(variant)
    assert index.startswith("https://")
    assert index.endswith(f"/whl/{variant}")


@pytest.mark.parametrize("variant", ["", "cu", "cu12.6", "rocm6.4", "cu126/../x", "cu126\n"])
def test_torch_index_refuses_what_is_no_build(variant: str) -> None:
    with pytest.raises(ValueError, match="no PyTorch build"):
        torch_index(variant)


@pytest.mark.parametrize(
    ("version", "cuda"),
    [
        ("2.4.0", ("11.0", "8.0")),
        ("2.5.0", ("11.2", "8.1")),
        ("2.11.0", ("11.2", "8.1")),
        ("2.12.0", ("11.8", "8.6")),
        ("2.14.0", ("11.8", "8.7")),
        ("2.15.0", ("12.2", "8.9")),
        ("2.15", ("12.2", "8.9")),
        ("2.15.0.post1", ("12.2", "8.9")),
        ("2.17.1", ("12.3", "8.9")),
        ("2.20.0", ("12.5", "9.3")),
        ("1.15.0", None),
    ],
)
def test_tensorflow_cuda(version: str, cuda: tuple[str, str] | None) -> None:
    assert tensorflow_cuda(version) == cuda


@pytest.mark.parametrize(
    ("version", "pythons"),
    [
        ("2.15.0", ("3.9", "3.10", "3.11")),
        ("2.20.0", ("3.9", "3.10", "3.11", "3.12", "3.13")),
        ("1.15.0", ()),
    ],
)
def test_tensorflow_pythons(version: str, pythons: tuple[str, ...]) -> None:
    assert tensorflow_pythons(version) == pythons


@pytest.mark.parametrize(
    ("cuda", "flavour", "ubuntu", "reference"),
    [
        ("12.6.3", "base", "22.04", "nvidia/cuda:12.6.3-base-ubuntu22.04"),
        ("12.2.2", "cudnn-runtime", "22.04", "nvidia/cuda:12.2.2-cudnn8-runtime-ubuntu22.04"),
        ("12.3.2", "cudnn-devel", "20.04", "nvidia/cuda:12.3.2-cudnn9-devel-ubuntu20.04"),
        ("12.4.1", "cudnn-devel", "22.04", "nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04"),
        ("11.8.0", "cudnn-runtime", "22.04", "nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04"),
        ("13.0.2", "runtime", "24.04", "nvidia/cuda:13.0.2-runtime-ubuntu24.04"),
        ("13.3.1", "devel", "24.04", "nvidia/cuda:13.3.1-devel-ubuntu24.04"),
    ],
)
def test_reference(cuda: str, flavour: Flavour, ubuntu: str, reference: str) -> None:
    assert cuda_images()[cuda].reference(flavour, ubuntu) == reference


@pytest.mark.parametrize(
    ("cuda", "ubuntu"),
    [("11.6.2", "22.04"), ("12.4.1", "24.04"), ("13.0.2", "20.04"), ("12.6.3", "22.10")],
)
def test_no_reference_to_an_ubuntu_that_an_image_does_not_come_in(cuda: str, ubuntu: str) -> None:
    with pytest.raises(ValueError, match=f"Ubuntu {ubuntu}"):
        cuda_images()[cuda].reference("base", ubuntu)


def test_no_reference_to_an_unknown_flavour() -> None:
    with pytest.raises(ValueError, match="flavour slim"):
        cuda_images()["12.6.3"].reference(cast(Flavour, "slim"), "22.04")


def test_images_are_in_the_order_of_their_versions() -> None:
    versions = list(cuda_images())
    assert len(versions) == 37
    assert (versions[0], versions[-1]) == ("11.0.3", "13.3.1")
    assert versions == sorted(versions, key=lambda version: [int(n) for n in version.split(".")])


def test_every_image_can_be_named_in_every_flavour() -> None:
    names = {
        image.reference(flavour, ubuntu)
        for image in cuda_images().values()
        for ubuntu in image.ubuntu
        for flavour in get_args(Flavour)
    }
    assert len(names) == 5 * sum(len(image.ubuntu) for image in cuda_images().values())


@pytest.mark.parametrize(
    ("series", "cuda"),
    [("12.6", "12.6.3"), ("12.1", "12.1.1"), ("13.0", "13.0.3"), ("12.9", "12.9.2")],
)
def test_newest_image(series: str, cuda: str) -> None:
    image = newest_image(series)
    assert image is not None
    assert image.cuda == cuda


@pytest.mark.parametrize("series", ["12.7", "10.2", "1", "12.", "latest", ""])
def test_no_newest_image_of_a_series_without_images(series: str) -> None:
    assert newest_image(series) is None


@pytest.mark.parametrize(
    ("major", "driver"), [(11, "450.80.02"), (12, "525.60.13"), (13, "580.65.06")]
)
def test_minimum_driver(major: int, driver: str) -> None:
    assert minimum_driver(major) == driver


def test_no_driver_for_an_unknown_major() -> None:
    with pytest.raises(ValueError, match="CUDA 9"):
        minimum_driver(9)


@pytest.mark.parametrize(
    ("cuda", "driver"),
    [("12.6.3", "560.35.05"), ("11.8.0", "520.61.05"), ("13.0.2", "580.95.05"), ("13.3.1", None)],
)
def test_shipped_driver(cuda: str, driver: str | None) -> None:
    assert cuda_images()[cuda].shipped_driver == driver


@pytest.mark.parametrize(
    ("cuda", "cudnn", "has"),
    [
        ("12.5.1", "9.3", False),
        ("12.6.3", "9.3", True),
        ("12.4.1", "9", True),
        ("12.4.1", "8.9", False),
        ("12.2.2", "8.9", True),  # which 8 it is, is not known
        ("11.8.0", "8", True),
        ("12.2.2", "9", False),
    ],
)
def test_has_cudnn(cuda: str, cudnn: str, has: bool) -> None:
    assert cuda_images()[cuda].has_cudnn(cudnn) == has


@pytest.mark.parametrize(
    ("series", "first", "last"),
    [("12", "12.0.0", "12.9.2"), ("12.6", "12.6.0", "12.6.3"), ("12.6.1", "12.6.1", "12.6.1")],
)
def test_images_of(series: str, first: str, last: str) -> None:
    found = images_of(series)
    assert (found[0].cuda, found[-1].cuda) == (first, last)


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ("12.7", "12.6.0 is near it"),
        ("14", "13.0.0 is near it"),
        ("9.2", "11.2.2 is near it"),
        ("x", "takes a version"),
        ("12.1.1.1", "takes a version"),
    ],
)
def test_why_no_image(series: str, words: str) -> None:
    assert images_of(series) == ()
    assert words in why_no_image(series)


@pytest.mark.parametrize(
    ("version", "extras"),
    [
        ("0.4.20", {}),
        ("0.4.23", {"cuda12": ""}),
        ("0.5.2", {"cuda12": "<10.0,>=9.1"}),
        ("0.7.2", {"cuda12": "<10.0,>=9.8", "cuda13": "<10.0,>=9.12.0.46"}),
        ("99.0", None),
    ],
)
def test_jax_extras(version: str, extras: dict[str, str] | None) -> None:
    found = jax_extras(version)
    assert (dict(found) if found is not None else None) == extras


def test_jax_s_extras_stay_once_they_came() -> None:
    counts = [len(jax_extras(version) or {}) for version in jax_versions()]
    assert counts == sorted(counts)
    assert len(counts) == 65


def test_which_cudnn_wheels_require() -> None:
    assert torch_cudnn("2.8.0") == "9.10.2.21"
    assert torch_cudnn("1.12.1") is None
    assert torch_cudnn("99.0") is None
    assert tensorflow_and_cuda("2.13.0") is None
    assert tensorflow_and_cuda("2.19.0") == "==9.3.0.75"
    assert tensorflow_and_cuda("2.20.0") == "<10.0,>=9.3.0.75"
    assert tensorflow_and_cuda("99.0") is None
