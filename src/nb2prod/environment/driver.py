"""Whether a GPU driver serves an image and what is installed in it.

CUDA's libraries need a driver of their own major version's time (minor version compatibility, from
NVIDIA's compatibility page), and an image itself names the drivers that it takes and is refused on
others. Both are facts in `data`.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from nb2prod.data.cuda import minimum_driver
from nb2prod.data.machines import Driver

Start = Literal["yes", "unknown", "no"]
_OLDEST_TABLED, _NEWEST_TABLED = 11, 13


def runs(cuda: str, driver: Driver) -> bool:
    """Whether the driver is recent enough for programs built for this CUDA ("12.6", or "12").

    Drivers run what is older than they are, so that CUDA 10 asks for no more than CUDA 11 does; a
    major version that is newer than the table asks for more than any driver in it.
    """
    major = max(numbers(cuda)[0], _OLDEST_TABLED)
    if major > _NEWEST_TABLED:
        return False
    return numbers(minimum_driver(major)) <= numbers(driver.version)


def starts(cuda: str, driver: Driver) -> Start:
    """Whether an image of this CUDA starts; "unknown" when only a newer driver would take it."""
    if not runs(cuda, driver):
        return "no"
    series = numbers(cuda)[:2]
    return "yes" if series <= numbers(driver.admitted_cuda) else "unknown"


@cache
def numbers(version: str) -> tuple[int, ...]:
    """A version's numbers as something to compare; "2.15.0.post1" comes after "2.15.0"."""
    return tuple(int(part.removeprefix("post")) for part in version.split("."))
