"""The package predicts what the Kaggle notebook predicts: both run in one environment."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.places import KaggleExample
from tests.examples.sides import Side, differing, lines_of, uv_environment

pytestmark = [pytest.mark.network, pytest.mark.slow]

SIGNING = "-".join(("only", "for", "this", "test", "0417"))

# Loads the models of both sides and compares what they predict for the houses to predict.
PREDICT = """
import sys
from pathlib import Path
import joblib, numpy as np, pandas as pd
one, other, houses = map(Path, sys.argv[1:])
frame = pd.read_csv(houses, index_col="Id")
frame["Garage"], frame["Heating"] = frame["Garage"].fillna("None"), frame["Heating"].fillna("?")
frame["Age"], frame["AreaPerRoom"], frame["QualityArea"], frame["SeaView"] = 30, 25, 500, 0
names = sorted(path.name for path in one.iterdir())
assert names == sorted(path.name for path in other.iterdir()) and len(names) == 10
for name in names:
    first, second = (joblib.load(path / name).predict(frame) for path in (one, other))
    assert np.array_equal(first, second)
    assert len(np.unique(first.round(3))) > 20
"""


@pytest.fixture(scope="module", autouse=True)
def _no_key_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("REPORT_KEY", raising=False)
        yield


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> KaggleExample:
    return KaggleExample("house_prices", tmp_path_factory.mktemp("houses"))


@pytest.fixture(scope="module")
def project(example: KaggleExample) -> Path:
    return example.convert(cpu=True)


@pytest.fixture(scope="module")
def python(example: KaggleExample, project: Path) -> Path:
    """An environment with the project's pins, and with the widgets that Kaggle's page has."""
    python = uv_environment(example.work / "environment", project)
    install: list[str | Path] = [sys.executable, "-m", "uv", "pip", "install", "--quiet"]
    subprocess.run([*install, "--python", python, "ipywidgets"], check=True)
    return python


def said(printed: str) -> list[str]:
    """The lines that were printed; directories list their files in an order of their own."""
    lines = lines_of(printed)
    listed = [line for line in lines if line.startswith("INPUT/")]
    return sorted(listed) + [line for line in lines if line not in listed]


def test_both_print_the_same(notebook_run: Side, package_run: Side) -> None:
    assert differing(said(notebook_run.printed), said(package_run.printed)) == []
    assert "INPUT/harbour-town-houses/train.csv" in said(package_run.printed)
    assert "REPORT_KEY is not attached, the report will not be signed" in package_run.printed
    assert "fold 4: ridge " in package_run.printed


def test_the_saved_outputs_are_those_of_a_run(example: KaggleExample, notebook_run: Side) -> None:
    assert differing(said(example.saved_text()), said(notebook_run.printed)) == []


def test_both_write_the_same_files(notebook_run: Side, package_run: Side) -> None:
    assert package_run.files() == notebook_run.files()
    for name in ("report.json", "submission.csv"):
        written = [(side.drive / name).read_bytes() for side in (package_run, notebook_run)]
        assert written[0] == written[1]
    submission = (package_run.drive / "submission.csv").read_text(encoding="utf-8").splitlines()
    assert (submission[0], len(submission)) == ("Id,SalePrice", 91)


def test_both_models_predict_the_same(
    example: KaggleExample, python: Path, notebook_run: Side, package_run: Side
) -> None:
    models = [side.drive / "models" for side in (notebook_run, package_run)]
    houses = example.drive / "harbour-town-houses" / "test.csv"
    subprocess.run([python, "-c", PREDICT, *models, houses], check=True)


def test_both_sign_the_report_with_the_key_and_keep_it(
    example: KaggleExample, project: Path, python: Path
) -> None:
    environment = {"REPORT_KEY": SIGNING}
    notebook = example.run_notebook(python, run="signing-notebook", environment=environment)
    package = example.run_package(python, project, run="signing", environment=environment)
    assert differing(said(notebook.printed), said(package.printed)) == []
    report = json.loads((package.drive / "report.json").read_text(encoding="utf-8"))
    signature = report.pop("signature")
    body = json.dumps(report, sort_keys=True).encode()
    assert signature == hmac.new(SIGNING.encode(), body, hashlib.sha256).hexdigest()
    for side in (notebook, package):
        assert SIGNING not in side.printed + side.messages
    for directory in (notebook.directory, package.directory, project):
        files = [path for path in directory.rglob("*") if path.is_file()]
        assert files
        assert not [path for path in files if SIGNING.encode() in path.read_bytes()]
