"""Which build of torch the image gets: the default index's, or one from PyTorch's own index.

PyTorch's wheels carry CUDA's libraries; what they carry and which builds exist are tables in
`data`.
"""

from __future__ import annotations

from collections.abc import Iterable

from nb2prod.data.cuda import torch_builds, torch_cuda, torch_variants
from nb2prod.data.machines import documented_driver
from nb2prod.environment.driver import runs
from nb2prod.environment.model import Pin, TorchBuild
from nb2prod.location import Evidence


def choose_torch_build(pins: Iterable[Pin], *, cpu: bool) -> TorchBuild | None:
    """The build of the pinned torch; None where it is not pinned or no table knows the version.

    The notebook's own choice (`torch==2.0.1+cu118`) holds; else the default wheel if the driver
    that is documented of the target runs it; else the oldest CUDA that the driver runs, because
    older builds still serve older GPUs.
    """
    pin = next((pin for pin in pins if pin.name == "torch"), None)
    if pin is None:
        return None
    what = f"torch {pin.version}"
    builds = torch_builds(pin.version)
    if cpu:
        backend = "cpu" if "cpu" in torch_variants(pin.version) else None
        asked = Evidence("user", "--cpu asks for an image without CUDA")
        return TorchBuild(None, backend, (asked,))
    if pin.build is not None and pin.build in builds:
        asked = Evidence("pinned", f"the notebook asks for {what}+{pin.build}")
        return TorchBuild(builds[pin.build], pin.build, (asked,))
    cuda = torch_cuda(pin.version)
    if cuda is None:
        return None
    carries = f"{what} from the default index carries CUDA {cuda}"
    driver = documented_driver()
    if not runs(cuda, driver):
        for backend, older in builds.items():
            if runs(older, driver):
                reason = (
                    f"{what} is built for CUDA {older} too, which the documented driver"
                    f" {driver.version} runs"
                )
                evidence = (Evidence("table", reason), Evidence("table", carries, conflict=True))
                return TorchBuild(older, backend, evidence)
    return TorchBuild(cuda, None, (Evidence("table", carries),))
