"""The package computes what the notebook computes: both run in one environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import nb2prod

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "customer_churn"
STANDINS = HERE.parent / "standins"

pytestmark = [pytest.mark.network, pytest.mark.slow]

# Loads both models and compares what they predict for every customer in the example's data.
PREDICT = """
import sys
import joblib, numpy as np, pandas as pd
one, other, customers = (sys.argv[1:4])
frame = pd.read_csv(customers).drop_duplicates()
models = [joblib.load(path) for path in (one, other)]
names = list(models[0].feature_names_in_)
assert names == list(models[1].feature_names_in_)
rows = frame.reindex(columns=names)
for name in set(names) - set(frame.columns):
    rows[name] = np.arange(len(rows)) % 3
rows["total_charges"] = pd.to_numeric(rows["total_charges"], errors="coerce")
first, second = (model.predict_proba(rows) for model in models)
assert np.array_equal(first, second)
assert len(np.unique(first.round(3))) > 20
"""


@dataclass(frozen=True)
class Side:
    """One of the two runs: where its Drive was, and what it printed."""

    drive: Path
    printed: str


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("churn")


@pytest.fixture(scope="module")
def project(work: Path) -> Path:
    options = nb2prod.Options(python=f"3.{sys.version_info.minor}")
    done = nb2prod.convert(EXAMPLE / "customer_churn.ipynb", work / "project", options)
    assert done.complete
    return done.directory


@pytest.fixture(scope="module")
def python(work: Path, project: Path) -> Path:
    """An environment with the project's pins and what executing a notebook needs."""
    environment = work / "environment"
    uv: list[str | Path] = [sys.executable, "-m", "uv"]
    python = environment / "bin" / "python"
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    install: list[str | Path] = [*uv, "pip", "install", "--quiet", "--python", python]
    lock = project / "requirements.lock"
    subprocess.run([*install, "--requirement", lock, "nbclient", "ipykernel"], check=True)
    return python


@pytest.fixture(scope="module")
def notebook_run(work: Path, python: Path) -> Side:
    content = work / "content"
    shutil.copytree(EXAMPLE / "drive", content / "drive")
    output = work / "notebook.txt"
    notebook = EXAMPLE / "customer_churn.ipynb"
    command: list[str | Path] = [python, HERE / "execute_notebook.py", notebook, content, output]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(STANDINS)})
    drive = content / "drive" / "MyDrive"
    text = output.read_text(encoding="utf-8").replace(str(drive), "DRIVE")
    # Mounting says so, and `%%time` measures: neither belongs to the result.
    said = re.compile(r"^(Mounted at .*|CPU times: .*|Wall time: .*)\n", re.MULTILINE)
    return Side(drive, said.sub("", text))


@pytest.fixture(scope="module")
def package_run(work: Path, project: Path, python: Path) -> Side:
    drive, elsewhere = work / "data", work / "elsewhere"
    shutil.copytree(EXAMPLE / "drive" / "MyDrive", drive)
    elsewhere.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(project / "src"), "DATA_DIR": str(drive)}
    command: list[str | Path] = [python, "-m", "customer_churn"]
    done = subprocess.run(
        command, cwd=elsewhere, env=environment, check=True, capture_output=True, text=True
    )
    return Side(drive, done.stdout.replace(str(drive), "DRIVE"))


def test_both_print_the_same(notebook_run: Side, package_run: Side) -> None:
    assert package_run.printed.splitlines() == notebook_run.printed.splitlines()
    assert "ROC AUC" in package_run.printed


def test_both_write_the_same_files(notebook_run: Side, package_run: Side) -> None:
    def files(side: Side) -> list[Path]:
        return sorted(path.relative_to(side.drive) for path in side.drive.rglob("*.*"))

    assert files(package_run) == files(notebook_run)
    for name in ("metrics.json", "scores.csv"):
        written = [
            (side.drive / "churn" / name).read_bytes() for side in (package_run, notebook_run)
        ]
        assert written[0] == written[1]


def test_both_models_predict_the_same(python: Path, notebook_run: Side, package_run: Side) -> None:
    models = [side.drive / "churn" / "churn_model.joblib" for side in (notebook_run, package_run)]
    customers = EXAMPLE / "drive" / "MyDrive" / "churn" / "customers.csv"
    subprocess.run([python, "-c", PREDICT, *models, customers], check=True)


def test_an_option_changes_the_run(work: Path, project: Path, python: Path) -> None:
    drive, elsewhere = work / "small", work / "small-run"
    shutil.copytree(EXAMPLE / "drive" / "MyDrive", drive)
    elsewhere.mkdir()
    command: list[str | Path] = [
        python,
        "-m",
        "customer_churn",
        "--model-kind",
        "logistic",
        "--data-dir",
        drive,
    ]
    environment = {**os.environ, "PYTHONPATH": str(project / "src")}
    subprocess.run(command, cwd=elsewhere, env=environment, check=True, capture_output=True)
    assert '"model": "logistic"' in (drive / "churn" / "metrics.json").read_text(encoding="utf-8")
