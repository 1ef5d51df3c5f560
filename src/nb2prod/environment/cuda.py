"""The one decision on CUDA: which image, which build of torch, which extras, for which GPU.

The framework's pin decides, then the target's GPU and driver bound it, then the flavour follows
from who carries CUDA's libraries and who compiles. `docs/cuda.md` says it for users.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nb2prod.analysis.all_facts import Facts
from nb2prod.environment.compiled import compiled_by, compiled_in
from nb2prod.environment.cuda_conflicts import Chosen, conflicts, judge
from nb2prod.environment.cuda_extras import with_extras
from nb2prod.environment.cuda_image import beside_the_record, choose_image, slim_image
from nb2prod.environment.cuda_needs import needs
from nb2prod.environment.model import Attention, BaseImage, Environment, Pin, TorchBuild
from nb2prod.environment.target import Target, choose_target
from nb2prod.environment.torch_build import (
    choose_torch_build,
    doubts_of_torch,
    torch_version,
)
from nb2prod.location import Evidence
from nb2prod.notebook.model import Notebook
from nb2prod.options import Options


@dataclass(frozen=True, slots=True)
class CudaDecision:
    """Everything that depends on CUDA. `pins` are the given ones, some with an extra that brings
    CUDA; `gpu` is the GPU that the job asks for, and `machine` the one that has it.

    `cannot_run` says, in one sentence with what to choose, that the target's driver refuses what
    was chosen; None where nothing is known against it.
    """

    image: BaseImage
    torch_build: TorchBuild | None
    pins: tuple[Pin, ...]
    gpu: str | None
    machine: str
    attention: tuple[Attention, ...]
    cannot_run: str | None = None


def decide_cuda(
    pins: tuple[Pin, ...],
    closure: Mapping[str, str],
    *,
    target: Target,
    python: str,
    options: Options,
    compiles: tuple[Evidence, ...] = (),
    exact: bool = False,
) -> CudaDecision:
    """Decide by the tables alone.

    `closure` are the versions of what the pins bring along: all of it after an index was asked,
    `likely_closure` before. `python` is the full version, `compiles` says what in the notebook runs
    nvcc. With `exact` the closure is installed exactly so, as a lock says: then torch may come from
    the default index where that has the same build. The answer depends on the arguments alone, and
    the pins of an answer give the same again.
    """
    if options.cpu:
        pins, _ = with_extras(pins, closure, None, replace(target, gpu=None))
        torch = choose_torch_build(pins, closure, target, cpu=True)
        notes = target.attention
        return CudaDecision(slim_image(python), torch, pins, None, target.machine, notes)
    torch = choose_torch_build(pins, closure, target, exact=exact)
    pins, extra_notes = with_extras(pins, closure, torch, target)
    needed = needs(pins, closure, torch)
    compiling = (*compiles, *compiled_by(pins, closure))
    image = choose_image(needed, torch, compiling, target, options.cuda)
    image = beside_the_record(image, target.recorded)
    versions = {**closure, **{pin.name: pin.version for pin in pins}}
    named = torch_version(pins, closure)
    if named is not None:
        versions["torch"] = named
    chosen = Chosen(versions, needed, image, torch, target, options.cuda, bool(compiling))
    verdict = judge(chosen)
    notes = (
        *((Attention(verdict.reason),) if verdict.reason else ()),
        *doubts_of_torch(pins),
        *extra_notes,
        *conflicts(chosen),
        *target.attention,
    )
    return CudaDecision(
        image=image,
        torch_build=torch,
        pins=pins,
        gpu=target.gpu,
        machine=target.machine,
        attention=tuple(dict.fromkeys(notes)),
        cannot_run=verdict.reason if verdict.start == "no" else None,
    )


def decided_again(
    environment: Environment,
    closure: Mapping[str, str],
    notebook: Notebook,
    facts: Facts,
    options: Options,
) -> Environment:
    """The environment with CUDA decided anew for everything that is installed.

    `closure` are the versions that an index gave, with or without those of the pins.
    """
    decision = decide_cuda(
        environment.pins,
        closure,
        target=choose_target(facts, options),
        python=environment.python.version,
        options=options,
        compiles=compiled_in(notebook, facts),
        exact=True,
    )
    return with_decision(environment, decision)


def with_decision(environment: Environment, decision: CudaDecision) -> Environment:
    """The environment with a decision in place of the one that it had."""
    earlier = set(environment.cuda_attention)
    kept = [note for note in environment.attention if note not in earlier]
    return replace(
        environment,
        base_image=decision.image,
        torch_build=decision.torch_build,
        pins=decision.pins,
        gpu=decision.gpu,
        machine=decision.machine,
        cannot_run=decision.cannot_run,
        cuda_attention=decision.attention,
        attention=(*kept, *decision.attention),
    )
