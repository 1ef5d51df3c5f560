"""The image classifier as it is meant to run, with a GPU: what can be told without gigabytes of
wheels.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import nb2prod
from nb2prod.data.machines import machines
from tests.examples.sides import Example

PYTHONS = ("3.11", "3.13")


@pytest.fixture(scope="module", params=PYTHONS)
def done(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> nb2prod.Conversion:
    example = Example("image_classifier", tmp_path_factory.mktemp("gpu"))
    options = nb2prod.Options(python=request.param, lock="never")
    return nb2prod.convert(example.notebook, example.work / "project", options)


def test_image_build_and_machine_are_one_decision(done: nb2prod.Conversion) -> None:
    environment = done.migration.environment
    assert environment.torch_build is not None
    # torch 2.13.0 comes with CUDA 13, which the documented driver does not run.
    assert (environment.torch_build.cuda, environment.torch_build.backend) == ("12.6", "cu126")
    assert environment.base_image.reference == "nvidia/cuda:12.4.1-base-ubuntu22.04"
    workflow = yaml.safe_load((done.directory / "deploy/gradient/workflow.yaml").read_text("utf-8"))
    machine = machines()[workflow["defaults"]["resources"]["instance-type"]]
    assert machine.gpu is not None


def test_the_dockerfile_is_clean(done: nb2prod.Conversion) -> None:
    text = (done.directory / "Dockerfile").read_text(encoding="utf-8")
    assert "ARG TORCH_BACKEND=cu126\n" in text
    hadolint = Path(sys.executable).with_name("hadolint")
    linted = subprocess.run(
        [hadolint, "-"], input=text, capture_output=True, text=True, check=False
    )
    assert (linted.returncode, linted.stdout) == (0, "")


@pytest.mark.network
@pytest.mark.slow
def test_the_pins_go_together(done: nb2prod.Conversion, tmp_path: Path) -> None:
    """A resolver finds the rest; it reads what packages say of themselves and fetches none."""
    lock = done.directory / "requirements.lock"
    compiled = tmp_path / "all.txt"
    uv = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate"]
    target = [
        *("--python-version", done.migration.environment.python.minor),
        *("--python-platform", "x86_64-unknown-linux-gnu"),
    ]
    subprocess.run([*uv, *target, lock, "--output-file", compiled], check=True)
    resolved = compiled.read_text(encoding="utf-8").splitlines()
    pins = [pin.requirement for pin in done.migration.environment.pins]
    assert [pin for pin in pins if pin not in resolved] == []
    # The default index's torch brings CUDA's libraries along, one package each.
    assert any(re.match(r"nvidia-\w+", line) for line in resolved)
