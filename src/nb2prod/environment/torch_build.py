"""Which build of torch the image gets: the default index's, or one from PyTorch's own index.

PyTorch's wheels carry CUDA's libraries; what they carry, which builds exist, which GPUs they have
code for and which distributions need torch are tables in `data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from nb2prod.data.cuda import (
    torch_builds,
    torch_cuda,
    torch_pythons,
    torch_variants,
    torch_versions,
)
from nb2prod.data.cuda_packages import exact_torch, needs_tensorflow, needs_torch
from nb2prod.data.gpus import torch_runs_on
from nb2prod.environment.driver import numbers, runs
from nb2prod.environment.model import Attention, Pin, TorchBuild
from nb2prod.environment.target import Target
from nb2prod.location import Evidence

_UNKNOWN = "no table knows which CUDA there is in"


def torch_version(pins: Iterable[Pin], closure: Mapping[str, str]) -> str | None:
    """The torch that is installed: the pinned one, else the one that a pin was made for, else the
    one that comes along; None where there is none.
    """
    versions = {pin.name: pin.version for pin in pins}
    made_for = (exact_torch(name, version) for name, version in versions.items())
    named = versions.get("torch") or next((found for found in made_for if found), None)
    return named or closure.get("torch", "").partition("+")[0] or None


def likely_closure(
    pins: Iterable[Pin], freeze: Mapping[str, str], python: str, target: Target
) -> Mapping[str, str]:
    """What comes along with the pins, as far as it matters here and before an index was asked: the
    versions that the notebook's runtime had (`freeze`).

    Of torch, where the runtime had none for the Python ("3.12"): the newest that has wheels for it
    and runs on the target.
    """
    names = {pin.name for pin in pins}
    found: dict[str, str] = {}
    if "torch" not in names and any(map(needs_torch, names)):
        version = torch_version(pins, {}) or freeze.get("torch")
        if version is None or python not in (torch_pythons(version) or (python,)):
            version = _newest_torch(python, target)
        if version is not None:
            found["torch"] = version
    pinned = names & {"tensorflow", "tensorflow-gpu", "tensorflow-cpu"}
    if not pinned and any(map(needs_tensorflow, names)) and "tensorflow" in freeze:
        found["tensorflow"] = freeze["tensorflow"]
    return found


def choose_torch_build(
    pins: Iterable[Pin],
    closure: Mapping[str, str],
    target: Target,
    *,
    cpu: bool = False,
    exact: bool = False,
) -> TorchBuild | None:
    """The build of torch; None where torch is not installed.

    The notebook's own choice (`torch==2.0.1+cu118`) holds; else the default wheel if it runs on the
    target; else the oldest CUDA that does, because older builds still serve older GPUs, or, where
    the default wheel is too old for the GPU, the newest.

    A torch that nothing names exactly, neither a pin nor a lock (`exact`), always comes from the
    index of its build: the default index would give another version with another CUDA.
    """
    pins = tuple(pins)
    version = torch_version(pins, closure)
    brings = next((pin.name for pin in pins if needs_torch(pin.name)), None)
    if version is None and brings is None:
        return None
    if cpu:
        without = version is None or "cpu" in torch_variants(version) or not torch_cuda(version)
        asked = Evidence("user", "--cpu asks for an image without CUDA")
        return TorchBuild(None, "cpu" if without else None, (asked,))
    if version is None:
        none = f"{brings} needs torch, and no torch is known that runs on the target"
        return TorchBuild(None, None, (Evidence("default", none),))
    what = f"torch {version}"
    asked_for = next((pin.build for pin in pins if pin.name == "torch"), None)
    if asked_for is not None and asked_for in torch_variants(version):
        reason = Evidence("pinned", f"the notebook asks for {what}+{asked_for}")
        return TorchBuild(torch_builds(version).get(asked_for), asked_for, (reason,))
    cuda = torch_cuda(version)
    if cuda is None:
        return TorchBuild(None, None, (Evidence("default", f"{_UNKNOWN} {what}"),))
    carries = f"{what} from the default index carries CUDA {cuda}"
    serving = serving_builds(version, target)
    default = f"cu{cuda.replace('.', '')}"
    named = torch_version(pins, {}) is not None
    if _serves(version, default, cuda, target) or not serving:
        open_version = not (named or exact) and default in torch_variants(version)
        reasons = (Evidence("table", carries),) if named else _along(brings, version, carries)
        return TorchBuild(cuda, default if open_version else None, reasons)
    too_old = runs(cuda, target.driver) and numbers(cuda) < numbers(target.chip.first_cuda)
    build = list(serving)[-1 if too_old else 0]
    runs_there = (
        f"which has code for {_gpus(target)}"
        if runs(cuda, target.driver)
        else f"which the documented driver {target.driver.version} runs"
    )
    reason = Evidence("table", f"{what} is built for CUDA {serving[build]} too, {runs_there}")
    instead = Evidence("table", carries, conflict=True)
    return TorchBuild(serving[build], build, (reason, instead))


def serving_builds(version: str, target: Target) -> Mapping[str, str]:
    """The builds of a torch on PyTorch's own index that run on the target and their CUDA, oldest
    first.
    """
    return {
        build: cuda
        for build, cuda in torch_builds(version).items()
        if _serves(version, build, cuda, target)
    }


def nearest_torch(version: str, target: Target) -> str:
    """What to ask for instead of a torch that does not run on the target: the same version in
    another build, else the nearest older one that does, else the nearest newer; "" if none does.
    """
    known = list(torch_versions())
    older = [one for one in known if numbers(one) <= _public(version)]
    newer = [one for one in known if numbers(one) > _public(version)]
    for candidate in (*reversed(older), *newer):
        cuda = torch_cuda(candidate) or ""
        default = f"cu{cuda.replace('.', '')}"
        if candidate != version and cuda and _serves(candidate, default, cuda, target):
            return f"torch=={candidate}"
        builds = list(serving_builds(candidate, target))
        if builds:
            # Of another version nb2prod takes the build that runs by itself.
            return (
                f"torch=={candidate}+{builds[0]}" if candidate == version else f"torch=={candidate}"
            )
    return ""


def doubts_of_torch(pins: Iterable[Pin]) -> Iterator[Attention]:
    """What a person has to know of torch: a version or a build that no table holds."""
    for pin in pins:
        if pin.name != "torch":
            continue
        place = next((found.location for found in pin.evidence if found.location), None)
        if torch_cuda(pin.version) is None:
            yield Attention(f"{_UNKNOWN} torch {pin.version}, nor which driver it needs", place)
        elif pin.build is not None and pin.build not in torch_variants(pin.version):
            yield Attention(
                f"torch {pin.version}+{pin.build} is no build that is known of; the image gets"
                " another one of the same version",
                place,
            )


def _serves(version: str, build: str, cuda: str, target: Target) -> bool:
    return runs(cuda, target.driver) and torch_runs_on(version, build, target.chip)


def _newest_torch(python: str, target: Target) -> str | None:
    for version in reversed(torch_versions()):
        if python in torch_pythons(version) and serving_builds(version, target):
            return version
    return None


def _along(brings: str | None, version: str, carries: str) -> tuple[Evidence, ...]:
    by = f"{brings} needs torch" if brings else "torch comes along"
    return (Evidence("table", f"{by}, {version} as far as is known"), Evidence("table", carries))


def _gpus(target: Target) -> str:
    return f"{target.chip.generation} GPUs such as the {target.chip.name}"


def _public(version: str) -> tuple[int, ...]:
    try:
        return numbers(version)
    except ValueError:  # a version that no table holds, such as 2.0.0rc1
        return (0,)
