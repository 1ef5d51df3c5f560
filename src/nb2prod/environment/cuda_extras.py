"""The extras with which JAX and TensorFlow bring CUDA, where a GPU would be lost without them.

JAX from the default index computes on the CPU alone. TensorFlow takes CUDA from the image, which
has to be one that the driver starts; its extra makes it independent of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nb2prod.data.cuda import (
    jax_extras,
    jax_versions,
    tensorflow_and_cuda,
    tensorflow_cuda,
    torch_cudnn,
)
from nb2prod.data.cuda_packages import named_cuda, needs_jax
from nb2prod.data.gpus import jax_runs_on, knows, tensorflow_runs_on
from nb2prod.environment.cuda_image import image_with_cudnn
from nb2prod.environment.cuda_needs import TENSORFLOW, Need, extra_of
from nb2prod.environment.driver import numbers, runs, starts
from nb2prod.environment.model import Attention, Pin, TorchBuild
from nb2prod.environment.target import Target
from nb2prod.environment.torch_build import torch_version
from nb2prod.location import Evidence

_BY_US = "so that it computes on the GPU"


def with_extras(
    pins: tuple[Pin, ...], closure: Mapping[str, str], torch: TorchBuild | None, target: Target
) -> tuple[tuple[Pin, ...], tuple[Attention, ...]]:
    """The pins with the extras that the target's GPU needs, and what a person has to know.

    Extras of an earlier call are chosen anew, so that the answer depends on the notebook alone.
    """
    pins = tuple(map(_as_asked, pins))
    if target.gpu is None:
        return pins, ()
    cudnn = _cudnn_of_torch(pins, closure, torch)
    notes: list[Attention] = []
    chosen = [_tensorflow(pin, cudnn, target) for pin in pins]
    cudnn |= _cudnn_of_tensorflow(chosen)
    chosen = [_jax(pin, cudnn, torch, target, notes) for pin in chosen]
    if "jax" in closure and not any(pin.name == "jax" for pin in pins):
        notes += [
            Attention(f"{pin.name} brings JAX along, which stays on the CPU: pin jax itself")
            for pin in pins
            if needs_jax(pin.name)
        ][:1]
    return tuple(chosen), tuple(notes)


def cudnn_agrees(*specifiers: str) -> bool:
    """Whether one version of cuDNN can meet all of them; where one is not known, nothing speaks
    against it.
    """
    from packaging.specifiers import SpecifierSet

    known = [SpecifierSet(one) for one in specifiers if one]
    bounds = [bound.version for one in known for bound in one]
    return not bounds or any(all(one.contains(bound) for one in known) for bound in bounds)


def _as_asked(pin: Pin) -> Pin:
    ours = [one.detail.partition(" ")[0] for one in pin.evidence if one.detail.endswith(_BY_US)]
    if not ours:
        return pin
    return replace(
        pin,
        extras=tuple(extra for extra in pin.extras if f"[{extra}]" not in ours),
        evidence=tuple(one for one in pin.evidence if not one.detail.endswith(_BY_US)),
    )


def _with(pin: Pin, extra: str, why: str) -> Pin:
    said = Evidence("table", f"[{extra}] {why}, {_BY_US}")
    return replace(pin, extras=(*pin.extras, extra), evidence=(*pin.evidence, said))


def _cudnn_of_torch(
    pins: tuple[Pin, ...], closure: Mapping[str, str], torch: TorchBuild | None
) -> dict[str, str]:
    """The cuDNN that torch requires, by the major version of CUDA that it is for.

    The table has that of the default wheels; those of PyTorch's own index may differ in it, and are
    taken for the same.
    """
    version = torch_version(pins, closure)
    if torch is None or torch.cuda is None or version is None:
        return {}
    cudnn = torch_cudnn(version)
    return {torch.cuda.partition(".")[0]: f"=={cudnn}" if cudnn else ""}


def _cudnn_of_tensorflow(pins: list[Pin]) -> dict[str, str]:
    for pin in pins:
        cudnn, built = tensorflow_and_cuda(pin.version), tensorflow_cuda(pin.version)
        if pin.name in TENSORFLOW and extra_of(pin, "and-cuda") and cudnn and built:
            return {built[0].partition(".")[0]: cudnn}
    return {}


def _tensorflow(pin: Pin, cudnn: Mapping[str, str], target: Target) -> Pin:
    """With its own CUDA where no image that it could take it from is sure to start."""
    built, own = tensorflow_cuda(pin.version), tensorflow_and_cuda(pin.version)
    if pin.name != "tensorflow" or extra_of(pin, "and-cuda") or built is None or own is None:
        return pin
    image = image_with_cudnn([Need(pin.name, pin.requirement, built[0], True, built[1])], target)
    if image is not None and starts(image.cuda, target.driver) == "yes":
        return pin
    serves = runs(built[0], target.driver) and knows(built[0], target.chip)
    beside = all(
        major == built[0].partition(".")[0] and cudnn_agrees(own, one)
        for major, one in cudnn.items()
    )
    if not (serves and beside and tensorflow_runs_on(pin.version, target.chip)):
        return pin
    driver = target.driver.version
    return _with(pin, "and-cuda", f"brings CUDA, whose image the driver {driver} may not start")


def _jax(
    pin: Pin,
    cudnn: Mapping[str, str],
    torch: TorchBuild | None,
    target: Target,
    notes: list[Attention],
) -> Pin:
    if pin.name != "jax" or any(named_cuda(one) or one in ("cuda", "tpu") for one in pin.extras):
        return pin
    extras = jax_extras(pin.version)
    if not extras:
        known = "no table knows a build for a GPU" if extras is None else "no index has builds"
        first = next(version for version in jax_versions() if jax_extras(version))
        notes.append(_on_cpu(pin, f"{known} of this version; from jax {first} on there is one"))
        return pin
    fit = [extra for extra in extras if _fits(extra, extras[extra], cudnn, target)]
    if not fit:
        notes.append(_on_cpu(pin, _why_none(pin, extras, cudnn, target)))
        return pin
    return _with(pin, fit[0], "brings CUDA")


def _fits(extra: str, wanted: str, cudnn: Mapping[str, str], target: Target) -> bool:
    """On the target, and beside what else brings cuDNN: of the same CUDA in the same version."""
    major = named_cuda(extra) or ""
    beside = all(major == other and cudnn_agrees(wanted, one) for other, one in cudnn.items())
    return runs(major, target.driver) and jax_runs_on(extra, target.chip) and beside


def _why_none(pin: Pin, extras: Mapping[str, str], cudnn: Mapping[str, str], target: Target) -> str:
    alone = [extra for extra in extras if _fits(extra, extras[extra], {}, target)]
    if not alone:
        what = " and ".join(f"CUDA {named_cuda(extra)}" for extra in extras)
        return (
            f"it comes for {what}, which the {target.chip.name} with the driver"
            f" {target.driver.version} does not run"
        )
    major, other = next(iter(cudnn.items()))
    nearest = [
        version
        for version in jax_versions()
        for extra, wanted in (jax_extras(version) or {}).items()
        if wanted and _fits(extra, wanted, cudnn, target)
    ]
    older = [one for one in nearest if numbers(one) <= numbers(pin.version)]
    choice = older[-1] if older else nearest[0] if nearest else None
    said = (
        f"the CUDA that it would bring does not go with that of torch or TensorFlow (CUDA {major}"
    )
    said += f", cuDNN {other})" if other else ")"
    return f"{said}; choose jax=={choice}" if choice else said


def _on_cpu(pin: Pin, why: str) -> Attention:
    place = next((found.location for found in pin.evidence if found.location), None)
    return Attention(f"jax {pin.version} computes on the CPU: {why}", place)
