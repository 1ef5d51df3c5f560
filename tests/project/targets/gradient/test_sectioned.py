"""A Workflow with a job for each section: what is written, and that the jobs fit together."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

import nb2prod.core as nb2prod
from nb2prod.errors import InvalidSpec
from nb2prod.migration import Migration
from nb2prod.notebook.reader import read
from nb2prod.options import Options
from nb2prod.project.files import render
from nb2prod.project.parts.section_calls import SectionJob
from nb2prod.project.targets import gradient
from nb2prod.project.targets.gradient.check import check
from nb2prod.project.targets.gradient.paths import JOB, WORKFLOW
from nb2prod.project.targets.gradient.sectioned import job_ids, job_specs
from nb2prod.project.targets.schema_check import problems
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Volume, workload
from nb2prod.project.yaml_text import yaml_text
from tests.project.targets.workloads import (
    DATA,
    FILLED,
    OUTPUT,
    READ_ONLY,
    VOLUMES,
    WORK,
    make,
)

EXAMPLES = Path(__file__).parents[4] / "examples"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
OPTIONS = Options(lock="never", cpu=True, targets=("gradient",), jobs_per_section=True)
SETTINGS = Settings(jobs_per_section=True)
ID = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
SECTIONS = tuple(
    SectionJob(name, f"run_{name}", configured=False, reads=(), gives=(), leaves=())
    for name in ("load_data", "train", "report")
)


def migrated(name: str, options: Options = OPTIONS) -> Migration:
    """An example's migration."""
    return nb2prod.plan(read(EXAMPLES / name / f"{name}.ipynb"), options)


def converted(name: str, options: Options = OPTIONS) -> dict[str, str]:
    """An example's text files."""
    return {path: text.decode() for path, text in render(migrated(name, options)).items()}


def specs(*volumes: Volume, data_at: str = "load_data", **changes: Any) -> dict[str, Any]:
    return job_specs(make(volumes=volumes or (WORK,), **changes), SECTIONS, data_at)


@given(st.lists(st.one_of(st.text(), st.sampled_from(["workflow", "a" * 80, "a" * 62 + "_b"]))))
@example(["load_data", "load-data", "load data", "workflow", "été", "", "-", "a" * 63, "a" * 64])
def test_ids_of_jobs_are_what_gradient_takes(names: list[str]) -> None:
    ids = job_ids(names)
    assert len(ids) == len(names) == len(set(ids))
    assert all(ID.fullmatch(one) for one in ids)
    assert "workflow" not in ids


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["load_data", "train"], ["load-data", "train"]),
        (["a_b", "a__b"], ["a-b", "a-b-2"]),
        (["é"], ["section"]),
        (["workflow"], ["workflow-2"]),
        (["_x_"], ["x"]),
        (["a" * 70, "a" * 71], ["a" * 63, "a" * 61 + "-2"]),
    ],
)
def test_ids_read_like_the_sections(names: list[str], expected: list[str]) -> None:
    assert job_ids(names) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_jobs_of_an_example_are_a_chain(name: str) -> None:
    files = gradient.files(migrated(name), SETTINGS)
    gradient.validate(files, SETTINGS)
    jobs = yaml.safe_load(files[WORKFLOW])["jobs"]
    ids = list(jobs)
    assert len(ids) >= 2
    for before, job in zip([None, *ids], jobs.values(), strict=False):
        assert job.get("needs", []) == ([before] if before else [])
        state = job.get("inputs", {}).get("state")
        assert state == (f"{before}.outputs.state" if before else None)
    for one in ids[:-1]:
        assert jobs[one]["outputs"] == {"state": {"type": "volume"}}
    alone: dict[str, Any] = gradient.workflow.job(workload(migrated(name)))
    assert jobs[ids[-1]].get("outputs") == alone.get("outputs")
    datasets = {
        k: v for job in jobs.values() for k, v in job.get("inputs", {}).items() if k != "state"
    }
    assert datasets == alone.get("inputs", {})
    secrets = {k: v for k, v in alone.get("env", {}).items() if v.startswith("secret:")}
    assert all(secrets.items() <= job.get("env", {}).items() for job in jobs.values())


def test_data_goes_to_the_first_that_needs_it() -> None:
    jobs = specs(DATA, WORK, OUTPUT, data_at="train")
    assert ["data" in job.get("inputs", {}) for job in jobs.values()] == [False, True, False]
    assert [job["env"].get("DATA_FROM") for job in jobs.values()] == [None, "/inputs/data", None]
    assert {job["env"]["DATA_DIR"] for job in jobs.values()} == {"/data"}
    assert {job["env"]["OUTPUT_DIR"] for job in jobs.values()} == {"/work/outputs"}
    assert list(jobs["report"]["outputs"]) == ["data", "work", "results"]


def test_data_that_is_only_read_goes_to_all() -> None:
    jobs = specs(READ_ONLY, WORK, OUTPUT, data_at="train")
    assert all("data" in job["inputs"] for job in jobs.values())
    assert {job["env"]["DATA_DIR"] for job in jobs.values()} == {"/inputs/data"}
    assert list(jobs["report"]["outputs"]) == ["work", "results"]


