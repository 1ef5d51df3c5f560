"""`nb2prod machines`. Printed plainly: everything shown is from tables of our own."""

from __future__ import annotations

import argparse
import json

from nb2prod.data.gpus import Gpu, find_gpu
from nb2prod.data.machines import (
    Machine,
    cuda_range,
    documented_driver,
    machine_with,
    machines,
    stand_ins,
    why_no_gpu,
)
from nb2prod.errors import OptionError


def run(arguments: argparse.Namespace) -> int:
    """List the machines, or show one. Raises `OptionError` for a name that is not known."""
    if arguments.name is None:
        if arguments.json:
            _print_json(_listing())
        else:
            _tell_all()
        return 0
    machine, reason = _find(arguments.name)
    if arguments.json:
        _print_json({**_entry(machine), "stands_in_because": reason})
    else:
        _tell(machine, arguments.name, reason)
    return 0


def _find(name: str) -> tuple[Machine, str | None]:
    """The machine of a name, and why it stands in for the GPU of that name where it does."""
    by_name = {one.name.lower(): one for one in machines().values()}
    if name.lower() in by_name:
        return by_name[name.lower()], None
    machine = machine_with(name, 1)
    if machine is None:
        raise OptionError(why_no_gpu(name))
    reasons = {one.gpu: one.reason for one in stand_ins()}
    gpu = find_gpu(name)
    return machine, reasons.get(gpu.name if gpu else "")


def _print_json(shown: object) -> None:
    print(json.dumps(shown, ensure_ascii=False, separators=(",", ":")))


def _listing() -> dict[str, object]:
    driver = documented_driver()
    return {
        "driver": {
            "version": driver.version,
            "date": driver.date,
            "admitted_cuda": driver.admitted_cuda,
        },
        "machines": [_entry(one) for one in machines().values()],
        "stand_ins": [
            {"gpu": one.gpu, "machine": one.machine, "reason": one.reason} for one in stand_ins()
        ],
    }


def _entry(machine: Machine) -> dict[str, object]:
    gpu = _gpu(machine)
    cuda = cuda_range(gpu) if gpu else None
    return {
        "name": machine.name,
        "gpu": machine.gpu,
        "gpus": machine.gpus,
        "gpu_memory_gb": machine.gpu_memory_gb,
        "generation": machine.generation,
        "capability": gpu.capability if gpu else None,
        "cuda": {"first": cuda[0], "last": cuda[1]} if cuda else None,
        "vcpus": machine.vcpus,
        "memory_gb": machine.memory_gb,
        "documented": machine.documented,
    }


def _tell_all() -> None:
    print(
        "machines of Paperspace Gradient with a GPU; which of them a cluster has is its own affair:"
    )
    for one in machines().values():
        gpu = _gpu(one)
        if gpu is not None:
            count = f"{one.gpus} x " if one.gpus > 1 else ""
            has = f"{count}{one.gpu}, {one.gpu_memory_gb} GB"
            generation = f"{gpu.generation} {gpu.capability}"
            doubt = "" if one.documented else ", not documented"
            print(f"  {one.name:<12}{has:<28}{generation:<14}CUDA {_cuda(gpu)}{doubt}")
    print("machines without one:")
    for one in machines().values():
        if one.gpu is None:
            cpus = "1 CPU" if one.vcpus == 1 else f"{one.vcpus} CPUs"
            print(f"  {one.name:<12}{cpus}, {one.memory_gb:g} GB")
    print("GPUs of notebooks, and the machine that stands in for each:")
    for found in stand_ins():
        print(f"  {found.gpu:<12}{found.machine:<12}{found.reason}")
    print(f"driver: {_driver()}")


def _tell(machine: Machine, name: str, reason: str | None) -> None:
    print(machine.name)
    if reason is not None:
        _fact("for", f"{name}, {reason}")
    gpu = _gpu(machine)
    if gpu is None:
        _fact("gpu", "none")
    else:
        _fact("gpu", f"{machine.gpus} x {machine.gpu}, {machine.gpu_memory_gb} GB each")
        _fact("generation", f"{gpu.generation}, compute capability {gpu.capability}")
        _fact("cuda", f"{_cuda(gpu)}")
        _fact("driver", _driver())
    _fact("cpus", str(machine.vcpus))
    _fact("memory", f"{machine.memory_gb:g} GB")
    if not machine.documented:
        _fact("documented", "no; only lists by others have its name")


def _gpu(machine: Machine) -> Gpu | None:
    return find_gpu(machine.gpu) if machine.gpu else None


def _cuda(gpu: Gpu) -> str:
    first, last = cuda_range(gpu)
    return f"{first} to {last}"


def _driver() -> str:
    driver = documented_driver()
    return (
        f"{driver.version}, documented in {driver.date[:4]}; it starts images up to CUDA"
        f" {driver.admitted_cuda}, and the machines may have a newer one by now"
    )


def _fact(name: str, text: str) -> None:
    print(f"  {name + ':':<15}{text}")
