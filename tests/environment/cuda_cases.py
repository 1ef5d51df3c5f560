"""What the tests of the decision on CUDA share: pins from words, targets, and the decision."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nb2prod.data.gpus import Gpu, find_gpu
from nb2prod.data.machines import Driver, machine_for
from nb2prod.environment.cuda import CudaDecision, decide_cuda
from nb2prod.environment.model import Pin
from nb2prod.environment.target import Target
from nb2prod.environment.torch_build import likely_closure
from nb2prod.location import Evidence
from nb2prod.options import Options

OLD = Driver("470.57.02", "2021-07-01", "11.4")
DOCUMENTED = Driver("525.116.04", "2024-02-02", "12.4")
MIDDLE = Driver("535.104.05", "2023-08-22", "12.5")
NEW = Driver("580.82.07", "2026-02-05", "13.0")


def pins(text: str) -> tuple[Pin, ...]:
    """`torch==2.0.1+cu118 jax[cuda12]==0.7.2`, sorted as the environment has them."""
    found = []
    for requirement in text.split():
        match = re.fullmatch(r"([a-z0-9.-]+)(?:\[(.*)\])?==([^+]+)(?:\+(.*))?", requirement)
        assert match, requirement
        extras = tuple(match[2].split(",")) if match[2] else ()
        found.append(Pin(match[1], match[3], extras, (), match[4]))
    return tuple(sorted(found, key=lambda pin: pin.name))


def gpu(name: str) -> Gpu:
    """A GPU that the table has."""
    found = find_gpu(name)
    assert found is not None, name
    return found


def target(name: str | None = "A4000", driver: Driver = DOCUMENTED) -> Target:
    """A job on a GPU of that name itself; None is one without a GPU."""
    return Target(name, machine_for(name).name, gpu(name or "A4000"), driver)


def decide(
    text: str = "",
    where: Target | None = None,
    *,
    closure: Mapping[str, str] | None = None,
    freeze: Mapping[str, str] | None = None,
    python: str = "3.12.1",
    compiles: tuple[str, ...] = (),
    options: Options | None = None,
    exact: bool = False,
) -> CudaDecision:
    """The decision for some pins, beside what a lock says or what their runtime had."""
    where = where or target()
    given = pins(text)
    minor = ".".join(python.split(".")[:2])
    if closure is None:
        closure = likely_closure(given, freeze or {}, minor, where)
    return decide_cuda(
        given,
        closure,
        target=where,
        python=python,
        options=options or Options(),
        compiles=tuple(Evidence("pinned", detail) for detail in compiles),
        exact=exact,
    )


def told(decision: CudaDecision) -> str:
    """Everything that a person has to know, as one text."""
    return " / ".join(note.reason for note in decision.attention)


def tag(decision: CudaDecision) -> str:
    """The image without what all have in common: "12.4.1-base"."""
    return decision.image.reference.removeprefix("nvidia/cuda:").rpartition("-ubuntu")[0]
