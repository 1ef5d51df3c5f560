"""Which directories become datasets, and how the program finds them."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nb2prod.errors import InternalError
from nb2prod.migration import Migration
from nb2prod.project.targets import gradient
from nb2prod.project.targets.gradient.datasets import in_place, references, require_known
from nb2prod.project.targets.gradient.job import job_options
from nb2prod.project.targets.gradient.workflow import job, workflow_spec
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Volume, Workload
from tests.project.targets.workloads import (
    DATA,
    FILLED,
    OUTPUT,
    READ_ONLY,
    WORK,
    MakeWorkload,
)

COPIED = {"DATA_FROM": "/inputs/data", "DATA_DIR": "/outputs/data"}
IN_PLACE = {"DATA_DIR": "/inputs/data"}
RESULTS = {"OUTPUT_DIR": "/outputs/results"}

# The program's directories, and the inputs, the outputs and the variables of the job.
TABLE: list[tuple[tuple[Volume, ...], set[str], set[str], dict[str, str]]] = [
    ((WORK,), set(), {"work"}, {}),
    ((DATA, WORK), {"data"}, {"data", "work"}, COPIED),
    ((READ_ONLY, WORK), {"data"}, {"work"}, IN_PLACE),
    ((FILLED,), {"work"}, {"work"}, {}),
    ((WORK, OUTPUT), set(), {"work", "results"}, RESULTS),
    ((DATA, FILLED, OUTPUT), {"data", "work"}, {"data", "work", "results"}, COPIED | RESULTS),
    ((READ_ONLY, WORK, OUTPUT), {"data"}, {"work", "results"}, IN_PLACE | RESULTS),
]


@pytest.mark.parametrize(("volumes", "inputs", "outputs", "variables"), TABLE)
def test_what_is_mounted(
    make_workload: MakeWorkload,
    volumes: tuple[Volume, ...],
    inputs: set[str],
    outputs: set[str],
    variables: dict[str, str],
) -> None:
    found = make_workload(volumes=volumes)
    made: dict[str, Any] = job(found)
    assert set(made.get("inputs", {})) == inputs
    assert set(made.get("outputs", {})) == outputs
    assert made.get("env", {}) == variables
    assert set(references(found)) == {f"train-{name}" for name in inputs | outputs}
    for name, port in [*made.get("inputs", {}).items(), *made.get("outputs", {}).items()]:
        assert port == {"type": "dataset", "with": {"ref": f"train-{name}"}}


@pytest.mark.skipif(os.name == "nt", reason="the line is for the image's shell")
def test_files_beside_are_there_when_the_program_starts(
    make_workload: MakeWorkload, tmp_path: Path
) -> None:
    """The line is run as it is, but for where the directories lie; every word arrives as it was."""
    beside = tmp_path / "inputs/work/a b"
    beside.mkdir(parents=True)
    (beside / "model $x.bin").write_text("here", encoding="utf-8")
    (tmp_path / "run").mkdir()
    awkward = ["two words", "it's", '"$HOME"', "`id`", "a;b", "", "*", "é\n-x"]
    program = (
        "import pathlib, sys; print([*sys.argv[1:]], pathlib.Path('a b/model $x.bin').read_text())"
    )
    words = in_place(make_workload(volumes=(FILLED,)), [sys.executable, "-c", program, *awkward])
    for place in ("inputs", "outputs"):
        words = [word.replace(f"/{place}/", f"{tmp_path}/{place}/") for word in words]
    done = subprocess.run(
        words, cwd=tmp_path / "run", capture_output=True, encoding="utf-8", check=False
    )
    assert (done.stdout, done.stderr) == (f"{awkward} here\n", "")
    (beside / "model $x.bin").unlink()
    beside.rmdir()
    beside.parent.rmdir()
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode != 0  # and the program was not started
    assert done.stdout == ""


def test_a_legacy_job_starts_where_they_lie(make_workload: MakeWorkload) -> None:
    command = job_options(make_workload(volumes=(FILLED,)))["command"]
    place = "/storage/train/work"
    start = f"mkdir -p {place} && cd {place}"
    assert command == f"sh -c '{start} && exec \"$@\"' sh python -m train"


@pytest.mark.parametrize("side", ["inputs", "outputs"])
def test_a_dataset_that_is_no_directory_of_the_program_is_refused(
    make_workload: MakeWorkload, side: str
) -> None:
    found = make_workload(volumes=(DATA, WORK, OUTPUT))
    spec: dict[str, Any] = workflow_spec(found)
    require_known(spec, found)
    spec["jobs"]["train"][side]["data"] = {"type": "dataset", "with": {"ref": "train-dta"}}
    with pytest.raises(InternalError) as caught:
        require_known(spec, found)
    for word in (f"$.jobs.train.{side}.data.with.ref", "'train-dta'", "; 'train-data' is near it"):
        assert word in str(caught.value)


def test_that_is_asked_before_anything_is_written(
    churn_migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(workload: Workload, settings: Settings) -> dict[str, object]:
        return workflow_spec(dataclasses.replace(workload, name="other"), settings)

    monkeypatch.setattr(gradient, "workflow_spec", other)
    with pytest.raises(InternalError, match="no directory for the dataset 'other-data'"):
        gradient.files(churn_migration)


def test_what_goes_from_job_to_job_is_no_dataset(make_workload: MakeWorkload) -> None:
    found = make_workload(volumes=(DATA, WORK))
    spec: dict[str, Any] = workflow_spec(found)
    spec["jobs"]["train"]["outputs"]["state"] = {"type": "volume"}
    spec["jobs"]["next"] = {"inputs": {"state": "train.outputs.state"}}
    require_known(spec, found)
