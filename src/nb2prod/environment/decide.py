"""`decide_environment`: from the facts to Python, pins, base image and system packages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.clones import is_commit
from nb2prod.data.machines import PROVIDER
from nb2prod.environment.compiled import compiled_in
from nb2prod.environment.constraints import constrained, holding
from nb2prod.environment.cuda import decide_cuda
from nb2prod.environment.dating import date_notebook
from nb2prod.environment.model import Attention, Environment
from nb2prod.environment.python_version import (
    choose_python,
    doubts_of_python,
    doubts_of_wheels,
    told_of_the_run,
    told_python,
)
from nb2prod.environment.resolve import resolve
from nb2prod.environment.system import with_system_packages
from nb2prod.environment.target import choose_target
from nb2prod.environment.torch_build import likely_closure
from nb2prod.environment.versions import Ground
from nb2prod.location import Location
from nb2prod.notebook.language import is_python_2
from nb2prod.notebook.model import Notebook
from nb2prod.options import Options

# What the image and the program themselves set; a secret of that name would take its place.
RESERVED_VARIABLES = frozenset(
    {"DATA_DIR", "DATA_FROM", "HOME", "LD_LIBRARY_PATH", "OUTPUT_DIR", "PATH", "PYTHONHOME"}
    | {"LOGNAME", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED", "USER", "WORK_DIR"}
    # A shell, or the loader of programs, does something else when it finds these.
    | {"BASH_ENV", "ENV", "IFS", "LD_PRELOAD", "PYTHONSTARTUP", "SHELL"}
)


# What the program keeps although it asks for somebody.
_ASKED = {
    "widget": "waits for a person to use a widget, and a job has none",
    "credentials": (
        "a person signed in to Google here; the job needs credentials of its own"
        " (GOOGLE_APPLICATION_CREDENTIALS)"
    ),
}


def decide_environment(
    notebook: Notebook, facts: Facts, options: Options, committed: str | None = None
) -> Environment:
    """Decide by the embedded tables alone; nothing is asked of a network.

    `committed` is the day (UTC) of the file's last commit, where it has one.
    """
    outputs = facts.recorded_outputs
    told = told_python(notebook, outputs.pythons)
    ran = told_of_the_run(told, notebook)
    dated = date_notebook(notebook, facts, options, ran, committed)
    as_of = dated.as_of
    if dated.by_user or as_of.strategy == "modern":
        ran = None  # the user's day, and the newest versions, come with a Python of their own
    ground = Ground.of(
        dated.runtime, outputs.versions, as_of.day, forget=options.strategy == "modern"
    )
    cloned = any(command.name == "git" for command in facts.commands)
    installs = holding(facts.installs, options.python or ground.python)
    resolution = resolve(
        facts.imports,
        installs,
        ground,
        cloned=cloned,
        implied=facts.implied,
        user=options.imports,
    )
    resolution = constrained(resolution, installs, ground)
    python = choose_python(options.python, ran, told, dated.runtime, resolution.pins)
    notes = [*resolution.attention]
    taken = {pin.evidence[0].kind for pin in resolution.pins}
    if dated.unknown is not None and (taken & {"runtime", "table"} or as_of.strategy == "modern"):
        notes.append(dated.unknown)
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
        Attention(found.attention, found.location) for found in facts.beside if found.attention
    ]
    notes += [Attention(found.reason, found.location) for found in facts.concerns]
    notes += _unusable_secrets(facts, options)
    notes += [
        Attention("the name of the secret is known only when the program runs", location)
        for location in facts.unnamed_secrets
    ]
    notes += doubts_of_python(python, ran, dated.runtime)
    wheels = list(doubts_of_wheels(python, resolution.pins, as_of.day))
    notes += wheels
    target = choose_target(facts, options)
    cuda = decide_cuda(
        resolution.pins,
        likely_closure(resolution.pins, ground.packages, python.minor, target),
        target=target,
        python=python.version,
        options=options,
        compiles=compiled_in(notebook, facts),
    )
    decided = Environment(
        as_of=as_of,
        python=python,
        base_image=cuda.image,
        torch_build=cuda.torch_build,
        pins=cuda.pins,
        vcs=resolution.vcs,
        dependencies=resolution.dependencies,
        system_packages=(),
        gpu=cuda.gpu,
        attention=(*notes, *cuda.attention),
        machine=cuda.machine,
        cannot_run=cuda.cannot_run,
        cuda_attention=cuda.attention,
        runtime=dated.runtime,
        unpinned=resolution.unpinned,
        until_locked=(*resolution.until_locked, *wheels),
        constraints=tuple(dict.fromkeys(text for one in installs for text in one.constraints)),
        not_followed=tuple(
            dict.fromkeys(f"{one.problem} ({one.location})" for one in installs if one.problem)
        ),
    )
    # The base image says what they are called.
    return with_system_packages(decided, notebook, facts)


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


def _unusable_secrets(facts: Facts, options: Options) -> Iterator[Attention]:
    for secret in facts.secrets:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", secret.name):
            reason = f"no environment variable can have the name of the secret {secret.name!r}"
            yield Attention(reason, secret.location)
        elif secret.name in RESERVED_VARIABLES:
            reason = f"the image itself sets a variable of the secret's name, {secret.name}"
            yield Attention(reason, secret.location)
        elif secret.name.startswith("_") and PROVIDER in options.targets:
            reason = (
                f"no secret on Gradient can be called {secret.name}: a letter has to come first"
            )
            yield Attention(reason, secret.location)
