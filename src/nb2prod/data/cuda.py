"""CUDA: the images that exist, the drivers they need, what torch and TensorFlow were built for.

Facts in `tables/cuda.json`: image tags from replicate/cog (Apache-2.0) and public Dockerfiles,
drivers from NVIDIA's compatibility page, framework versions from the metadata of their wheels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from nb2prod.data._files import read_json

Flavour = Literal["base", "runtime", "devel", "cudnn-runtime", "cudnn-devel"]

_VARIANT = re.compile(r"cpu|cu\d{2,3}")
_CUDA_BUILD = re.compile(r"cu(\d+)(\d)")


@dataclass(frozen=True, slots=True)
class CudaImage:
    """NVIDIA's images of one CUDA version, one for each of `ubuntu`.

    `cudnn_tag` is the word that their tags use for cuDNN, `cudnn_version` its full version where
    that is known; `shipped_driver` the driver of that toolkit's own installer, None where it is not
    known.
    """

    cuda: str
    cudnn_tag: str
    ubuntu: tuple[str, ...]
    shipped_driver: str | None
    cudnn_version: str | None = None

    @property
    def cudnn(self) -> str:
        """The major version of cuDNN in the images that have it; a bare "cudnn" means 9."""
        return self.cudnn_tag.removeprefix("cudnn") or "9"

    def has_cudnn(self, wanted: str) -> bool:
        """Whether programs built for this cuDNN ("9.3", or "9" for any 9) find theirs: it has to be
        of the same major version and not older, as far as the image's own is known.
        """
        major, _, minor = wanted.partition(".")
        if major != self.cudnn:
            return False
        own = self.cudnn_version.split(".")[1] if self.cudnn_version else minor
        return not minor or int(own) >= int(minor)

    def reference(self, flavour: Flavour, ubuntu: str) -> str:
        """The image's full name; ValueError for a flavour or an Ubuntu that it does not come in."""
        if flavour not in get_args(Flavour):
            raise ValueError(f"CUDA images have no flavour {flavour}.")
        if ubuntu not in self.ubuntu:
            offered = ", ".join(self.ubuntu)
            raise ValueError(f"CUDA {self.cuda} has no image for Ubuntu {ubuntu}, only {offered}.")
        tag = flavour.replace("cudnn", self.cudnn_tag)
        template: str = _table()["image_template"]
        return template.format(cuda=self.cuda, flavour=tag, ubuntu=ubuntu)


@cache
def cuda_images() -> Mapping[str, CudaImage]:
    """All images by CUDA version, oldest first."""
    images = _table()["images"]
    return MappingProxyType(
        {
            version: CudaImage(
                cuda=version,
                cudnn_tag=images[version]["cudnn_tag"],
                ubuntu=tuple(images[version]["ubuntu"]),
                shipped_driver=images[version]["shipped_driver"],
                cudnn_version=images[version]["cudnn"],
            )
            for version in images  # the table is in this order
        }
    )


@cache
def images_of(series: str) -> tuple[CudaImage, ...]:
    """The images of a version or a series ("12", "12.6", "12.6.3"), oldest first."""
    wanted = series.split(".")
    return tuple(
        image
        for version, image in cuda_images().items()
        if version.split(".")[: len(wanted)] == wanted
    )


def newest_image(series: str) -> CudaImage | None:
    """The newest patch of a series such as "12.6"; None when the series has no image."""
    found = images_of(series)
    return found[-1] if found else None


def why_no_image(series: str) -> str:
    """Why `images_of` finds nothing, with the nearest version that there is."""
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3}){0,2}", series):
        return f"takes a version such as 12, 12.4 or 12.4.1, not {series!r}."
    wanted = [*map(int, series.split(".")), 0, 0][:3]

    def distance(version: str) -> list[int]:
        return [abs(int(one) - two) for one, two in zip(version.split("."), wanted, strict=True)]

    return f"there is no image of CUDA {series}; {min(cuda_images(), key=distance)} is near it."


def minimum_driver(cuda_major: int) -> str:
    """The oldest driver that runs any CUDA of that major; ValueError for a major not known."""
    drivers: dict[str, str] = _table()["minimum_driver"]
    if str(cuda_major) not in drivers:
        raise ValueError(f"No driver is known for CUDA {cuda_major}.")
    return drivers[str(cuda_major)]


def torch_cuda(version: str) -> str | None:
    """The CUDA of a torch version: of its local part ("+cu121"), else of the default index's wheel.

    None for a CPU build and for a version that the table does not hold.
    """
    release, _, local = version.partition("+")
    if local:
        build = _CUDA_BUILD.fullmatch(local)
        return f"{build[1]}.{build[2]}" if build else None
    entry = _release("torch", release)
    return entry["cuda"] if entry else None


