"""The base image: a fixed CUDA image in the smallest flavour that serves, or a slim Python one for
a CPU.

Which CUDA a framework's wheels carry, which images exist and which drivers they need are tables in
`data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from nb2prod.data.cuda import CudaImage, cuda_images, newest_image, tensorflow_cuda, torch_cuda
from nb2prod.environment.model import BaseImage, Pin
from nb2prod.location import Evidence

# Nothing in the notebook asks for CUDA: the image that the oldest drivers still in service start (a
# 525 driver, as Gradient's own images document), so that the choice never stands in the way.
_DEFAULT_SERIES = "12.1"
_UBUNTU = "22.04"


def choose_image(pins: Iterable[Pin], python: str, *, cpu: bool) -> BaseImage:
    """The image for these pins; `python` is the version that a slim image carries itself."""
    if cpu:
        reason = Evidence("user", "--cpu asks for an image without CUDA")
        return BaseImage(f"python:{python}-slim-bookworm", None, "slim", None, (reason,))
    versions = {pin.name: pin.version for pin in pins}
    wanted = _tensorflow(versions) or _torch(versions)
    if wanted is None:
        image = newest_image(_DEFAULT_SERIES)
        assert image is not None
        reason = Evidence(
            "default", "no pinned package carries or needs CUDA; this image starts on a 525 driver"
        )
        return _image(image, "base", reason)
    return wanted


def _tensorflow(versions: Mapping[str, str]) -> BaseImage | None:
    """TensorFlow's plain wheels take CUDA and cuDNN from the image."""
    for name in ("tensorflow", "tensorflow-gpu"):
        found = tensorflow_cuda(versions[name]) if name in versions else None
        if found is None:
            continue
        cuda, cudnn = found
        image = _nearest(cuda)
        detail = f"{name} {versions[name]} is built for CUDA {cuda} and cuDNN {cudnn}"
        return _image(image, "cudnn-runtime", Evidence("table", detail), cuda)
    return None


def _torch(versions: Mapping[str, str]) -> BaseImage | None:
    """PyTorch's wheels carry CUDA's libraries themselves; the image only has to start with the
    driver.
    """
    cuda = torch_cuda(versions["torch"]) if "torch" in versions else None
    if cuda is None:
        return None
    detail = f"torch {versions['torch']} from the default index carries CUDA {cuda}"
    return _image(_nearest(cuda), "base", Evidence("table", detail), cuda)


def _nearest(cuda: str) -> CudaImage:
    """The newest image of a CUDA series, else the one of the nearest later series that exists."""
    exact = newest_image(cuda)
    if exact is not None:
        return exact
    later = [image for image in cuda_images().values() if _numbers(image.cuda) >= _numbers(cuda)]
    return later[0] if later else list(cuda_images().values())[-1]


def _image(
    image: CudaImage,
    flavour: Literal["base", "cudnn-runtime"],
    reason: Evidence,
    wanted: str | None = None,
) -> BaseImage:
    ubuntu = _UBUNTU if _UBUNTU in image.ubuntu else image.ubuntu[-1]
    evidence = [reason]
    if wanted and not image.cuda.startswith(f"{wanted}."):
        evidence.append(
            Evidence(
                "table", f"no image of CUDA {wanted} exists; {image.cuda} is the nearest later one"
            )
        )
    return BaseImage(image.reference(flavour, ubuntu), image.cuda, flavour, None, tuple(evidence))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
