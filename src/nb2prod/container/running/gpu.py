"""The GPUs of a container: what is asked for, what there is, and what an engine refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nb2prod.errors import OptionError

if TYPE_CHECKING:
    from docker.types import DeviceRequest

_ALL = -1  # as Docker's API counts them
_INSTALL = (
    "install the NVIDIA Container Toolkit on the engine's machine, run nvidia-ctk runtime"
    " configure --runtime=docker there, and start Docker again"
)
NO_GPU = (
    f"The engine gives containers no GPU: {_INSTALL}; without one, the program runs with --gpus"
    " none."
)
WITHOUT = f"The engine gives containers no GPU; the program starts without. For one, {_INSTALL}."
# What engines and their runtimes say where they have none to give (Docker, containerd, Podman).
_REFUSED = re.compile(
    r"could not select device driver|nvidia-container|libnvidia|nvidia\.com/gpu"
    r"|(?:unknown or invalid|unknown) runtime[^\n]*nvidia|CDI device"
)


@dataclass(frozen=True, slots=True)
class Gpus:
    """How many a container gets, 0 for none and -1 for all; `required` where it is not to start
    without. `note` is what there is to tell of it.
    """

    count: int
    required: bool = False
    note: str | None = None

    def requests(self) -> list[DeviceRequest] | None:
        """As the SDK takes them."""
        if self.count == 0:
            return None
        from docker.types import DeviceRequest

        return [DeviceRequest(count=self.count, capabilities=[["gpu"]])]


def gpus_for(asked: str, *, needed: int, there: bool) -> Gpus:
    """The GPUs for `--gpus` (auto, all, none or a number), for a program that needs so many on a
    machine that has some (`there`) or none. OptionError where it is none of these.
    """
    if asked == "auto":
        if not needed:
            return Gpus(0)
        if there:
            return Gpus(_ALL)
        return Gpus(
            0,
            note="The image is made for a GPU, and no NVIDIA GPU is known here; the program starts"
            " without.",
        )
    if asked == "all":
        return Gpus(_ALL, required=True)
    if asked == "none":
        return Gpus(0)
    if not (asked.isascii() and asked.isdigit()):
        raise OptionError(f"--gpus takes auto, all, none or a number, not {asked!r}.")
    return Gpus(int(asked), required=int(asked) > 0)


def refuses_gpu(said: str) -> bool:
    """Whether an engine's words mean that it has no GPU to give."""
    return _REFUSED.search(said) is not None
