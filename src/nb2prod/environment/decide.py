"""`decide_environment`: from the facts to Python, pins, base image and system packages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from nb2prod.analysis.clones import is_commit
from nb2prod.analysis.facts import Facts
from nb2prod.data.cuda import tensorflow_pythons, torch_for, torch_pythons
from nb2prod.data.machines import is_known_gpu, machine_for
from nb2prod.data.runtimes import Runtime, newest_runtime
from nb2prod.environment.driver import judge
from nb2prod.environment.image import choose_image
from nb2prod.environment.model import Attention, Environment, Pin, PythonVersion
from nb2prod.environment.resolve import resolve
from nb2prod.environment.system import system_packages
from nb2prod.environment.torch_build import choose_torch_build, doubts
from nb2prod.location import Evidence, Location
from nb2prod.notebook.language import is_python_2
from nb2prod.notebook.model import Notebook
from nb2prod.options import Options

# Colab hands out a T4 unless told otherwise; metadata of the time before `gpuType` means one too.
_USUAL_GPU = "T4"
_FRAMEWORKS: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "tensorflow": tensorflow_pythons,
    "tensorflow-cpu": tensorflow_pythons,
    "tensorflow-gpu": tensorflow_pythons,
    "torch": torch_pythons,
    "torchvision": lambda version: torch_pythons(torch_for("torchvision", version) or ""),
}
# What the image and the program themselves set; a secret of that name would take its place.
RESERVED_VARIABLES = frozenset(
    {"DATA_DIR", "DATA_FROM", "HOME", "LD_LIBRARY_PATH", "OUTPUT_DIR", "PATH", "PYTHONHOME"}
    | {"PYTHONPATH", "PYTHONUNBUFFERED", "WORK_DIR"}
)
# The last patch of each Python that Colab's own images had (source: googlecolab/backend-info).
_LAST_PATCH = {"3.10": "3.10.12", "3.11": "3.11.13", "3.12": "3.12.13"}


# What the program keeps although it asks for somebody.
_ASKED = {
    "widget": "waits for a person to use a widget, and a job has none",
    "credentials": (
        "a person signed in to Google here; the job needs credentials of its own"
        " (GOOGLE_APPLICATION_CREDENTIALS)"
    ),
}


def decide_environment(notebook: Notebook, facts: Facts, options: Options) -> Environment:
    """Decide by the embedded tables alone; nothing is asked of a network."""
    runtime = newest_runtime(gpu=facts.accelerator == "GPU")
    cloned = any(command.name == "git" for command in facts.commands)
    resolution = resolve(facts.imports, facts.installs, runtime, cloned=cloned)
    python = _python(notebook, options, runtime, resolution.pins)
    packages, package_notes = system_packages(facts.installs, facts.commands, resolution.pins)
    notes = [*resolution.attention, *package_notes]
    if facts.accelerator == "TPU":
        notes.append(
            Attention("the notebook ran on a TPU, which neither the image nor the job has")
        )
    if is_python_2(notebook.metadata):
        notes.append(
            Attention("a kernel of Python 2 ran the notebook; in Python 3, 5 / 2 is no longer 2")
        )
    notes += [Attention(reason, Location(number)) for number, reason in notebook.unreadable]
    notes += [Attention(found.advice, found.location) for found in facts.pasted]
    notes += _moving_clones(facts)
    notes += [
        Attention(_ASKED[asked.kind], asked.location)
        for asked in facts.asked
        if asked.kind in _ASKED
    ]
    notes += [
        Attention("a path of another machine, which the job does not have", place)
        for place in facts.foreign_paths
    ]
    notes += _unusable_secrets(facts)
    notes += [
        Attention("the name of the secret is known only when the program runs", location)
        for location in facts.unnamed_secrets
    ]
    notes += _missing_wheels(resolution.pins, python)
    gpu = (facts.gpu_type or _USUAL_GPU) if facts.accelerator == "GPU" else None
    gpu = None if options.cpu else gpu
    torch = choose_torch_build(resolution.pins, cpu=options.cpu)
    image = choose_image(resolution.pins, torch, python.version, cpu=options.cpu)
    verdict = judge(image, torch, gpu, resolution.pins)
    if verdict.reason:
        notes.append(Attention(verdict.reason))
    if not options.cpu:
        notes += doubts(resolution.pins)
    if gpu is not None and not is_known_gpu(gpu):
        machine = machine_for(gpu).name
        notes.append(
            Attention(f"no machine is known to have the GPU {gpu}; the job asks for {machine}")
        )
    return Environment(
        python=python,
        base_image=image,
        torch_build=torch,
        pins=resolution.pins,
        vcs=resolution.vcs,
        dependencies=resolution.dependencies,
        system_packages=packages,
        gpu=gpu,
        attention=tuple(notes),
    )


def _moving_clones(facts: Facts) -> Iterator[Attention]:
    for clone in facts.clones:
        if is_commit(clone.revision):
            continue
        named = (
            f"takes {clone.revision} of {clone.url}" if clone.revision else f"clones {clone.url}"
        )
        reason = (
            f"{named}, which may be other code tomorrow: add `git checkout` with a commit's hash"
        )
        yield Attention(reason, clone.location)


def _unusable_secrets(facts: Facts) -> Iterator[Attention]:
    for secret in facts.secrets:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", secret.name):
            reason = f"no environment variable can have the name of the secret {secret.name!r}"
            yield Attention(reason, secret.location)
        elif secret.name in RESERVED_VARIABLES:
            reason = f"the image itself sets a variable of the secret's name, {secret.name}"
            yield Attention(reason, secret.location)
        elif secret.name.startswith("_"):
            reason = (
                f"no secret on Gradient can be called {secret.name}: a letter has to come first"
            )
            yield Attention(reason, secret.location)


def _missing_wheels(pins: tuple[Pin, ...], python: PythonVersion) -> Iterator[Attention]:
    """Frameworks that have no wheel for this Python, or of which no table says whether they do."""
    for pin in pins:
        pythons = _FRAMEWORKS[pin.name](pin.version) if pin.name in _FRAMEWORKS else (python.minor,)
        if python.minor in pythons:
            continue
        place = next((found.location for found in pin.evidence if found.location), None)
        what = f"{pin.name} {pin.version}"
        reason = (
            f"{what} has no wheel for Python {python.minor}, only for {', '.join(pythons)}"
            if pythons
            else f"{what} may have no wheel for Python {python.minor}"
        )
        yield Attention(reason, place)


def _python(
    notebook: Notebook, options: Options, runtime: Runtime, pins: tuple[Pin, ...]
) -> PythonVersion:
    """The user's version, else the runtime's unless a pinned framework has no wheel for it.

    What the notebook's own metadata says is kept beside it.
    """
    evidence: list[Evidence] = []
    version = runtime.python
    framework = _framework_python(runtime, pins)
    if options.python is not None:
        version = options.python
        evidence.append(Evidence("user", f"--python {options.python}"))
    elif framework is not None:
        version, reason = framework
        evidence.append(reason)
    detail = f"{runtime.name} runs Python {runtime.python}"
    evidence.append(Evidence("runtime", detail, conflict=not _same_minor(runtime.python, version)))
    info = notebook.metadata.get("language_info")
    recorded = info.get("version") if isinstance(info, Mapping) else None
    if isinstance(recorded, str) and re.fullmatch(r"\d+\.\d+(\.\d+)?", recorded):
        detail = f"the notebook was saved with Python {recorded}"
        conflict = not _same_minor(recorded, version)
        evidence.append(Evidence("recorded-output", detail, conflict=conflict))
    return PythonVersion(version, tuple(evidence))


def _framework_python(runtime: Runtime, pins: tuple[Pin, ...]) -> tuple[str, Evidence] | None:
    """The newest Python of a pinned framework's wheels, when the runtime's is none of them."""
    for pin in pins:
        pythons = _FRAMEWORKS[pin.name](pin.version) if pin.name in _FRAMEWORKS else ()
        if not pythons or any(_same_minor(runtime.python, python) for python in pythons):
            continue
        newest = max(pythons, key=lambda python: int(python.split(".")[1]))
        detail = f"{pin.name} {pin.version} has wheels for Python up to {newest}"
        return _LAST_PATCH.get(newest, newest), Evidence("table", detail)
    return None


def _same_minor(one: str, other: str) -> bool:
    return one.split(".")[:2] == other.split(".")[:2]
