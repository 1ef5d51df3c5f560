"""What holds for each example, without running it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nb2prod
from tests.examples.places import KaggleExample, LocalExample
from tests.examples.sides import EXAMPLES, Example, differing, lines_of

# The example, and where below its Drive (or what takes its place) its data is.
DATA = (
    ("customer_churn", "churn/customers.csv"),
    ("document_search", "handbook"),
    ("house_prices", "harbour-town-houses"),
    ("image_classifier", "shapes"),
    ("sensor_report", "."),
)
NAMES = [name for name, _ in DATA]
ELSEWHERE: dict[str, type[Example]] = {"house_prices": KaggleExample, "sensor_report": LocalExample}


def example(name: str, work: Path) -> Example:
    return ELSEWHERE.get(name, Example)(name, work)


def cells_of(name: str, work: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The document, and its cells; it was run from the top once, and without an error."""
    document = json.loads(example(name, work).notebook.read_text(encoding="utf-8"))
    cells = document["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert document["nbformat"] == 4
    assert len(outputs) > 10
    assert all(output["output_type"] != "error" for output in outputs)
    return document, cells


def test_each_example_is_in_these_tests() -> None:
    assert sorted(path.parent.name for path in EXAMPLES.glob("*/*.ipynb")) == NAMES


@pytest.mark.parametrize(("name", "place"), DATA)
def test_the_data_is_made_again_byte_for_byte(tmp_path: Path, name: str, place: str) -> None:
    kept, made = example(name, tmp_path).drive / place, tmp_path / "made"
    subprocess.run([sys.executable, EXAMPLES / name / "make_data.py", made], check=True)
    assert contents(made) == contents(kept)


@pytest.mark.parametrize("name", NAMES)
def test_the_drive_holds_the_data_alone(tmp_path: Path, name: str) -> None:
    files = [path for path in example(name, tmp_path).drive.rglob("*") if path.is_file()]
    assert 0 < sum(path.stat().st_size for path in files) < 300_000


@pytest.mark.parametrize("cpu", [False, True])
@pytest.mark.parametrize("python", ["3.11", "3.13"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_to_a_person(tmp_path: Path, name: str, python: str, cpu: bool) -> None:
    options = nb2prod.Options(python=python, cpu=cpu, lock="never")
    notebook = example(name, tmp_path).notebook
    assert nb2prod.convert(notebook, tmp_path / name, options, dry_run=True).complete


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ELSEWHERE])
def test_the_notebook_is_as_colab_saves_it(tmp_path: Path, name: str) -> None:
    document, cells = cells_of(name, tmp_path)
    assert "colab" in document["metadata"]
    ids = [cell["metadata"]["id"] for cell in cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w-]{12}", cell_id) for cell_id in ids)
    # The last cell is the empty one that Colab adds.
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    assert counts == [*range(1, len(counts)), None]


def test_the_notebook_is_as_kaggle_saves_it(tmp_path: Path) -> None:
    document, cells = cells_of("house_prices", tmp_path)
    assert document["metadata"]["kaggle"]["sourceType"] == "notebook"
    assert document["metadata"]["papermill"]["input_path"] == "__notebook__.ipynb"
    assert all(cell["metadata"]["papermill"]["status"] == "completed" for cell in cells)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all("iopub.execute_input" in cell["metadata"]["execution"] for cell in code)
    assert [cell["execution_count"] for cell in code] == [*range(1, len(code) + 1)]
    assert "os.walk('/kaggle/input')" in "".join(cells[0]["source"])


def test_the_notebook_is_as_jupyter_saves_it(tmp_path: Path) -> None:
    document, cells = cells_of("sensor_report", tmp_path)
    assert sorted(document["metadata"]) == ["kernelspec", "language_info"]
    assert document["nbformat_minor"] == 5
    assert len({cell["id"] for cell in cells}) == len(cells)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [*range(1, len(code) + 1)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mounted at /content/drive\nWall time: 1 s\nAUC 0.912\n", "AUC 0.912\n", True),
        ("Writing chunking.py\na\n", "a\n", True),
        ("folds:   0%|          | 0/5 [00:00<?, ?it/s]\na\n", "a\n", True),
        ("AUC 0.912\n", "AUC 0.913\n", False),
        ("AUC 0.912\n", "AUC 0.9120000001\n", False),
        ("a\nb\n", "b\na\n", False),
        ("a\nb\n", "a\n", False),
        ("fold 4: ridge 1\n", "fold 4: ridge 2\n", False),
    ],
)
def test_what_counts_as_the_same_on_both_sides(one: str, other: str, *, same: bool) -> None:
    assert (differing(lines_of(one), lines_of(other)) == []) is same


def contents(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of each file in a directory."""
    if path.is_file():
        return {"": path.read_bytes()}
    return {file.name: file.read_bytes() for file in path.iterdir()}
