"""What a project shows of its sections: the generated checks, the README, `nb2prod.json`."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import nb2prod
from nb2prod.analysis.facts import DataPath
from nb2prod.inspection import inspection
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.notebook.reader import read_bytes
from nb2prod.options import LayoutName, Options
from nb2prod.program.model import Layout, Module
from nb2prod.project.files import render
from tests.project.readmes import readme

MakeMigration = Callable[..., Migration]
WriteProject = Callable[[Migration], Path]

REPORT = (
    "# Report",
    "## Load the numbers",
    "numbers = [3, 1, 2]\nlimit = 2  #@param {type: 'integer'}",
    "## Helpers",
    "def double(x):\n    return 2 * x",
    "## Compute",
    (
        "low = min(numbers)\nhigh = max(numbers)\n"
        "mean = sum(numbers) / len(numbers)\ntwice = double(high)"
    ),
    "## Show",
    "print(low, high, mean, twice, limit)",
)
WAITING = ("## Wait", "import asyncio\nx = 1\nawait asyncio.sleep(0)", "## Show", "print(x)")
# What is imported is only there once the first part has run.
LATE = (
    "## Make",
    "%%writefile made.py\nv = 1",
    "x = 2",
    "## Use",
    "from made import *\nprint(v, x)",
)
# A function that alone binds a name needs that name to be a module's.
SCRIPT = ("## One", "def f():\n    global x\n    x = 1", "## Two", "f()\nprint('ran', x)")


def plan(*cells: str, layout: LayoutName = "auto") -> Migration:
    """The migration of a notebook of these cells; those that begin with `#` are headings."""
    code: dict[str, object] = {"execution_count": None, "outputs": []}
    document = {
        "cells": [
            {
                "metadata": {},
                "source": source,
                **(
                    {"cell_type": "markdown"} if source[0] == "#" else {"cell_type": "code", **code}
                ),
            }
            for source in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    options = Options(lock="never", layout=layout)
    return nb2prod.plan(read_bytes(json.dumps(document).encode(), "report"), options)


def checks(project: Path, name: str = "", path: str | None = None, **variables: str) -> str:
    """What the project's own checks say, all of them or those of one name."""
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", "-m", "unittest", "discover", "-v", "tests"]
        + (["-k", name] if name else []),
        cwd=project,
        env={"PYTHONPATH": "src", "PATH": path or os.environ["PATH"], **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    passed = re.search(r"^OK\b", done.stderr, re.MULTILINE) is not None
    assert passed == (done.returncode == 0), done.stderr
    assert re.search(r"Ran [1-9]", done.stderr), done.stderr
    return done.stderr


@pytest.mark.parametrize("cells", [REPORT, WAITING, LATE], ids=["report", "waiting", "late"])
def test_the_checks_of_the_sections_pass(write: WriteProject, cells: tuple[str, ...]) -> None:
    migration = plan(*cells)
    assert migration.program.layout.rung == "sections"
    project = write(migration)
    said = checks(project)
    assert "\nOK" in said, said
    assert "test_each_call_fits_its_section" in said
    source = (project / "tests" / "test_pipeline.py").read_text()
    ast.parse(source, feature_version=(3, 7))


@pytest.mark.parametrize(
    ("module", "before", "after"),
    [
        ("pipeline", "show(config, c", "show(c"),
        ("pipeline", "result.low, compute_result.high", "result.high, compute_result.low"),
        ("pipeline", "numbers = load", "values = load"),
        ("pipeline", "compute(numbers)", "compute(values)"),
        ("pipeline", "    numbers = load_numbers()\n", ""),
        ("pipeline", "    show(", "    print("),
        ("load_numbers", "    return numbers\n", ""),
        ("load_numbers", "def load_numbers():", "def load_numbers(path):"),
        ("compute", "mean=mean, ", ""),
        ("show", "low, high, mean, twice)", "low, high, mean, four)"),
    ],
)
def test_a_call_that_does_not_fit_is_found(
    write: WriteProject, module: str, before: str, after: str
) -> None:
    project = write(plan(*REPORT))
    path = project / "src" / "report" / f"{module}.py"
    source = path.read_text()
    assert before in source
    path.write_text(source.replace(before, after, 1))
    assert "FAILED (failures=" in checks(project, "each_call")


def test_the_checks_are_formatted_and_clean(write: WriteProject) -> None:
    from ruff import find_ruff_bin

    project = write(plan(*REPORT))
    options = ["--isolated", "--no-cache", "--line-length", "100", "--target-version", "py312"]
    for command in (["format", "--check"], ["check", "--select", "E4,E7,E9,F,I,UP,B"]):
        done = subprocess.run(
            [find_ruff_bin(), *command, *options, "tests", "src/report/pipeline.py"],
            cwd=project,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("rung", "expected"), [("main", False), ("sections", True)])
def test_only_sections_have_that_check(rung: LayoutName, expected: bool) -> None:
    tests = render(plan(*REPORT, layout=rung))["tests/test_pipeline.py"].decode()
    assert ("SectionsTest" in tests) is expected
    assert ("import ast\n" in tests) is expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "import there_is_no_such_module.part",
            "skipped 'there_is_no_such_module is missing'",
        ),
        ("import json.there_is_no_such_part", "ERROR"),
        ("from json import there_is_no_such_name", "ERROR"),
        ("from tiny import there_is_no_such_module", "ERROR"),
        ("import json", "ok"),
    ],
)
def test_modules_are_imported(
    make_migration: MakeMigration, write: WriteProject, line: str, said: str
) -> None:
    source = f"{line}\n\n\ndef main(config):\n    print(json)\n"
    found = checks(write(make_migration(source=source)), "imported")
    assert said in found, found
    assert ("\nOK" in found) is (said != "ERROR")


