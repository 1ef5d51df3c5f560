"""Whether the driver of the machine that a job runs on starts an image of some CUDA.

Two things have to hold. CUDA's libraries need a driver of their own major version's time (minor
version compatibility, from NVIDIA's compatibility page), and the image itself names the drivers
that it takes and is refused on others. Both are facts in `data`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
from nb2prod.environment.model import BaseImage, Pin

Start = Literal["yes", "unknown", "no"]
_OLDEST_TABLED = 11


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


def verdict(image: BaseImage, gpu: str | None, pins: Iterable[Pin]) -> tuple[Start, str]:
    """Whether a job with this image starts on Gradient, and, unless it does, why not and what to
    choose.

    Without a GPU no driver is asked for.
    """
    driver = documented_driver()
    if gpu is None or image.cuda is None:
        return "yes", ""
    start = starts(image.cuda, driver)
    known = f"Gradient's driver is documented as {driver.version} (in {driver.date[:4]})"
    if start == "no":
        series = numbers(driver.admitted_cuda)[0]
        return start, (
            f"{known}, which runs CUDA up to {series}; {image.reference} cannot start there."
            f" Choose {_choices(pins, driver)}"
        )
    if start == "unknown":
        return start, (
            f"{known}, which is too old for {image.reference}; it starts only if the machine's"
            f" driver is newer by now. Ask Paperspace, or choose {_choices(pins, driver)}"
        )
    return start, ""


def _choices(pins: Iterable[Pin], driver: Driver) -> str:
    """What would start: the newest version of each pinned framework that does, else a CPU."""

    def torch(version: str) -> bool:
        carried = [torch_cuda(version), *torch_builds(version).values()]
        return any(cuda is not None and runs(cuda, driver) for cuda in carried)

    def tensorflow(version: str) -> bool:
        built = tensorflow_cuda(version)
        return built is not None and starts(built[0], driver) == "yes"

    newest: dict[str, tuple[Iterable[str], Callable[[str], bool]]] = {
        "torch": (torch_versions(), torch),
        "tensorflow": (tensorflow_versions(), tensorflow),
    }
    found = [
        f"{name}=={version}"
        for name in sorted({pin.name for pin in pins} & newest.keys())
        for version in [max(filter(newest[name][1], newest[name][0]), key=numbers, default="")]
        if version and version not in {pin.version for pin in pins if pin.name == name}
    ]
    return " or ".join([*found, "--cpu"])


def numbers(version: str) -> tuple[int, ...]:
    """A version's numbers as something to compare; "2.15.0.post1" comes after "2.15.0"."""
    return tuple(int(part.removeprefix("post")) for part in version.split("."))
