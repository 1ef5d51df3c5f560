"""The package trains what the notebook trains: both run in one environment with torch for CPUs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.sides import Example, Side, differing, lines_of

pytestmark = [
    pytest.mark.network,
    pytest.mark.slow,
    pytest.mark.torch,
    pytest.mark.skipif(
        sys.version_info[:2] != (3, 11),
        reason="the build of torch for CPUs that this needs is there for Python 3.11 alone",
    ),
]

# What the package does not say: where `%cd` went, and what the machine's GPU is.
UNSAID = re.compile(
    r"^(DRIVE/shapes|no GPU|GPU \d+: .*|.*nvidia-smi: (command )?not found)\n", re.MULTILINE
)

# Loads two checkpoints and compares their weights.
COMPARE = """
import sys
import torch
one, other = (torch.load(path)["model"] for path in sys.argv[1:3])
assert list(one) == list(other) and len(one) > 5
assert all(torch.equal(one[name], other[name]) for name in one)
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return Example("image_classifier", tmp_path_factory.mktemp("shapes"))


@pytest.fixture(scope="module")
def project(example: Example) -> Path:
    return example.convert(cpu=True)


@pytest.fixture(scope="module")
def python(example: Example, project: Path) -> Path:
    """An environment with the project's pins, where pip's torch is a build for CPUs.

    The other builds bring gigabytes of CUDA along. pip makes it, as it also looks where its own
    configuration says that such wheels are.
    """
    environment = example.work / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    lock = project / "requirements.lock"
    version = torch_version(python, lock)
    if not version.endswith("+cpu"):
        pytest.skip(f"pip would install torch {version}, which is no build for CPUs")
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--requirement", lock]
    subprocess.run([*install, "nbclient", "ipykernel"], check=True)
    return python


def torch_version(python: Path, lock: Path) -> str:
    """The version of torch that pip would take for the lock's pin, local part included."""
    pins = lock.read_text(encoding="utf-8").splitlines()
    pin = next(line.split()[0] for line in pins if line.startswith("torch=="))
    look: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps"]
    done = subprocess.run([*look, "--report", "-", pin], check=True, capture_output=True, text=True)
    return str(json.loads(done.stdout)["install"][0]["metadata"]["version"])


def test_both_print_the_same(notebook_run: Side, package_run: Side) -> None:
    printed = UNSAID.sub("", notebook_run.printed)
    assert differing(lines_of(printed), lines_of(package_run.printed)) == []
    assert "epoch 20/20" in package_run.printed


def test_both_write_the_same_files(notebook_run: Side, package_run: Side) -> None:
    assert package_run.files() == notebook_run.files()
    written = [
        (side.drive / "shapes" / "metrics.json").read_bytes()
        for side in (package_run, notebook_run)
    ]
    assert written[0] == written[1]
    # Four classes: chance is a quarter.
    assert json.loads(written[0])["val_accuracy"] > 0.8


@pytest.mark.parametrize("name", ["best.pt", "last.pt"])
def test_both_learn_the_same_weights(
    python: Path, notebook_run: Side, package_run: Side, name: str
) -> None:
    paths = [side.drive / "shapes" / "checkpoints" / name for side in (notebook_run, package_run)]
    subprocess.run([python, "-c", COMPARE, *paths], check=True)


def test_a_second_run_resumes_where_the_first_ended(
    example: Example, project: Path, python: Path, package_run: Side
) -> None:
    again = example.run_package(
        python, project, run="again", drive=package_run.drive, options=("--epochs", "21")
    )
    assert "resuming after epoch 20, best so far " in again.printed
    epochs = [line for line in again.printed.splitlines() if line.startswith("epoch ")]
    assert [line[:11] for line in epochs] == ["epoch 21/21"]
