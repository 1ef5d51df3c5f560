"""The package reports what the plain Jupyter notebook reports: both run in one environment."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.places import LocalExample
from tests.examples.sides import Side, differing, lines_of

pytestmark = [pytest.mark.network, pytest.mark.slow]

SETTINGS = ("REPORT_DIR", "REPORT_SMOOTH", "REPORT_TITLE")
# The pinned IPython 7.34.0 reloads modules with `imp`, which Python 3.12 has no more; the package
# reloads none.
runs_the_notebook = pytest.mark.skipif(
    sys.version_info >= (3, 12),
    reason="the notebook loads autoreload, which IPython 7.34.0 has for Python 3.11 and older",
)
# In a notebook `ls` believes that it writes to a terminal, and puts names side by side.
COLUMNS = re.compile(r"(?<=\.csv|\.png)  +(?=\w+\.\w+)")
TEXTS = ("report/alarms.csv", "report/report.html", "sensors.py")


@pytest.fixture(scope="module", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> LocalExample:
    return LocalExample("sensor_report", tmp_path_factory.mktemp("sensors"))


@pytest.fixture(scope="module")
def project(example: LocalExample) -> Path:
    return example.convert(cpu=True)


@runs_the_notebook
def test_both_print_the_same(notebook_run: Side, package_run: Side) -> None:
    assert differing(said(notebook_run), lines_of(package_run.printed)) == []
    assert "336 readings from 2026-10-05 00:00:00" in package_run.printed
    assert "  Thu 02:00  t-02  low  for 8 h, worst 13.7" in package_run.printed.splitlines()


@runs_the_notebook
def test_the_saved_outputs_are_those_of_a_run(example: LocalExample, notebook_run: Side) -> None:
    assert differing(lines_of(example.saved_text()), lines_of(notebook_run.printed)) == []


@runs_the_notebook
def test_both_write_the_same_files(notebook_run: Side, package_run: Side) -> None:
    assert files(package_run) == files(notebook_run)
    for name in TEXTS:
        written = [(side.drive / name).read_bytes() for side in (package_run, notebook_run)]
        assert written[0] == written[1]
    # A figure holds no time, only the version of what drew it.
    pictures = [side.drive / "report" / "readings.png" for side in (package_run, notebook_run)]
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    with (package_run.drive / "report" / "alarms.csv").open(encoding="utf-8") as stream:
        assert {row["sensor"] for row in csv.DictReader(stream)} == {"t-01", "t-02", "h-01"}


def test_what_the_notebook_showed_is_saved(package_run: Side) -> None:
    shown = sorted(path.name for path in (package_run.directory / "outputs" / "shown").iterdir())
    assert shown == ["001.md", "002.png", "003.html"]


@runs_the_notebook
def test_the_environment_changes_both_runs_alike(
    example: LocalExample, project: Path, python: Path, package_run: Side
) -> None:
    environment = {"REPORT_DIR": "weekly/41", "REPORT_SMOOTH": "1", "REPORT_TITLE": "North house"}
    notebook = example.run_notebook(python, run="other-notebook", environment=environment)
    package = example.run_package(python, project, run="other-package", environment=environment)
    assert differing(said(notebook), lines_of(package.printed)) == []
    assert package.printed != package_run.printed
    assert files(package) == files(notebook)
    page = package.drive / "weekly" / "41" / "report.html"
    assert "<h1>North house</h1>" in page.read_text(encoding="utf-8")
    assert not (package.drive / "report").exists()


def said(notebook: Side) -> list[str]:
    """The lines that a notebook printed, each name of a listing on its own."""
    return lines_of(COLUMNS.sub("\n", notebook.printed))


def files(side: Side) -> list[Path]:
    """What a side wrote, without what Python and Jupyter keep for themselves."""
    return [
        path for path in side.files() if not {"__pycache__", ".ipynb_checkpoints"} & {*path.parts}
    ]
