"""The base image: a fixed CUDA image in the smallest flavour that serves, or a slim Python one for
a CPU.

Which images exist, which GPUs they know and which drivers they need are tables in `data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from nb2prod.analysis.recorded_versions import RecordedDriver
from nb2prod.data.cuda import CudaImage, Flavour, cuda_images, images_of, newest_image
from nb2prod.data.gpus import knows
from nb2prod.environment.cuda_needs import Need
from nb2prod.environment.driver import numbers, starts
from nb2prod.environment.model import BaseImage, TorchBuild
from nb2prod.environment.target import Target
from nb2prod.location import Evidence

# Nothing in the notebook asks for CUDA: the image that the oldest drivers still in service start (a
# 525 driver, as Gradient's own images document), so that the choice never stands in the way.
_DEFAULT_SERIES = "12.1"
_UBUNTU = "22.04"
# libcusolver changed its name after it; programs built for 11.0 find it in no later image.
_ALONE = "11.0"


def slim_image(python: str) -> BaseImage:
    """The image without CUDA; `python` is the version that it carries itself."""
    reason = Evidence("user", "--cpu asks for an image without CUDA")
    return BaseImage(f"python:{python}-slim-bookworm", None, "slim", None, (reason,))


def choose_image(
    needs: Sequence[Need],
    torch: TorchBuild | None,
    compiles: Sequence[Evidence],
    target: Target,
    forced: str | None,
) -> BaseImage:
    """The image for these needs. `compiles` says what runs nvcc, `forced` is the user's version."""
    image, reasons = _unforced(needs, torch, target)
    if forced is not None and image not in images_of(forced):
        asked = Evidence("user", f"--cuda {forced}")
        image = _forced(forced, [need for need in needs if need.from_image], target)
        reasons = [asked, *(one._replace(conflict=True) for one in reasons)]
    elif forced is not None:
        reasons = [Evidence("user", f"--cuda {forced}"), *reasons]
    flavour = _flavour(needs, compiles=bool(compiles))
    ubuntu = _UBUNTU if _UBUNTU in image.ubuntu else image.ubuntu[-1]
    evidence = (*reasons, *compiles)
    return BaseImage(image.reference(flavour, ubuntu), image.cuda, flavour, None, evidence)


def image_with_cudnn(
    needs: Sequence[Need], target: Target, *, any_gpu: bool = False
) -> CudaImage | None:
    """The image whose libraries serve all of some needs: of their major version of CUDA, with the
    cuDNN that they ask for by name, and one that knows the GPU; None where there is none. With
    `any_gpu` it need not know the GPU.

    Of these the newest that is not newer than what the first need was built for, else the oldest;
    where it names a major version alone, the default image, else the newest that the driver starts.
    """
    lead = needs[0]
    fit = [
        image
        for image in images_of(lead.major)
        if _serves(image, needs) and (any_gpu or knows(image.cuda, target.chip))
    ]
    if "." not in lead.cuda:
        usual = [image for image in fit if image == newest_image(_DEFAULT_SERIES)]
        start = [image for image in fit if starts(image.cuda, target.driver) == "yes"]
        return next(iter((*usual, *reversed(start), *fit)), None)
    older = [image for image in fit if numbers(image.cuda)[:2] <= numbers(lead.cuda)]
    return older[-1] if older else _newest_patch(fit) if fit else None


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


def _unforced(
    needs: Sequence[Need], torch: TorchBuild | None, target: Target
) -> tuple[CudaImage, list[Evidence]]:
    taking = [need for need in needs if need.from_image]
    if taking:
        return _with_libraries(taking, target)
    carrying = next((need for need in needs if need.name == "torch"), None) or next(
        iter(needs), None
    )
    if carrying is not None:
        return _that_starts(carrying, torch, target)
    image = newest_image(_DEFAULT_SERIES)
    assert image is not None
    if not knows(image.cuda, target.chip):
        image = next(one for one in cuda_images().values() if knows(one.cuda, target.chip))
        said = f"no pinned package is known to need a CUDA; this one knows the {target.chip.name}"
        return image, [Evidence("default", said)]
    said = "no pinned package is known to need a CUDA; this image starts on a 525 driver"
    return image, [Evidence("default", said)]


