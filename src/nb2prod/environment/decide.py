"""`decide_environment`: from the facts to Python, pins, base image and system packages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nb2prod.analysis.facts import Facts
from nb2prod.data.runtimes import Runtime, newest_runtime
from nb2prod.environment.image import choose_image
from nb2prod.environment.model import Attention, Environment, PythonVersion
from nb2prod.environment.resolve import resolve
from nb2prod.environment.system import system_packages
from nb2prod.location import Evidence
from nb2prod.notebook.model import Notebook
from nb2prod.options import Options

# Colab hands out a T4 unless told otherwise; metadata of the time before `gpuType` means one too.
_USUAL_GPU = "T4"


def decide_environment(notebook: Notebook, facts: Facts, options: Options) -> Environment:
    """Decide by the embedded tables alone; nothing is asked of a network."""
    runtime = newest_runtime(gpu=facts.accelerator == "GPU")
    resolution = resolve(facts.imports, facts.installs, runtime)
    python = _python(notebook, options, runtime)
    packages, package_notes = system_packages(facts.installs, facts.commands, resolution.pins)
    notes = [*resolution.attention, *package_notes]
    if facts.accelerator == "TPU":
        notes.append(
            Attention("the notebook ran on a TPU, which neither the image nor the job has")
        )
    gpu = (facts.gpu_type or _USUAL_GPU) if facts.accelerator == "GPU" else None
    return Environment(
        python=python,
        base_image=choose_image(resolution.pins, python.version, cpu=options.cpu),
        pins=resolution.pins,
        vcs=resolution.vcs,
        dependencies=resolution.dependencies,
        system_packages=packages,
        gpu=None if options.cpu else gpu,
        attention=tuple(notes),
    )


def _python(notebook: Notebook, options: Options, runtime: Runtime) -> PythonVersion:
    """The user's version, else the runtime's; what the notebook's own metadata says is kept beside
    it.
    """
    evidence: list[Evidence] = []
    version = runtime.python
    if options.python is not None:
        version = options.python
        evidence.append(Evidence("user", f"--python {options.python}"))
    conflict = options.python is not None and not _same_minor(runtime.python, version)
    evidence.append(
        Evidence("runtime", f"{runtime.name} runs Python {runtime.python}", conflict=conflict)
    )
    info = notebook.metadata.get("language_info")
    recorded = info.get("version") if isinstance(info, Mapping) else None
    if isinstance(recorded, str) and re.fullmatch(r"\d+\.\d+(\.\d+)?", recorded):
        detail = f"the notebook was saved with Python {recorded}"
        evidence.append(
            Evidence("recorded-output", detail, conflict=not _same_minor(recorded, version))
        )
    return PythonVersion(version, tuple(evidence))


def _same_minor(one: str, other: str) -> bool:
    return one.split(".")[:2] == other.split(".")[:2]
