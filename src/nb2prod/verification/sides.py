"""The two sides of a verification: one run of the notebook, one run of its package."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.migration import Migration
from nb2prod.notebook.model import Notebook
from nb2prod.program.platform_use import PLATFORM_VARIABLES
from nb2prod.project.interface import interface
from nb2prod.verification.environments import DoesNotRun, Environment, last_words, variables_for
from nb2prod.verification.given import Given, lay_out, upload_arguments
from nb2prod.verification.model import Run
from nb2prod.verification.observed import FilesOf, notebook_run, package_run
from nb2prod.verification.places import Places
from nb2prod.verification.processes import Limits
from nb2prod.verification.tracing import dropped_lines, imports_of, traced_modules

_PLATFORM_PATH = re.compile(
    r"(?<![\w./])/(?:content|kaggle(?=/(?:input|working|temp|lib)\b))(?!\w)"
)

_NOTHING: Mapping[str, str] = {}

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What is verified: the notebook as it is (`raw`), what was made of it, the project, and what
    a person gives. `secrets` are the values of secrets that were pasted, by their names.
    """

    raw: Notebook
    migration: Migration
    project: Path
    given: Given
    beside: Sequence[tuple[Path, str]]
    limits: Limits
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """A run, with the directories it was in and how its files are read."""

    run: Run
    places: Places


def run_notebook(
    task: Task, environment: Environment, directory: Path, progress: Progress, seed: int = 1
) -> Done:
    """Run the notebook in a directory of its own. Two runs with one seed draw the same random
    numbers, as far as libraries allow it.
    """
    platform = task.raw.origin.platform
    places = environment.places(directory, platform)
    uploads = len(task.migration.program.configuration.uploads)
    lay_out(places, task.given, task.beside, uploads)
    word = secrets.token_hex(8)
    cells = [cell for cell in task.raw.code_cells if cell.source.strip()]
    numbers = [cell.number for cell in cells]
    request = {
        "notebook": {
            "nbformat": 4,
            "nbformat_minor": 4,
            "metadata": {"language_info": {"name": "python"}},
            "cells": [
                {
                    "cell_type": "code",
                    "metadata": {"tags": list(cell.tags)},
                    "source": _replaced(cell.source, places),
                    "outputs": [],
                    "execution_count": None,
                }
                for cell in cells
            ],
        },
        "numbers": numbers,
        "dropped": dropped_lines(task.migration),
        "directory": places.directory,
        "progress": places.inside("progress.txt"),
        "executed": places.inside("executed.json"),
        "record": places.inside("record.json"),
        "jupyter": places.inside("jupyter"),
        "watched": [root[0] for root in places.roots],
        "platform": platform,
        "seed": seed,
        "word": word,
    }
    (directory / "request.json").write_text(json.dumps(request), "utf-8")
    # What a platform tells of itself, with which the conversion answers, too.
    told = {name: text for name, (on, text) in PLATFORM_VARIABLES.items() if on == platform}
    given = {**told, **task.given.variables}
    variables = variables_for(environment, places, given, word, notebook=True)
    environment.run(
        places,
        ["notebook", places.inside("request.json")],
        variables=variables,
        limits=task.limits,
        watch=_counting(directory, len(numbers), "notebook", progress),
    )
    executed = directory / "executed.json"
    if not executed.is_file():
        said = last_words((directory / "run.err").read_text("utf-8", "replace"))
        raise DoesNotRun(f"the kernel could not be run: {said or 'it ended without a word'}")
    files = FilesOf(places.roots)
    outputs: dict[str, Any] = json.loads(executed.read_text("utf-8", "surrogatepass"))
    run = notebook_run(outputs, numbers, directory / "record.json", word, files)
    return Done(_with_installs(run, directory), places)


def run_package(
    task: Task, environment: Environment, directory: Path, progress: Progress, seed: int = 1
) -> Done:
    """Run the package in a directory of its own; `seed` is as for the notebook."""
    places = environment.places(directory, None)
    found = interface(task.migration.program.configuration)
    flags = [upload.flag for upload in found.uploads]
    lay_out(places, task.given, task.beside, len(flags))
    program = task.migration.program
    own = {}
    for directory_of in found.directories:
        if directory_of.kind in ("data", "output"):
            name = "data" if directory_of.kind == "data" else "outputs"
            own[directory_of.variable] = places.inside(name)
    request = {
        "package": program.package,
        "arguments": upload_arguments(places, task.given, flags),
        "modules": traced_modules(program, task.project / "src" / program.package),
        "imports": imports_of(program),
        "seed": seed,
    }
    cells = {cell for module in program.modules for cell in module.cells}
    watch = _counting(directory, len(cells), "package", progress)
    run = run_traced(task, environment, places, request, own, watch)
    return Done(_with_installs(run, directory), places)


def run_traced(
    task: Task,
    environment: Environment,
    places: Places,
    request: Mapping[str, Any],
    own: Mapping[str, str] = _NOTHING,
    watch: Callable[[], None] = lambda: None,
) -> Run:
    """Run a package of the task's project in directories that are laid out, as a request of
    `inside/nb2prod_inside/package.py` says; `own` are variables for it alone.
    """
    directory, word = places.outside, secrets.token_hex(8)
    whole = {
        **request,
        "record": places.inside("record.json"),
        "progress": places.inside("progress.txt"),
        "watched": [root[0] for root in places.roots],
        "word": word,
    }
    (directory / "request.json").write_text(json.dumps(whole), "utf-8")
    given = {**task.given.variables, **task.secrets}
    variables = variables_for(environment, places, given, word, notebook=False)
    variables["PYTHONPATH"] = f"{environment.sources(task.project)}:{variables['PYTHONPATH']}"
    environment.run(
        places,
        ["package", places.inside("request.json")],
        variables={**variables, **own},
        project=task.project,
        limits=task.limits,
        watch=watch,
    )
    return package_run(
        directory / "run.out",
        directory / "run.err",
        directory / "record.json",
        request["package"],
        word,
        directory / "outputs" / "shown",
        FilesOf(places.roots, left_out=[places.inside("outputs", "shown")]),
    )


def _counting(directory: Path, cells: int, side: str, progress: Progress) -> Callable[[], None]:
    """Tells of each cell once, while the run goes on."""
    path = directory / "progress.txt"
    told = ""

    def watch() -> None:
        nonlocal told
        numbers = path.read_text("utf-8").split()
        if numbers and numbers[-1] not in (told, "0"):
            told = numbers[-1]
            done = len(set(numbers) - {"0"})
            progress(f"{side}: cell {told} ({done} of {cells})")

    return watch


def _replaced(source: str, places: Places) -> str:
    """The cell with the platform's directories where they are, if they cannot be at their place."""
    if places.is_mounted or places.platform not in ("colab", "kaggle"):
        return source
    return _PLATFORM_PATH.sub(lambda found: f"{places.inside()}{found[0]}", source)


def _with_installs(run: Run, directory: Path) -> Run:
    lines = (directory / "installs.txt").read_text("utf-8", "replace").splitlines()
    return Run(run.cells, run.variables, run.files, run.failure, tuple(dict.fromkeys(lines)))
