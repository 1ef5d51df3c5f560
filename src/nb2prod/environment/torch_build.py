"""Which build of torch the image gets: the default index's, or one from PyTorch's own index.

PyTorch's wheels carry CUDA's libraries; what they carry, which builds exist and which distributions
need torch are tables in `data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from nb2prod.data.cuda import (
    needs_torch,
    torch_builds,
    torch_cuda,
    torch_for,
    torch_pythons,
    torch_variants,
    torch_versions,
)
from nb2prod.data.machines import documented_driver
from nb2prod.environment.driver import runs
from nb2prod.environment.model import Attention, Pin, TorchBuild
from nb2prod.location import Evidence


def torch_version(pins: Iterable[Pin]) -> str | None:
    """The torch that the pins ask for: torch's own, else the one that torchvision or torchaudio was
    made for; None where no pin says.
    """
    versions = {pin.name: pin.version for pin in pins}
    companions = (
        torch_for(name, versions[name])
        for name in ("torchvision", "torchaudio")
        if name in versions
    )
    return versions.get("torch") or next((found for found in companions if found), None)


def choose_torch_build(
    pins: Iterable[Pin], *, cpu: bool, python: str | None = None
) -> TorchBuild | None:
    """The build of torch; None where no pin needs it. `python` is the minor version it is for.

    The notebook's own choice (`torch==2.0.1+cu118`) holds; else the default wheel if the driver
    that is documented of the target runs it; else the oldest CUDA that the driver runs, because
    older builds still serve older GPUs. Default wheels with CUDA 10 give way to one with CUDA 11,
    for CUDA 10 knows none of the GPUs since Ampere, which most machines have.
    """
    pins = tuple(pins)
    dependents = [pin.name for pin in pins if pin.name == "torch" or needs_torch(pin.name)]
    if not dependents:
        return None
    version = torch_version(pins)
    if cpu:
        without = version is None or "cpu" in torch_variants(version) or not torch_cuda(version)
        asked = Evidence("user", "--cpu asks for an image without CUDA")
        return TorchBuild(None, "cpu" if without else None, (asked,))
    if version is None:
        return _unnamed(dependents[0], python)
    what = f"torch {version}"
    builds = torch_builds(version)
    build = next((pin.build for pin in pins if pin.name == "torch"), None)
    if build is not None and build in torch_variants(version):
        asked = Evidence("pinned", f"the notebook asks for {what}+{build}")
        return TorchBuild(builds.get(build), build, (asked,))
    cuda = torch_cuda(version)
    if cuda is None:
        return TorchBuild(None, None, (Evidence("default", f"{_UNKNOWN} {what}"),))
    carries = f"{what} from the default index carries CUDA {cuda}"
    eleven = next(
        (name for name in reversed(tuple(builds)) if builds[name].startswith("11.")), None
    )
    if eleven is not None and cuda.startswith("10."):
        detail = f"{what} is built for CUDA {builds[eleven]} too, which knows GPUs since Ampere"
        others = (Evidence("table", detail), Evidence("table", carries, conflict=True))
        return TorchBuild(builds[eleven], eleven, others)
    older = runnable(builds)
    if runs(cuda, documented_driver()) or older is None:
        return TorchBuild(cuda, None, (Evidence("table", carries),))
    reason = (
        f"{what} is built for CUDA {builds[older]} too, which the documented driver"
        f" {documented_driver().version} runs"
    )
    evidence = (Evidence("table", reason), Evidence("table", carries, conflict=True))
    return TorchBuild(builds[older], older, evidence)


_UNKNOWN = "no table knows which CUDA there is in"


def runnable(builds: Mapping[str, str]) -> str | None:
    """The first of some builds that the documented driver runs."""
    driver = documented_driver()
    return next((build for build, cuda in builds.items() if runs(cuda, driver)), None)


def _unnamed(dependent: str, python: str | None) -> TorchBuild:
    """torch comes with another package, in a version that is not known before it is installed: the
    newest that has wheels for the Python, as far as nothing else forbids.
    """
    for version in reversed(torch_versions()):
        if python is not None and python not in torch_pythons(version):
            continue
        builds = torch_builds(version)
        build = runnable(builds)
        if build is not None:
            reason = (
                f"{dependent} needs torch; its newest builds that the documented driver"
                f" {documented_driver().version} runs are for CUDA {builds[build]}"
            )
            return TorchBuild(builds[build], build, (Evidence("table", reason),))
    return TorchBuild(
        None, None, (Evidence("default", f"no torch for Python {python} is known that runs there"),)
    )


def doubts(pins: Iterable[Pin]) -> Iterator[Attention]:
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
