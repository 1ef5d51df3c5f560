"""A build of torch from PyTorch's own index, where the default wheel will not do."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nb2prod.data.cuda import torch_cuda, torch_index
from nb2prod.environment.lock.ladder import Ask, Settled
from nb2prod.environment.lock.question import Variant
from nb2prod.environment.lock.uv import Resolved, Unreachable
from nb2prod.environment.model import TorchBuild

# What that index is asked for, and nothing else.
FAMILY = ("torch", "torchaudio", "torchvision")


@dataclass(frozen=True, slots=True)
class Built:
    """The resolution with the build, or without it and why."""

    settled: Settled
    reason: str = ""


def in_variant(build: TorchBuild | None, settled: Settled, ask: Ask) -> Built:
    """The same resolution with torch's family in the build; everything else stays as it was."""
    versions = settled.resolved.versions
    if build is None or build.backend is None or "torch" not in versions:
        return Built(settled)
    family = {
        name: f"{versions[name].partition('+')[0]}+{build.backend}"
        for name in FAMILY
        if name in versions
    }
    others = tuple(
        one for one in settled.question.requirements if _name(one) not in family or "[" in one
    )
    question = replace(
        settled.question,
        requirements=tuple(_public(one, family) for one in others),
        preferred={**settled.question.preferred, **versions, **family},
        variant=Variant(torch_index(build.backend), family),
    )
    answer = ask(question)
    if isinstance(answer, Resolved):
        return Built(replace(settled, resolved=answer, question=question))
    shown = ", ".join(f"{name} {version}" for name, version in sorted(family.items()))
    if isinstance(answer, Unreachable):
        why = "PyTorch's own index could not be reached (convert again where it can)"
    else:
        why = f"PyTorch's own index does not have it: {answer.why}"
    default = torch_cuda(versions["torch"])
    carries = f", which carries CUDA {default}," if default is not None else ""
    return Built(
        settled,
        f"{shown} should be installed, for the job's GPU and driver; the default build{carries} is"
        f" locked, because {why}",
    )


def _name(requirement: str) -> str:
    return requirement.partition("=")[0].partition("[")[0]


def _public(requirement: str, family: dict[str, str]) -> str:
    """`torch[opt]==2.1.0` leaves the version to the line with the build."""
    if _name(requirement) in family:
        return requirement.partition("=")[0]
    return requirement
