"""The base image: a fixed CUDA image in the smallest flavour that serves, or a slim Python one for
a CPU.

Which CUDA a framework's wheels carry, which images exist and which drivers they need are tables in
`data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from nb2prod.analysis.recorded_versions import RecordedDriver
from nb2prod.data.cuda import CudaImage, cuda_images, newest_image, tensorflow_cuda
from nb2prod.data.machines import documented_driver
from nb2prod.environment.driver import numbers
from nb2prod.environment.model import BaseImage, Pin, TorchBuild
from nb2prod.location import Evidence

# Nothing in the notebook asks for CUDA: the image that the oldest drivers still in service start (a
# 525 driver, as Gradient's own images document), so that the choice never stands in the way.
_DEFAULT_SERIES = "12.1"
_UBUNTU = "22.04"


def choose_image(
    pins: Iterable[Pin], torch: TorchBuild | None, python: str, *, cpu: bool
) -> BaseImage:
    """The image for these pins and this build of torch; `python` is the version that a slim image
    carries itself.
    """
    if cpu:
        reason = Evidence("user", "--cpu asks for an image without CUDA")
        return BaseImage(f"python:{python}-slim-bookworm", None, "slim", None, (reason,))
    versions = {pin.name: pin.version for pin in pins}
    wanted = _tensorflow(versions) or _torch(torch)
    if wanted is None:
        image = newest_image(_DEFAULT_SERIES)
        assert image is not None
        reason = Evidence(
            "default",
            "no pinned package is known to need a CUDA; this image starts on a 525 driver",
        )
        return _image(image, "base", (reason,))
    return wanted


def beside_the_record(image: BaseImage, drivers: Iterable[RecordedDriver]) -> BaseImage:
    """The image with what nvidia-smi showed of the notebook's own machine: a conflict where that
    machine could not have run the image's CUDA.
    """
    shown = list(drivers)
    if image.cuda is None or not shown:
        return image
    last = shown[-1]
    detail = f"the notebook's own machine had the driver {last.version}, for CUDA up to {last.cuda}"
    newer = numbers(image.cuda)[:2] > numbers(last.cuda)
    said = Evidence("recorded-output", detail, last.location, conflict=newer)
    return replace(image, evidence=(*image.evidence, said))


def _tensorflow(versions: Mapping[str, str]) -> BaseImage | None:
    """TensorFlow's plain wheels take CUDA and cuDNN from the image."""
    for name in ("tensorflow", "tensorflow-gpu"):
        found = tensorflow_cuda(versions[name]) if name in versions else None
        if found is None:
            continue
        cuda, cudnn = found
        detail = f"{name} {versions[name]} is built for CUDA {cuda} and cuDNN {cudnn}"
        image = _with_cudnn(cuda, cudnn.partition(".")[0])
        if image is not None:
            return _image(image, "cudnn-runtime", (Evidence("table", detail),), cuda)
    return None


def _with_cudnn(cuda: str, cudnn: str) -> CudaImage | None:
    """The image of a CUDA series with that major version of cuDNN, which wheels ask for by name;
    else the nearest series of the same CUDA major version that has it.
    """
    same = [
        image
        for image in cuda_images().values()
        if image.cudnn == cudnn and numbers(image.cuda)[0] == numbers(cuda)[0]
    ]
    older = [image for image in same if numbers(image.cuda)[:2] <= numbers(cuda)]
    return older[-1] if older else same[0] if same else None


def _torch(build: TorchBuild | None) -> BaseImage | None:
    """PyTorch's wheels carry CUDA's libraries themselves; the image only has to start with the
    driver, and an older one of the same major version starts on more of them.
    """
    if build is None or build.cuda is None:
        return None
    driver = documented_driver()
    bound = driver.admitted_cuda
    same_major = numbers(bound)[0] == numbers(build.cuda)[0]
    if same_major and numbers(bound) < numbers(build.cuda):
        reason = Evidence(
            "table",
            f"torch brings its CUDA {build.cuda} itself; this image starts from driver"
            f" {driver.version} on",
        )
        return _image(_nearest(bound), "base", (reason, *build.evidence))
    return _image(_nearest(build.cuda), "base", build.evidence, build.cuda)


def _nearest(cuda: str) -> CudaImage:
    """The newest image of a CUDA series, else the one of the nearest later series that exists."""
    exact = newest_image(cuda)
    if exact is not None:
        return exact
    later = [image for image in cuda_images().values() if numbers(image.cuda) >= numbers(cuda)]
    return later[0] if later else list(cuda_images().values())[-1]


def _image(
    image: CudaImage,
    flavour: Literal["base", "cudnn-runtime"],
    reasons: tuple[Evidence, ...],
    wanted: str | None = None,
) -> BaseImage:
    ubuntu = _UBUNTU if _UBUNTU in image.ubuntu else image.ubuntu[-1]
    evidence = [*reasons]
    if wanted and not image.cuda.startswith(f"{wanted}."):
        evidence.append(
            Evidence(
                "table", f"no such image of CUDA {wanted} exists; {image.cuda} is the nearest one"
            )
        )
    return BaseImage(image.reference(flavour, ubuntu), image.cuda, flavour, None, tuple(evidence))
