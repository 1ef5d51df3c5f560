"""The package computes what the notebook computes: both run in one environment."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.examples.sides import Example, Side, differing, lines_of

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


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return Example("customer_churn", tmp_path_factory.mktemp("churn"))


@pytest.fixture(scope="module")
def project(example: Example) -> Path:
    return example.convert()


def test_both_print_the_same(notebook_run: Side, package_run: Side) -> None:
    assert differing(lines_of(notebook_run.printed), lines_of(package_run.printed)) == []
    assert "ROC AUC" in package_run.printed


def test_both_write_the_same_files(notebook_run: Side, package_run: Side) -> None:
    assert package_run.files() == notebook_run.files()
    for name in ("metrics.json", "scores.csv"):
        written = [
            (side.drive / "churn" / name).read_bytes() for side in (package_run, notebook_run)
        ]
        assert written[0] == written[1]


def test_both_models_predict_the_same(
    example: Example, python: Path, notebook_run: Side, package_run: Side
) -> None:
    models = [side.drive / "churn" / "churn_model.joblib" for side in (notebook_run, package_run)]
    customers = example.drive / "churn" / "customers.csv"
    subprocess.run([python, "-c", PREDICT, *models, customers], check=True)


def test_an_option_changes_the_run(example: Example, project: Path, python: Path) -> None:
    chosen = example.work / "chosen"
    shutil.copytree(example.drive, chosen)
    options = ("--model-kind", "logistic", "--data-dir", str(chosen))
    other = example.run_package(python, project, run="small", options=options)
    metrics = (chosen / "churn" / "metrics.json").read_text(encoding="utf-8")
    assert '"model": "logistic"' in metrics
    assert not (other.drive / "churn" / "metrics.json").exists()
