"""Hand-made migrations: the room `project` is tested without any of the rooms before it."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.facts import DataPath, Fetched, Import, Parameter, Secret
from nb2prod.environment.model import (
    AsOf,
    Attention,
    BaseImage,
    Environment,
    Pin,
    PythonVersion,
    SystemPackage,
)
from nb2prod.location import Evidence, Location
from nb2prod.migration import Migration
from nb2prod.notebook.model import Cell, Notebook, Origin
from nb2prod.options import Options
from nb2prod.program.model import (
    Configuration,
    Layout,
    Ledger,
    LedgerEntry,
    Module,
    Option,
    Program,
)
from nb2prod.project.files import render
from nb2prod.project.write import write_project

MakeMigration = Callable[..., Migration]

PIPELINE = '''"""A notebook's program."""

from {package}.config import Config


def main(config: Config) -> None:
    """Run the notebook from its first cell to its last."""
    print(config)
'''
SCRIPT = '''"""A notebook's program."""

from {package}.config import current

config = current()
print(config)
'''


def make(
    name: str = "tiny",
    *,
    title: str = "A tiny notebook",
    options: Options | None = None,
    project: str = "tiny",
    package: str = "tiny",
    parameters: tuple[Parameter, ...] = (),
    fields: Mapping[str, str] | None = None,
    data: tuple[DataPath, ...] = (),
    fetched: tuple[Fetched, ...] = (),
    data_directory: str | None = None,
    work_directory: str | None = None,
    output_directory: str | None = None,
    secrets: tuple[Secret, ...] = (),
    secret_function: bool = True,
    imports: tuple[str, ...] = (),
    pins: tuple[Pin, ...] = (),
    vcs: tuple[str, ...] = (),
    system_packages: tuple[str, ...] = (),
    python: str = "3.12.4",
    image: str = "nvidia/cuda:12.1.1-base-ubuntu22.04",
    cuda: str | None = "12.1.1",
    gpu: str | None = None,
    attention: tuple[Attention, ...] = (),
    ledger: tuple[LedgerEntry, ...] = (LedgerEntry(2, 1, 1, "kept"),),
    layout: Layout | None = None,
    source: str | None = None,
    entry_point: str = "main",
    asynchronous: bool = False,
    document: Mapping[str, Any] | None = None,
) -> Migration:
    """A migration of a notebook with one heading and one line of code, with these differences."""
    layout = layout or Layout("main", "sections are not made yet")
    cells = (Cell(1, "markdown", f"# {title}"), Cell(2, "code", "print('hello')"))
    document = document or {
        "cells": [
            {"cell_type": "markdown", "id": "a", "metadata": {}, "source": f"# {title}"},
            {
                "cell_type": "code",
                "execution_count": None,
                "id": "b",
                "metadata": {},
                "outputs": [],
                "source": "print('hello')",
            },
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    default = Evidence("default", "nothing says otherwise")
    source = source or (SCRIPT if layout.rung == "script" else PIPELINE).format(package=package)
    return Migration(
        notebook=Notebook(
            name=name,
            sha256=hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest(),
            nbformat="4.5",
            cells=cells,
            origin=Origin("colab", (default,)),
            metadata={},
            document=document,
        ),
        options=options or Options(),
        project=project,
        package=package,
        facts=Facts(
            imports=tuple(Import(module, Location(2)) for module in imports),
            installs=(),
            mounts=(),
            parameters=parameters,
            secrets=secrets,
            data=data,
            commands=(),
            accelerator="GPU" if gpu else None,
            gpu_type=gpu,
            bound_names=frozenset(),
            fetched=fetched,
        ),
        environment=Environment(
            as_of=AsOf(
                "as-run",
                "2026-10-02",
                "colab-2026-10-01",
                (Evidence("recorded-output", "cells ran on 2026-10-02"),),
            ),
            python=PythonVersion(python, (default,)),
            base_image=BaseImage(image, cuda, "base" if cuda else "slim", None, (default,)),
            torch_build=None,
            pins=pins,
            vcs=vcs,
            dependencies=(),
            system_packages=tuple(SystemPackage(found, (default,)) for found in system_packages),
            gpu=gpu,
            attention=attention,
        ),
        program=Program(
            package=package,
            modules=(Module("pipeline", source),),
            configuration=Configuration(
                options=tuple(
                    Option((fields or {}).get(found.name, found.name), found)
                    for found in parameters
                ),
                data_directory=data_directory,
                work_directory=work_directory,
                output_directory=output_directory,
                secrets=tuple(dict.fromkeys(secret.name for secret in secrets)),
                uses_secret_function=bool(secrets) and secret_function,
            ),
            support=frozenset(),
            layout=layout,
            entry_point=entry_point,
            asynchronous=asynchronous,
        ),
        ledger=Ledger(ledger),
    )


def churn() -> Migration:
    """What a realistic notebook gives: forms, Drive, secrets, pins, a GPU, work for a person."""
    install = Evidence("pinned", "scikit-learn==1.6.1", Location(3))
    runtime = Evidence("runtime", "Colab 2026.10 has 2.2.2")
    return make(
        "Customer churn (v2)",
        title="📉 Customer churn with scikit-learn",
        project="customer-churn-v2",
        package="customer_churn_v2",
        parameters=(
            Parameter(
                "test_size",
                "number",
                0.25,
                Location(8, 3),
                None,
                0.1,
                0.5,
                "Share that is held back.",
            ),
            Parameter("n_estimators", "integer", 300, Location(8, 4)),
            Parameter("model_kind", "string", "forest", Location(8, 5), ("forest", "logistic")),
            Parameter("balance", "boolean", True, Location(8, 6)),
            Parameter(
                "depth", "raw", None, Location(8, 7), help="None means no limit (100% of it)."
            ),
        ),
        data=(
            DataPath("churn/customers.csv", "read", "drive", (10,)),
            DataPath("churn/metrics.json", "both", "drive", (34, 35)),
        ),
        data_directory="data_dir",
        output_directory="output_dir",
        secrets=(
            Secret("HF_TOKEN", Location(9, 2)),
            Secret("SLACK_TOKEN", Location(12, 1), required=False),
        ),
        imports=("numpy", "matplotlib.pyplot", "sklearn.ensemble"),
        pins=(
            Pin(
                "scikit-learn",
                "1.6.1",
                (),
                (install, Evidence("runtime", "Colab has 1.5.2", conflict=True)),
            ),
            Pin("pandas", "2.2.2", ("excel",), (runtime,)),
        ),
        vcs=("git+https://example.invalid/team/tools@0123456789012345678901234567890123456789",),
        system_packages=("ffmpeg",),
        gpu="T4",
        attention=(Attention("no version of nothing is known without an index; pin one"),),
        ledger=(
            LedgerEntry(2, 1, 1, "kept"),
            LedgerEntry(3, 1, 1, "hoisted", "became a dependency"),
            LedgerEntry(6, 1, 2, "dropped", "Drive is the data directory"),
            LedgerEntry(7, 1, 1, "rewritten", "the platform's path comes from the configuration"),
            LedgerEntry(11, 2, 3, "attention", "the cell is not valid Python: invalid syntax"),
        ),
    )


WriteProject = Callable[[Migration], Path]
RunProgram = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def write(tmp_path: Path) -> WriteProject:
    """Writes a migration's project into a directory of its own."""

    def write_it(migration: Migration) -> Path:
        directory = tmp_path / "written" / migration.project
        write_project(render(migration), directory, force=True)
        return directory

    return write_it


@pytest.fixture
def run_program(tmp_path: Path) -> RunProgram:
    """Runs a written project as its README says, in an empty directory, with nothing installed.

    Python's warnings are errors; the environment holds what is given and what a process needs.
    """
    empty = tmp_path / "run"
    empty.mkdir()

    def run(
        project: Path, *arguments: str, cwd: Path = empty, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        needed = {k: os.environ[k] for k in ("PATH", "SYSTEMROOT") if k in os.environ}
        [package] = [main.parent.name for main in project.glob("src/*/__main__.py")]
        return subprocess.run(
            [sys.executable, "-S", "-W", "error", "-m", package, *arguments],
            cwd=cwd,
            env={
                **needed,
                "PYTHONPATH": str(project / "src"),
                "PYTHONIOENCODING": "utf-8",
                **(env or {}),
            },
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


@pytest.fixture
def make_migration() -> MakeMigration:
    """Makes a migration of a small notebook; keyword arguments say what is different."""
    return make


@pytest.fixture
def churn_migration() -> Migration:
    """A migration with everything in it."""
    return churn()


HOSTILE = (
    "a\"'`|*_<b>&amp;\\ $(touch x) ${HOME} {{ 7*7 }} {% raw %} # c\n"
    "RUN rm -rf /\n\"\"\"'''\u2028%(prog)s % é🎉"
)