def test_a_script_is_not_imported(write: WriteProject) -> None:
    migration = plan(*SCRIPT)
    assert migration.program.layout.rung == "script"
    project = write(migration)
    pipeline = project / "src" / "report" / "pipeline.py"
    pipeline.write_text(f"{pipeline.read_text()}raise SystemExit('it ran')\n")
    assert "\nOK" in checks(project, "imported")
    assert "it ran" not in checks(project)


SMOKE = "the_whole_notebook_runs"


def test_the_smoke_run_needs_the_data(
    make_migration: MakeMigration, write: WriteProject, tmp_path: Path
) -> None:
    source = 'def main(config):\n    print("read", (config.data_dir / "a").read_text())\n'
    project = write(make_migration(source=source, data_directory="data_dir"))
    said = checks(project, SMOKE, NB_SMOKE="1")
    assert "skipped \"the notebook's data is missing: put it into data/" in said
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a").write_text("1")
    assert "skipped" not in checks(project, SMOKE, NB_SMOKE="1", DATA_FROM=str(elsewhere))
    assert "set NB_SMOKE=1" in checks(project, SMOKE, DATA_FROM=str(elsewhere))


def test_the_smoke_run_needs_the_files_beside_the_program(
    make_migration: MakeMigration, write: WriteProject
) -> None:
    data = (DataPath("in/a.csv", "read", "local", (2,)),)
    source = 'def main(config):\n    open("in/a.csv").close()\n    open("b", "x").close()\n'
    project = write(make_migration(source=source, data=data))
    assert "skipped 'put the files that the notebook reads into work/'" in checks(
        project, SMOKE, NB_SMOKE="1"
    )
    (project / "work" / "in").mkdir(parents=True)
    (project / "work" / "in" / "a.csv").write_text("1")
    assert "skipped" not in checks(project, SMOKE, NB_SMOKE="1")
    assert not (project / "work" / "b").exists()


