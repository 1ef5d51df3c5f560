"""Whether the driver of the machine that a job runs on serves an image and what is installed in it.

CUDA's libraries need a driver of their own major version's time (minor version compatibility, from
NVIDIA's compatibility page), and an image itself names the drivers that it takes and is refused on
others. Both are facts in `data`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from nb2prod.data.cuda import (
    minimum_driver,
    tensorflow_cuda,
    tensorflow_versions,
    torch_builds,
    torch_cuda,
    torch_versions,
)
from nb2prod.data.machines import Driver, documented_driver
from nb2prod.environment.model import BaseImage, Pin, TorchBuild

Start = Literal["yes", "unknown", "no"]
_OLDEST_TABLED = 11
# `cupy-cuda13x`, `jax-cuda13-plugin`, `nvidia-cublas-cu12`, the extra of `jax[cuda13]`.
_CUDA_IN_NAME = re.compile(r"(?:\A|[-_])cu(?:da)?(1\d)(?:\d|x)?(?=\Z|[-_])")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a job will start and find its GPU; if not, or if that is not known, why, and what to
    choose instead, in one sentence.
    """

    start: Start
    reason: str = ""


def runs(cuda: str, driver: Driver) -> bool:
    """Whether the driver is recent enough for programs built for this CUDA ("12.6").

    Drivers run what is older than they are, so that CUDA 10 asks for no more than CUDA 11 does.
    """
    major = max(numbers(cuda)[0], _OLDEST_TABLED)
    return numbers(minimum_driver(major)) <= numbers(driver.version)


def starts(cuda: str, driver: Driver) -> Start:
    """Whether an image of this CUDA starts; "unknown" when only a newer driver would take it."""
    if not runs(cuda, driver):
        return "no"
    series = numbers(cuda)[:2]
    return "yes" if series <= numbers(driver.admitted_cuda) else "unknown"


def judge(
    image: BaseImage, torch: TorchBuild | None, gpu: str | None, pins: Iterable[Pin]
) -> Verdict:
    """Whether a job with this image and these packages starts on Gradient and finds its GPU.

    Without a GPU no driver is asked for.
    """
    driver = documented_driver()
    if gpu is None or image.cuda is None:
        return Verdict("yes")
    versions = {pin.name: pin.version for pin in pins}
    known = f"Gradient's driver is documented as {driver.version} (in {driver.date[:4]})"
    too_new = list(_too_new(image, torch, pins, driver))
    if too_new:
        what = " and ".join(dict.fromkeys(name for name, _ in too_new))
        choices = " or ".join(dict.fromkeys([*(c for _, c in too_new if c), "--cpu"]))
        series = numbers(driver.admitted_cuda)[0]
        verb = "cannot" if len(too_new) == 1 else "cannot, all of them,"
        return Verdict(
            "no",
            f"{known}, which runs CUDA up to {series}; {what} {verb} run there. Choose {choices}",
        )
    if starts(image.cuda, driver) == "unknown":
        choices = " or ".join([*_tensorflow_choice(versions, driver), "--cpu"])
        return Verdict(
            "unknown",
            f"{known}, which is too old for {image.reference}; it starts only if the machine's"
            f" driver is newer by now. Ask Paperspace, or choose {choices}",
        )
    return Verdict("yes")


def _too_new(
    image: BaseImage, torch: TorchBuild | None, pins: Iterable[Pin], driver: Driver
) -> Iterator[tuple[str, str]]:
    """What the driver cannot run, each with what to choose instead of it."""
    versions = {pin.name: pin.version for pin in pins}
    major = numbers(driver.admitted_cuda)[0]
    for pin in pins:
        named = (_CUDA_IN_NAME.search(text) for text in (pin.name, *pin.extras))
        for match in filter(None, named):
            if not runs(match[1], driver):
                yield pin.requirement, f"a build of {pin.name} for CUDA {major}"
    if torch is not None and torch.cuda is not None and not runs(torch.cuda, driver):
        version = versions.get("torch", "")
        yield f"torch {version}, which carries CUDA {torch.cuda},", _torch_choice(version, driver)
    elif image.cuda is not None and not runs(image.cuda, driver):
        yield image.reference, "".join(_tensorflow_choice(versions, driver))


def _torch_choice(version: str, driver: Driver) -> str:
    """The same version in another build, else the newest version that the driver runs."""
    for candidate in (version, *reversed(torch_versions())):
        builds: Mapping[str, str] = torch_builds(candidate)
        build = next((name for name, cuda in builds.items() if runs(cuda, driver)), None)
        if build is not None and candidate == version:
            return f"torch=={candidate}+{build}"
        cuda = torch_cuda(candidate)
        if build is not None or (cuda is not None and runs(cuda, driver)):
            return f"torch=={candidate}"
    return ""


def _tensorflow_choice(versions: Mapping[str, str], driver: Driver) -> list[str]:
    """The newest TensorFlow whose image starts, where TensorFlow is pinned."""
    found = [
        version
        for version in tensorflow_versions()
        for built in [tensorflow_cuda(version)]
        if built is not None and starts(built[0], driver) == "yes"
    ]
    pinned = next((name for name in ("tensorflow", "tensorflow-gpu") if name in versions), None)
    newest = max(found, key=numbers, default="")
    return [f"tensorflow=={newest}"] if pinned and newest else []


def numbers(version: str) -> tuple[int, ...]:
    """A version's numbers as something to compare; "2.15.0.post1" comes after "2.15.0"."""
    return tuple(int(part.removeprefix("post")) for part in version.split("."))
