"""Python's version and the GPU, from the notebook to the environment."""

from __future__ import annotations

import json
from typing import Any

import pytest

import nb2prod
from nb2prod.environment.decide import decide_environment
from nb2prod.environment.model import Environment
from nb2prod.notebook.reader import read_bytes


def environment(metadata: dict[str, Any], source: str = "", **options: Any) -> Environment:
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    document = {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    notebook = read_bytes(json.dumps(document).encode(), "n")
    return decide_environment(notebook, nb2prod.inspect(notebook), nb2prod.Options(**options))


def test_python_comes_from_the_runtime_and_what_the_file_says_stays_beside_it() -> None:
    python = environment({"language_info": {"name": "python", "version": "3.14.0"}}).python
    assert [found.kind for found in python.evidence] == ["runtime", "recorded-output"]
    assert python.evidence[1].conflict
    assert python.version in python.evidence[0].detail


def test_the_python_that_saved_the_file_says_when() -> None:
    found = environment({"language_info": {"name": "python", "version": "3.8.10"}})
    assert found.python.minor == "3.8"
    assert found.as_of.strategy == "as-run"
    assert "the last day on which an image had the notebook's Python 3.8" in str(found.as_of)


def test_the_user_s_python_wins() -> None:
    python = environment({}, python="3.11").python
    assert (python.version, python.minor) == ("3.11", "3.11")
    assert [(found.kind, found.conflict) for found in python.evidence] == [
        ("user", False),
        ("runtime", True),
    ]


def test_a_framework_without_wheels_for_the_runtime_s_python_decides() -> None:
    python = environment({}, "!pip install torch==2.0.1\nimport torch").python
    assert python.version == "3.11.13"
    assert [(found.kind, found.conflict) for found in python.evidence] == [
        ("table", False),
        ("runtime", True),
    ]
    assert "torch 2.0.1" in python.evidence[0].detail


def test_the_gpu_comes_from_metadata_else_from_the_code() -> None:
    assert environment({}).gpu is None
    assert environment({"accelerator": "GPU", "colab": {"gpuType": "A100"}}).gpu == "A100"
    assert environment({"accelerator": "GPU"}).gpu == "T4"
    assert environment({}, "model.cuda()").gpu == "T4"
    assert environment({"kaggle": {"accelerator": "nvidiaTeslaP100"}}).gpu == "P100"
    assert environment({"accelerator": "GPU"}, cpu=True).gpu is None


def test_a_tpu_needs_a_person() -> None:
    found = environment({"accelerator": "TPU"})
    assert found.gpu is None
    assert "TPU" in found.attention[0].reason


def test_a_framework_that_no_table_knows_needs_a_person() -> None:
    found = environment({}, "!pip install tensorflow==1.14\nimport tensorflow as tf")
    assert "tensorflow 1.14" in found.attention[0].reason
    assert found.attention[0].location == nb2prod.Location(1, 1)


@pytest.mark.parametrize(
    ("targets", "needed"),
    [(("gradient", "ci"), True), (("kubernetes",), False), (("compose", "ci"), False)],
)
def test_what_gradient_calls_no_secret_matters_on_gradient(
    targets: tuple[str, ...], needed: bool
) -> None:
    source = "from google.colab import userdata\nuserdata.get('_X')"
    notes = environment({}, source, targets=targets).attention
    assert any("no secret on Gradient can be called _X" in one.reason for one in notes) is needed


def test_a_secret_that_no_environment_can_hold_needs_a_person() -> None:
    source = "from google.colab import userdata\nuserdata.get('my key')"
    assert "'my key'" in environment({}, source).attention[0].reason
