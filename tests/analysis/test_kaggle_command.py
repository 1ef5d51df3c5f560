"""Where a notebook runs Kaggle's command, and what that needs."""

from __future__ import annotations

import json

import pytest

import nb2prod
from nb2prod.notebook.reader import read_bytes


def plan(*sources: str) -> nb2prod.Migration:
    empty: dict[str, object] = {"cell_type": "code", "execution_count": None, "metadata": {}}
    cells = [{**empty, "outputs": [], "source": source} for source in sources]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return nb2prod.plan(read_bytes(json.dumps(document).encode(), "n"))


@pytest.mark.parametrize(
    "source",
    [
        "!kaggle datasets download -d a/b",
        "import os\nos.system('kaggle competitions download -c titanic')",
        "import subprocess\nsubprocess.run(['kaggle', 'datasets', 'download', 'a/b'])",
        "import os\nos.system('kaggle datasets download -d ' + 'a/b')",
    ],
)
def test_it_is_installed_and_asks_for_a_key(source: str) -> None:
    migration = plan("x = 1", source)
    assert [pin.name for pin in migration.environment.pins] == ["kaggle"]
    secrets = [(secret.name, secret.location.cell) for secret in migration.facts.secrets]
    assert secrets == [("KAGGLE_USERNAME", 2), ("KAGGLE_KEY", 2)]


def test_a_notebook_that_brings_its_file_needs_none() -> None:
    migration = plan("!mkdir -p ~/.kaggle && cp kaggle.json ~/.kaggle/", "!kaggle datasets list")
    assert migration.facts.secrets == ()


@pytest.mark.parametrize(
    "source", ["print('kaggle competitions are fun')", "x = 'kaggle'", "!ls kaggle"]
)
def test_words_are_no_command(source: str) -> None:
    migration = plan(source)
    assert (migration.environment.pins, migration.facts.secrets) == ((), ())


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("!gdown 1abcdefghijklmnopqrstuvwxyz", "gdown"),
        ("!huggingface-cli download a/b", "huggingface-hub"),
        ("!wandb sync x", "wandb"),
    ],
)
def test_programs_of_distributions(source: str, name: str) -> None:
    assert [pin.name for pin in plan(source).environment.pins] == [name]
