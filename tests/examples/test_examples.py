"""What holds for each example, without running it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nb2prod
from tests.examples.sides import EXAMPLES, Example

# The example, and where below its Drive its data is.
DATA = (
    ("customer_churn", "churn/customers.csv"),
    ("document_search", "handbook"),
    ("image_classifier", "shapes"),
)
NAMES = [name for name, _ in DATA]


def test_each_example_is_in_these_tests() -> None:
    assert sorted(path.parent.name for path in EXAMPLES.glob("*/*.ipynb")) == NAMES


@pytest.mark.parametrize(("name", "place"), DATA)
def test_the_data_is_made_again_byte_for_byte(tmp_path: Path, name: str, place: str) -> None:
    kept, made = Example(name, tmp_path).drive / place, tmp_path / "made"
    subprocess.run([sys.executable, EXAMPLES / name / "make_data.py", made], check=True)
    assert contents(made) == contents(kept)


@pytest.mark.parametrize("name", NAMES)
def test_the_drive_holds_the_data_alone(tmp_path: Path, name: str) -> None:
    files = [path for path in Example(name, tmp_path).drive.rglob("*") if path.is_file()]
    assert 0 < sum(path.stat().st_size for path in files) < 300_000


@pytest.mark.parametrize("cpu", [False, True])
@pytest.mark.parametrize("python", ["3.11", "3.13"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_to_a_person(tmp_path: Path, name: str, python: str, cpu: bool) -> None:
    options = nb2prod.Options(python=python, cpu=cpu)
    notebook = Example(name, tmp_path).notebook
    assert nb2prod.convert(notebook, tmp_path / name, options, dry_run=True).complete


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_is_as_colab_saves_it(tmp_path: Path, name: str) -> None:
    document = json.loads(Example(name, tmp_path).notebook.read_text(encoding="utf-8"))
    cells = document["cells"]
    assert document["nbformat"] == 4
    assert "colab" in document["metadata"]
    ids = [cell["metadata"]["id"] for cell in cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w-]{12}", cell_id) for cell_id in ids)
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    # Run from the top once; the last cell is the empty one that Colab adds.
    assert counts == [*range(1, len(counts)), None]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert len(outputs) > 10
    assert all(output["output_type"] != "error" for output in outputs)


def contents(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of each file in a directory."""
    if path.is_file():
        return {"": path.read_bytes()}
    return {file.name: file.read_bytes() for file in path.iterdir()}