def hostile(text: str) -> Migration:
    """A migration in which every text of the notebook, where it can be any, is this one."""
    location = Location(8, 3)
    parameters = (
        Parameter("one", "string", text, location, help=text),
        Parameter(
            "two", "string", "-x\n", location, ("-x\n", text, "a (b) [c]"), help="# fmt: off"
        ),
        Parameter("help", "integer", -3, location, minimum=-5, maximum=float("inf")),
        Parameter("no_flag", "string", "\x00\x1b", location, help="*/ --> ]]>"),
        Parameter("flag", "boolean", False, location, help=text),
        Parameter("limit", "number", float("inf"), location, help="%(default)s %s %%"),
        Parameter("größe", "raw", None, location, (None, text, 1)),
        Parameter("data_from", "string", "on", location),
    )
    return dataclasses.replace(
        make(
            text,
            title=text,
            project="hostile",
            package="hostile",
            parameters=parameters,
            data=(DataPath(text, "both", "drive", (1,)),),
            data_directory="data_dir",
            work_directory="work_dir",
            output_directory="output_dir",
            secrets=(
                Secret(text, location),
                Secret("on", location),
                Secret("_private", location),
            ),
            system_packages=(
                text,
                "-o=Dir::Etc=/x",
                "libgl1",
                "removed-",
                "g++",
                "foo; curl evil",
            ),
            attention=(Attention(text, location), Attention("- a list\n# and a heading")),
            ledger=(
                LedgerEntry(2, 1, 1, "dropped", text),
                LedgerEntry(3, 1, 1, "attention", text),
            ),
            layout=Layout("script", text, location),
        ),
        environment=dataclasses.replace(
            make(
                system_packages=(text, "-o=Dir::Etc=/x", "libgl1", "removed-", "g++", "x; y")
            ).environment,
            base_image=BaseImage(
                "python:3.12", None, "slim", None, (Evidence("table", text, location),)
            ),
            pins=(Pin("numpy", "2.0.0", (), (Evidence("pinned", text, location, conflict=True),)),),
            vcs=(f"git+https://example.invalid/${{HOME}}/x@{'0' * 40}#egg=$(id)",),
        ),
    )


@pytest.fixture
def hostile_with() -> Callable[[str], Migration]:
    """Makes a migration in which every text of the notebook, where it can be any, is this one."""
    return hostile


@pytest.fixture
def hostile_migration() -> Migration:
    """A migration in which every text of the notebook tries to break out of its place."""
    return hostile(HOSTILE)