def _with_libraries(taking: Sequence[Need], target: Target) -> tuple[CudaImage, list[Evidence]]:
    """What takes CUDA from the image decides; what disagrees with the first of them is left to
    `cuda_conflicts`.
    """
    lead = taking[0]
    same = [need for need in taking if need.major == lead.major]
    image = image_with_cudnn(same, target) or image_with_cudnn([lead], target)
    built = f"{lead.what} is built for CUDA {lead.cuda}"
    said = [Evidence("table", f"{built} and cuDNN {lead.cudnn}" if lead.cudnn else built)]
    if image is None:
        # None knows the GPU, or there is none of that major version: `cuda_conflicts` says so.
        image = image_with_cudnn([lead], target, any_gpu=True) or _nearest(lead.cuda)
    if "." in lead.cuda and not image.cuda.startswith(f"{lead.cuda}."):
        why = f"no such image of CUDA {lead.cuda} exists; {image.cuda} is the nearest one"
        if newest_image(lead.cuda) is not None:
            why = f"of CUDA {lead.cuda} none serves; {image.cuda} is the nearest one that does"
        said.append(Evidence("table", why))
    said += [
        Evidence("table", f"{need.what} takes CUDA {need.cuda} from the image") for need in same[1:]
    ]
    return image, said


def _that_starts(
    need: Need, torch: TorchBuild | None, target: Target
) -> tuple[CudaImage, list[Evidence]]:
    """The wheels carry CUDA's libraries; the image only has to start with the driver, and an older
    one of the same major version starts on more of them.
    """
    why = list(torch.evidence) if torch is not None and need.name == "torch" else []
    why = why or [Evidence("table", f"{need.what} brings its CUDA {need.cuda} itself")]
    bound = target.driver.admitted_cuda
    same_major = bound.partition(".")[0] == need.major
    if "." not in need.cuda:
        image = image_with_cudnn([need], target)
        return (image or _nearest(need.cuda)), why
    if same_major and numbers(bound) < numbers(need.cuda):
        said = (
            f"{need.name} brings its CUDA {need.cuda} itself; this image starts from driver"
            f" {target.driver.version} on"
        )
        return _nearest(bound), [Evidence("table", said), *why]
    image = _nearest(need.cuda)
    if not image.cuda.startswith(f"{need.cuda}."):
        said = f"no such image of CUDA {need.cuda} exists; {image.cuda} is the nearest one"
        why.append(Evidence("table", said))
    return image, why


def _serves(image: CudaImage, needs: Sequence[Need]) -> bool:
    series = ".".join(image.cuda.split(".")[:2])
    return all(
        (need.cudnn is None or image.has_cudnn(need.cudnn))
        and (need.cuda != _ALONE or series == _ALONE)
        for need in needs
    )


def _forced(forced: str, taking: Sequence[Need], target: Target) -> CudaImage:
    """Of the images that the user's words leave: one that serves, and that the driver starts."""
    left = images_of(forced)

    def rank(image: CudaImage) -> tuple[bool, bool, bool]:
        serves = all(need.cudnn is None or image.has_cudnn(need.cudnn) for need in taking)
        start = starts(image.cuda, target.driver)
        return serves and start == "yes", serves and start != "no", start == "yes"

    return max(reversed(left), key=rank)


def _flavour(needs: Sequence[Need], *, compiles: bool) -> Flavour:
    taking = [need for need in needs if need.from_image]
    cudnn = any(need.cudnn is not None for need in taking)
    if compiles:
        return "cudnn-devel" if cudnn else "devel"
    if taking:
        return "cudnn-runtime" if cudnn else "runtime"
    return "base"


def _nearest(cuda: str) -> CudaImage:
    """The newest image of a CUDA series, else the one of the nearest later series that exists."""
    exact = newest_image(cuda)
    if exact is not None:
        return exact
    later = [image for image in cuda_images().values() if numbers(image.cuda) >= numbers(cuda)]
    return later[0] if later else list(cuda_images().values())[-1]


def _newest_patch(fit: Sequence[CudaImage]) -> CudaImage:
    series = fit[0].cuda.rpartition(".")[0]
    return [image for image in fit if image.cuda.rpartition(".")[0] == series][-1]