def test_the_smoke_run_needs_a_gpu_where_the_notebook_asked_for_one(
    make_migration: MakeMigration, write: WriteProject, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    project = write(make_migration(gpu="T4"))
    if not Path("/dev/nvidia0").exists():
        said = checks(project, SMOKE, str(tmp_path / "bin"), NB_SMOKE="1")
        assert "skipped 'the notebook asked for a GPU, and there is none here'" in said
    true = shutil.which("true")
    assert true is not None
    (tmp_path / "bin" / "nvidia-smi").symlink_to(true)
    assert "skipped" not in checks(project, SMOKE, str(tmp_path / "bin"), NB_SMOKE="1")
    without = render(make_migration())["tests/test_pipeline.py"].decode()
    assert "GPU" not in without


def test_the_readme_lists_the_modules_in_order() -> None:
    text = readme(plan(*REPORT)).partition("\n## Code\n")[2].partition("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    assert rows == [
        (
            "| [`load_numbers.py`](src/report/load_numbers.py) | Load the numbers | 3 |  |"
            " `numbers` |"
        ),
        "| [`helpers.py`](src/report/helpers.py) | Helpers (definitions alone) | 5 |  |  |",
        (
            "| [`compute.py`](src/report/compute.py) | Compute | 7 | `numbers` |"
            " `low`, `high`, `mean`, `twice` |"
        ),
        "| [`show.py`](src/report/show.py) | Show | 9 | `low`, `high`, `mean`, `twice` |  |",
    ]
    assert "\n## Code\n" not in readme(plan(*REPORT, layout="main"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f():\n    return 1\n", "Helpers (definitions alone)"),
        ("class A:\n    pass\n", "Helpers (definitions alone)"),
        ("import json\n\nLIMIT = 3\n", "Helpers (definitions alone)"),
        ("import json\n", "Helpers (imports alone)"),
        ('"""Helpers."""\n\n# Nothing.\n', "Helpers (comments alone)"),
    ],
)
def test_the_readme_says_what_a_module_holds_that_runs_nothing(source: str, said: str) -> None:
    migration = plan(*REPORT)
    modules = tuple(
        dataclasses.replace(module, source=source) if module.name == "helpers" else module
        for module in migration.program.modules
    )
    program = dataclasses.replace(migration.program, modules=modules)
    assert f"| {said} | 5 |" in readme(dataclasses.replace(migration, program=program))


def test_the_readme_lists_the_common_module() -> None:
    migration = plan(*REPORT)
    common = Module("common", "def f():\n    return 1\n")
    program = dataclasses.replace(migration.program, modules=(*migration.program.modules, common))
    row = "| [`common.py`](src/report/common.py) | What several parts use (definitions alone) |"
    assert row in readme(dataclasses.replace(migration, program=program))


@pytest.mark.parametrize(
    ("layout", "asked", "said"),
    [
        (Layout("script", "exec() binds names", Location(4, 2)), "auto", "as a script rather than"),
        (
            Layout("main", "x may be without a value", Location(4, 2)),
            "auto",
            "is one function rather",
        ),
        (Layout("main", "the notebook has no parts"), "auto", None),
        (Layout("main", "x may be without a value", Location(4, 2)), "main", None),
        (Layout("sections"), "auto", None),
    ],
)
def test_the_readme_says_why_there_are_no_sections(
    make_migration: MakeMigration, layout: Layout, asked: LayoutName, said: str | None
) -> None:
    text = readme(make_migration(layout=layout, options=Options(layout=asked)))
    told = [line for line in text.splitlines() if line.startswith("The code ")]
    if said is None:
        assert told == []
    else:
        [line] = told
        assert said in line
        assert line.endswith(f"{layout.reason} (cell 4 line 2).")


def test_the_manifest_and_the_inspection_have_the_sections() -> None:
    migration = plan(*REPORT)
    manifest = json.loads(render(migration)["nb2prod.json"])
    assert manifest["options"]["layout"] == "auto"
    assert manifest["layout"] == {"rung": "sections", "reason": "", "cell": None, "line": None}
    assert manifest["sections"][2] == {
        "name": "Compute",
        "module": "compute",
        "cells": [7],
        "reads": ["numbers"],
        "gives": ["low", "high", "mean", "twice"],
    }
    assert [one["module"] for one in manifest["sections"]] == [
        *("load_numbers", "helpers", "compute", "show")
    ]
    shown = json.loads(json.dumps(inspection(migration)))
    assert shown["sections"] == manifest["sections"]
    assert shown["layout"] == manifest["layout"]
    assert json.loads(render(plan(*REPORT, layout="main"))["nb2prod.json"])["sections"] == []