def torch_cudnn(version: str) -> str | None:
    """The cuDNN that the default index's wheel of a torch requires; None when not known."""
    entry = _release("torch", version)
    return entry["cudnn"] if entry else None


def torch_pythons(version: str) -> tuple[str, ...]:
    """The Pythons ("3.12") that torch has wheels for; empty for a version not in the table."""
    return _pythons("torch", version)


def torch_variants(version: str) -> tuple[str, ...]:
    """The builds ("cpu", "cu126") of a version on PyTorch's own index; empty when not known."""
    entry = _release("torch", version)
    return tuple(entry["variants"]) if entry else ()


def torch_builds(version: str) -> Mapping[str, str]:
    """The builds for a GPU of a version on PyTorch's own index and their CUDA ("cu126": "12.6"),
    oldest CUDA first; empty when not known.
    """
    found = {
        variant: f"{build[1]}.{build[2]}"
        for variant in torch_variants(version)
        if (build := _CUDA_BUILD.fullmatch(variant))
    }
    order = sorted(found, key=lambda variant: [int(part) for part in found[variant].split(".")])
    return MappingProxyType({variant: found[variant] for variant in order})


def torch_for(name: str, version: str) -> str | None:
    """The torch that a version of torchvision or torchaudio was made for; None when not known."""
    if name == "torchaudio":
        return version if _release("torch", version) else None
    rows: dict[str, dict[str, Any]] = _table()["torch"]
    made = [torch for torch, row in rows.items() if row["torchvision"] == version]
    return made[-1] if name == "torchvision" and made else None


def made_for(name: str, torch: str) -> str | None:
    """The version of torchvision or torchaudio that was made for a torch; None when not known."""
    row = _release("torch", torch)
    if row is None or name not in ("torchaudio", "torchvision"):
        return None
    if name == "torchaudio":
        return torch.partition("+")[0]
    version = row["torchvision"]
    return version if isinstance(version, str) else None


def one_torch(name: str) -> Mapping[str, str]:
    """The one torch that each version of a distribution requires ("vllm"), as far as is known."""
    return MappingProxyType(_table()["exact_torch"].get(name, {}))


def torch_versions() -> tuple[str, ...]:
    """All torch versions of the table."""
    return tuple(_table()["torch"])


def torch_index(variant: str) -> str:
    """The address of PyTorch's own index for a build such as "cu126" or "cpu"; else ValueError."""
    if not _VARIANT.fullmatch(variant):
        raise ValueError(f"{variant} is no PyTorch build; builds are cpu or cu and digits.")
    template: str = _table()["torch_index_template"]
    return template.format(variant=variant)


def tensorflow_versions() -> tuple[str, ...]:
    """All TensorFlow versions of the table."""
    return tuple(_table()["tensorflow"])


def tensorflow_cuda(version: str) -> tuple[str, str] | None:
    """The CUDA and cuDNN that a TensorFlow was built for; None for a version not in the table."""
    entry = _release("tensorflow", version)
    return (entry["cuda"], entry["cudnn"]) if entry else None


def tensorflow_and_cuda(version: str) -> str | None:
    """The cuDNN that `tensorflow[and-cuda]` requires ("==9.3.0.75"); None where there is no such
    extra, or where it is not known.
    """
    entry = _release("tensorflow", version)
    return entry["and_cuda"] if entry else None


def tensorflow_pythons(version: str) -> tuple[str, ...]:
    """The Pythons that TensorFlow has wheels for; empty for a version not in the table."""
    return _pythons("tensorflow", version)


def jax_versions() -> tuple[str, ...]:
    """All jax versions of the table."""
    return tuple(_table()["jax"])


def jax_extras(version: str) -> Mapping[str, str] | None:
    """The extras of a jax that bring CUDA ("cuda12"), each with the cuDNN that it requires, ""
    where it names no version; None for a version not in the table.
    """
    entry = _release("jax", version)
    return MappingProxyType(entry) if entry is not None else None


def _pythons(framework: str, version: str) -> tuple[str, ...]:
    entry = _release(framework, version)
    return tuple(entry["pythons"]) if entry else ()


def _release(framework: str, version: str) -> dict[str, Any] | None:
    """A framework's row; its local part does not matter, and 2.6 is the same release as 2.6.0."""
    release = version.partition("+")[0]
    rows: dict[str, dict[str, Any]] = _table()[framework]
    return rows.get(release, rows.get(f"{release}.0"))


@cache
def _table() -> dict[str, Any]:
    return read_json("cuda.json")