def test_files_beside_are_copied_once() -> None:
    jobs = specs(FILLED)
    assert ["work" in job.get("inputs", {}) for job in jobs.values()] == [True, False, False]
    assert [job["with"]["args"][0] for job in jobs.values()] == ["sh", "python", "python"]
    assert list(jobs["report"]["outputs"]) == ["work"]


def test_the_options_of_the_program_come_last() -> None:
    jobs = specs(arguments=("--rate", "0.1", "--flag"))
    assert jobs["train"]["with"]["args"] == [
        *("python", "-m", "train", "--section", "train"),
        *("--state-from", "/inputs/state", "--state-to", "/outputs/state"),
        *("--rate", "0.1", "--flag"),
    ]


@given(
    names=st.lists(
        st.text(st.characters(categories=("L", "Nd")), min_size=1), min_size=2, max_size=5
    ),
    value=st.text(),
    volumes=st.sampled_from(VOLUMES),
)
def test_any_workload_gives_what_gradient_takes(
    names: list[str], value: str, volumes: tuple[Volume, ...]
) -> None:
    workload = make(volumes=volumes, arguments=(f"--option={value}",))
    sections = [SectionJob(name, "run", (), (), (), configured=False) for name in names]
    jobs = job_specs(workload, sections, names[-1])
    document = {"defaults": {"resources": {"instance-type": "C6"}}, "jobs": jobs}
    text = yaml_text(document)
    assert yaml.safe_load(text) == document
    assert list(problems(document, "gradient-workflow")) == []
    single = {"name": "a", "projectId": "p", "machineType": "C6", "container": "i", "command": "c"}
    check({WORKFLOW: text, JOB: yaml_text(single)})


def test_a_job_that_does_not_wait_is_refused() -> None:
    files = converted("sensor_report")
    document = yaml.safe_load(files[WORKFLOW])
    list(document["jobs"].values())[1].pop("needs")
    with pytest.raises(InvalidSpec, match="has to stand in needs as well"):
        gradient.validate({**files, WORKFLOW: yaml_text(document)}, Settings())


def test_the_readme_says_what_does_not_go_along() -> None:
    text = converted("sensor_report")["README.md"]
    assert "python -m sensor_report --section prepare --state-to /tmp/state-1" in text
    assert "What does not go along" in text
    plain = converted("sensor_report", Options(lock="never", cpu=True, targets=("gradient",)))
    assert "--section" not in plain["README.md"]


@pytest.mark.slow
def test_the_jobs_as_written_do_what_the_program_does(tmp_path: Path) -> None:
    """What the Workflow says is done, with directories here in place of a container's."""
    files = converted("sensor_report")
    for path, text in files.items():
        if path.startswith("src/"):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
    given_files = EXAMPLES / "sensor_report/data"
    place = _Place(tmp_path)
    place.empty()
    shutil.copytree(given_files, tmp_path / "work/data")
    whole = place.run(["python", "-m", "sensor_report"], {"OUTPUT_DIR": "/work/outputs"})
    expected = {
        path.relative_to(tmp_path / "work/outputs"): path.read_bytes()
        for path in (tmp_path / "work/outputs").rglob("*")
        if path.is_file()
    }

    said, kept = "", {"sensor-report-work": tmp_path / "given"}
    shutil.copytree(given_files, tmp_path / "given/data")
    for name, job in yaml.safe_load(files[WORKFLOW])["jobs"].items():
        place.empty()
        for port, source in job.get("inputs", {}).items():
            key = source if isinstance(source, str) else source["with"]["ref"]
            shutil.copytree(kept[key], tmp_path / "inputs" / port)
        for port in job.get("outputs", {}):
            (tmp_path / "outputs" / port).mkdir()
        said += place.run(job["with"]["args"], job["env"])
        for port in job.get("outputs", {}):
            kept[f"{name}.outputs.{port}"] = tmp_path / f"kept-{name}-{port}"
            shutil.move(tmp_path / "outputs" / port, tmp_path / f"kept-{name}-{port}")
    assert said == whole
    results = tmp_path / f"kept-{name}-results"
    found = {p.relative_to(results): p.read_bytes() for p in results.rglob("*") if p.is_file()}
    assert found == expected
    assert found


class _Place:
    """Directories that stand for those of a container."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def empty(self) -> None:
        for name in ("work", "data", "inputs", "outputs"):
            shutil.rmtree(self._base / name, ignore_errors=True)
            (self._base / name).mkdir()

    def run(self, command: list[str], variables: Mapping[str, str]) -> str:
        environment = {name: self._here(value) for name, value in variables.items()}
        done = subprocess.run(
            [sys.executable if word == "python" else self._here(word) for word in command],
            cwd=self._base / "work",
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(self._base / "src"),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONHASHSEED": "0",
                "MPLCONFIGDIR": str(self._base / "matplotlib"),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _here(self, text: str) -> str:
        return re.sub(r"(?<![\w.])/(?=(work|data|inputs|outputs)\b)", f"{self._base}/", text)
