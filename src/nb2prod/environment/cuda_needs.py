"""Who needs which CUDA: what is installed, as far as it computes on a GPU.

Wheels carry CUDA's libraries themselves, or what they require does, or they take them from the
image; which of it holds is in `data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from nb2prod.data.cuda import jax_extras, tensorflow_and_cuda, tensorflow_cuda
from nb2prod.data.cuda_packages import cuda_use, named_cuda
from nb2prod.environment.model import Pin, TorchBuild
from nb2prod.environment.torch_build import torch_version

TENSORFLOW = ("tensorflow", "tensorflow-gpu")
# What an index may bring along beside torch that takes CUDA from the image.
_ALONG = (*TENSORFLOW, "onnxruntime-gpu")


@dataclass(frozen=True, slots=True)
class Need:
    """What one distribution needs: a version of CUDA ("12.3", or the major one alone).

    With `from_image` the image has to have its libraries, and `cudnn` where that is not None;
    otherwise they come with the wheels. `what` is the distribution in words.
    """

    name: str
    what: str
    cuda: str
    from_image: bool
    cudnn: str | None = None

    @property
    def major(self) -> str:
        """The major version of CUDA."""
        return self.cuda.partition(".")[0]


def needs(
    pins: Iterable[Pin], closure: Mapping[str, str], torch: TorchBuild | None
) -> tuple[Need, ...]:
    """All needs, TensorFlow's first: of those that take CUDA from the image it is least free."""
    pinned = tuple(pins)
    along = [
        Pin(name, closure[name], (), ())
        for name in _ALONG
        if name in closure and all(pin.name != name for pin in pinned)
    ]
    installed = sorted((*pinned, *along), key=lambda pin: (pin.name not in TENSORFLOW, pin.name))
    found = [need for pin in installed for need in _needs_of(pin)]
    if torch is not None and torch.cuda is not None:
        version = torch_version(pinned, closure) or ""
        what = f"torch {version}, which carries CUDA {torch.cuda}"
        found.append(Need("torch", what, torch.cuda, from_image=False))
    return tuple(found)


def extra_of(pin: Pin, *names: str) -> str | None:
    """The first of some extras that a pin has, however it is written."""
    written = {extra.lower().replace("_", "-") for extra in pin.extras}
    return next((name for name in names if name in written), None)


def _needs_of(pin: Pin) -> Iterator[Need]:
    what = pin.requirement
    if pin.name in TENSORFLOW:
        built = tensorflow_cuda(pin.version)
        if built is not None:
            own = extra_of(pin, "and-cuda") is not None and tensorflow_and_cuda(pin.version)
            yield Need(pin.name, what, built[0], not own, None if own else built[1])
        return
    use = cuda_use(pin.name, pin.version, pin.extras)
    if use is not None:
        yield Need(pin.name, what, use.cuda, use.from_image, use.cudnn)
    for extra in pin.extras:
        major = named_cuda(extra)
        if major is not None:
            local = "local" in extra and jax_extras(pin.version) is not None
            need = Need(pin.name, what, major, from_image=False)
            yield replace(need, from_image=True, cudnn="9") if local else need
