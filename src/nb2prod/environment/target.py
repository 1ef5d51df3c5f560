"""What the job runs on: the GPU, the machine that has it, and what is known of its driver."""

from __future__ import annotations

from dataclasses import dataclass

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.facts import Gpus
from nb2prod.analysis.recorded_versions import RecordedDriver
from nb2prod.data.gpus import Gpu, find_gpu
from nb2prod.data.machines import (
    PROVIDER,
    Driver,
    Machine,
    carries,
    documented_driver,
    is_known_gpu,
    machine_for,
    machine_with,
    machines,
    read_gpu,
)
from nb2prod.environment.model import Attention
from nb2prod.options import Options

# Colab hands out a T4 unless told otherwise; metadata of the time before `gpuType` means one too.
_USUAL_GPU = "T4"
_MOST_GPUS = 8  # of one machine


@dataclass(frozen=True, slots=True)
class Target:
    """Where the job runs. `gpu` is the GPU that it asks for, in the words of the notebook or of the
    user, None for a job without one; `machine` is the provider's machine.

    `chip` is the GPU on that machine; without a GPU, or with one that no table knows, the GPU of
    the machine that such notebooks get. `driver` is the one that an image should start on; where it
    is not `judged`, because the job runs elsewhere, it decides between images alone. `recorded` is
    what saved outputs show of the notebook's own machine. `attention` is what a person has to know
    of the choice.
    """

    gpu: str | None
    machine: str
    chip: Gpu
    driver: Driver
    judged: bool = True
    recorded: tuple[RecordedDriver, ...] = ()
    attention: tuple[Attention, ...] = ()


def choose_target(facts: Facts, options: Options) -> Target:
    """The GPU that the options name, else the notebook's own, and the machine with it.

    `Options` has refused what does not exist or does not go together.
    """
    shown = (facts.gpu_type or _USUAL_GPU) if facts.accelerator == "GPU" else None
    asked = read_gpu(options.gpu) if options.gpu else None
    gpu, count = asked[0] if asked else shown, gpus_in_each(facts, options)
    if options.cpu:
        gpu = None
    notes = []
    machine = options.machine or _machine_with(gpu, count)
    known = machines().get(machine)
    ours = PROVIDER in options.targets or options.machine is not None
    if known is not None and known.gpu is None and gpu is not None:
        notes.append(
            Attention(f"the notebook uses a GPU ({gpu}), and the machine {machine} has none")
        )
        gpu = None
    if known is not None and known.gpu is not None and gpu is None and not options.cpu:
        gpu = known.gpu
    unknown = gpu is not None and ours and not is_known_gpu(gpu)
    if unknown and asked is None and options.machine is None:
        notes.append(
            Attention(f"no machine is known to have the GPU {gpu}; the job asks for {machine}")
        )
    if gpu is not None and asked is None and known is not None and options.machine is not None:
        notes += _smaller(gpu, machine)
    if gpu is not None and ours and known is not None and facts.gpus is not None:
        notes += _fewer(facts.gpus, known)
    usual = find_gpu(machine_for(_USUAL_GPU).gpu or "")
    chip = find_gpu((known.gpu if known and ours else gpu) or "") or usual
    assert chip is not None
    return Target(
        gpu,
        machine,
        chip,
        documented_driver(),
        PROVIDER in options.targets,
        facts.recorded_outputs.drivers,
        tuple(notes),
    )


def gpus_in_each(facts: Facts, options: Options) -> int:
    """How many GPUs a machine of the job has: as `--gpu` counts them, else as the notebook does."""
    asked = read_gpu(options.gpu) if options.gpu and ":" in options.gpu else None
    if asked is not None:
        return asked[1]
    return facts.gpus.number if facts.gpus is not None else 1


def _machine_with(gpu: str | None, count: int) -> str:
    # A notebook may say a number that no machine has: the next one up holds them, too.
    found = (machine_with(gpu, number) for number in range(count, _MOST_GPUS + 1)) if gpu else ()
    return (next(filter(None, found), None) or machine_for(gpu)).name


def _fewer(gpus: Gpus, machine: Machine) -> list[Attention]:
    """The machine may have fewer GPUs than the notebook says."""
    if machine.gpus >= gpus.number:
        return []
    said = f"the notebook trains on {gpus.number} GPUs here; the machine {machine.name} has"
    return [Attention(f"{said} {machine.gpus}", gpus.location)]


def _smaller(gpu: str, machine: str) -> list[Attention]:
    """The user's machine may have less memory than the notebook's own GPU had."""
    own, has = find_gpu(gpu), machines()[machine].gpu_memory_gb
    if own is None or has is None or has >= own.memory_gb or carries(machines()[machine], gpu, 1):
        return []
    said = f"the notebook had a {gpu} with {own.memory_gb} GB; the machine {machine} has {has} GB"
    return [Attention(said)]
