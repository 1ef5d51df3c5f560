"""What to choose instead of something that does not run on the target, or not beside the rest: the
nearest that does, as words that an install line or an option takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from nb2prod.data.cuda import tensorflow_cuda, tensorflow_versions, torch_builds
from nb2prod.data.cuda_packages import cuda_use, named_cuda, onnxruntime_versions
from nb2prod.data.gpus import Gpu, find_gpu, tensorflow_runs_on
from nb2prod.data.machines import machines
from nb2prod.environment.cuda_image import image_with_cudnn
from nb2prod.environment.cuda_needs import TENSORFLOW, Need
from nb2prod.environment.driver import numbers, starts
from nb2prod.environment.target import Target
from nb2prod.environment.torch_build import nearest_torch


def instead_for_driver(need: Need, version: str, target: Target) -> str:
    """What the driver runs instead of a need that is too new for it; "" where nothing is known."""
    if need.name == "torch":
        return nearest_torch(version, target)
    if need.name in TENSORFLOW:
        return tensorflow_that_starts(version, target)
    major = target.driver.admitted_cuda.partition(".")[0]
    if need.name == "onnxruntime-gpu":
        return instead_of_major(need, version, major, target)
    return f"a build of {need.name} for CUDA {major}"


def tensorflow_that_starts(version: str, target: Target) -> str:
    """The TensorFlow nearest to a version, rather an older one, that runs on the GPU and whose
    image the driver starts.
    """

    def serves(version: str) -> bool:
        built = tensorflow_cuda(version)
        if built is None or not tensorflow_runs_on(version, target.chip):
            return False
        image = image_with_cudnn([Need("tensorflow", "", built[0], True, built[1])], target)
        return image is not None and starts(image.cuda, target.driver) == "yes"

    known = sorted(tensorflow_versions(), key=numbers)
    older = [one for one in known if numbers(one) <= numbers(version)]
    nearest_first = (*reversed(older), *(one for one in known if one not in older))
    found = next(filter(serves, nearest_first), None)
    return f"tensorflow=={found}" if found else ""


def tensorflow_of(major: str, target: Target) -> str:
    """The newest TensorFlow of a major version of CUDA."""
    built = {version: tensorflow_cuda(version) for version in tensorflow_versions()}
    fit = [one for one, cuda in built.items() if cuda and cuda[0].partition(".")[0] == major]
    return _newest("tensorflow", (one for one in fit if tensorflow_runs_on(one, target.chip)))


def instead_of_major(need: Need, version: str, major: str, target: Target) -> str:
    """The same distribution for another major version of CUDA; "" where none is known."""
    if need.name == "torch":
        builds = [build for build, cuda in torch_builds(version).items() if _major(cuda) == major]
        return f"torch=={version}+{builds[-1]}" if builds else ""
    if need.name in TENSORFLOW:
        return tensorflow_of(major, target)
    if need.name == "onnxruntime-gpu":
        uses = {one: cuda_use(need.name, one) for one in onnxruntime_versions()}
        fit = [one for one, use in uses.items() if use is not None and _major(use.cuda) == major]
        return f"{need.name}=={fit[-1]}" if fit else ""
    if named_cuda(need.name):
        return re.sub(r"(cu(?:da)?)(9|1\d)(?:\d(?=\Z|[-_]))?", rf"\g<1>{major}", need.name)
    return f"{need.name}[cuda{major}]" if need.name == "jax" else ""


def machine_whose_gpu(serves: Callable[[Gpu], bool], target: Target) -> str:
    """The option for the machine with one GPU that serves: with as much memory and little more, and
    nearest in generation; "" where none does.
    """
    found: list[tuple[int, float, str]] = []
    for machine in machines().values():
        chip, memory = find_gpu(machine.gpu or ""), machine.gpu_memory_gb or 0
        if chip is None or machine.gpus != 1 or memory < target.chip.memory_gb or not serves(chip):
            continue
        distance = abs(float(chip.capability) - float(target.chip.capability))
        found.append((memory, distance, machine.name))
    return f"--gpu {min(found)[2]}" if found else ""


def listed(*choices: str) -> str:
    """ "a, b or c" of those that are not empty."""
    found = list(dict.fromkeys(filter(None, choices)))
    return " or ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))


def _newest(name: str, versions: Iterable[str]) -> str:
    newest = max(versions, key=numbers, default="")
    return f"{name}=={newest}" if newest else ""


def _major(cuda: str) -> str:
    return cuda.partition(".")[0]
