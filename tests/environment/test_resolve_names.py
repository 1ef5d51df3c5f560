"""How names, implied distributions and repositories become pins, and what never changes one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nb2prod
from nb2prod.analysis.facts import Implied, Import, Install
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.resolve import Resolution, resolve
from nb2prod.location import Location
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.reader import read_bytes

HERE, THERE = Location(3, 2), Location(7, 1)
COMMIT = "0123456789" * 4
RUNTIME = Runtime(
    name="colab-test",
    date="2026-01-01",
    python="3.12.1",
    ubuntu="22.04",
    variant="main",
    commit="0",
    packages={"pandas": "2.2.2", "openpyxl": "3.1.5", "tensorflow": "2.19.0"},
    unservable={},
)


def resolution(
    *imports: str,
    install: str = "",
    implied: tuple[Implied, ...] = (),
    user: dict[str, str] | None = None,
) -> Resolution:
    installs = [Install("pip", tuple(install.split()), HERE)] if install else []
    found = [Import(module, HERE) for module in imports]
    return resolve(found, installs, RUNTIME, implied=implied, user=user or {})


OPENPYXL = Implied("openpyxl", "openpyxl", "pandas reads .xlsx with openpyxl", THERE)
SEQEVAL = Implied("seqeval", "seqeval", "the metric is computed with seqeval", THERE)
TENSORFLOW = Implied("tensorflow", "tensorflow", "Keras computes with TensorFlow", THERE)


def test_what_a_use_implies_is_pinned_where_the_runtime_had_it() -> None:
    found = resolution("pandas", implied=(OPENPYXL, SEQEVAL))
    assert [pin.requirement for pin in found.pins] == ["openpyxl==3.1.5", "pandas==2.2.2"]
    _, had, lacked = found.dependencies
    assert (had.module, had.answered_by, had.version) == ("openpyxl", "implied", "3.1.5")
    assert had.evidence[-1].location == THERE
    assert (lacked.module, lacked.answered_by, lacked.version) == ("seqeval", "implied", None)
    assert (had.optional, lacked.optional) == (False, True)
    assert found.attention == ()


@pytest.mark.parametrize(
    ("imports", "install", "implied", "names"),
    [
        (["openpyxl"], "", OPENPYXL, ["openpyxl"]),
        (["pandas"], "openpyxl==3.0.0", OPENPYXL, ["openpyxl", "pandas"]),
        (["pandas"], "seqeval==1.0", SEQEVAL, ["pandas", "seqeval"]),
        (["pandas"], "tf-nightly==2.20.0.dev1", TENSORFLOW, ["pandas", "tf-nightly"]),
    ],
)
def test_what_is_imported_or_installed_is_not_implied_twice(
    imports: list[str], install: str, implied: Implied, names: list[str]
) -> None:
    found = resolution(*imports, install=install, implied=(implied,))
    assert [pin.name for pin in found.pins] == names
    modules = [dependency.module for dependency in found.dependencies]
    assert len(modules) == len(set(modules))


@pytest.mark.parametrize(
    ("module", "requirement", "pins"),
    [
        # a release stands in for a repository that moves, where it is the same project
        ("whisper", "git+https://git.example.invalid/x/whisper.git", ["openai-whisper"]),
        ("clip", "git+https://git.example.invalid/x/clip.git", []),
        ("zzquux", "git+https://git.example.invalid/x/zzquux.git", []),
        # a commit is installed itself, with nothing beside it
        ("whisper", f"git+https://git.example.invalid/x/whisper.git@{COMMIT}", []),
        ("pandas", f"git+https://git.example.invalid/x/pandas.git@{COMMIT}", []),
    ],
)
def test_what_comes_from_a_repository(module: str, requirement: str, pins: list[str]) -> None:
    found = resolution(module, install=requirement)
    assert [pin.name for pin in found.pins] == pins
    assert found.dependencies[0].answered_by == "install"
    assert found.attention == ()


def test_the_users_map_is_pinned_even_against_the_runtime() -> None:
    found = resolution("pandas.core", "utils", user={"pandas": "polars", "utils": "boltons"})
    assert [pin.name for pin in found.pins] == ["boltons", "polars"]
    assert {one.answered_by for one in found.dependencies} == {"user"}
    assert found.attention == ()


def test_a_module_that_is_nobodys_needs_a_person_unless_it_is_optional() -> None:
    (note,) = resolution("utils").attention
    assert "utils" in note.reason
    assert note.location == HERE
    optional = resolve([Import("utils", HERE, optional=True)], [], RUNTIME)
    assert optional.attention == ()


def test_a_module_that_looks_like_a_popular_one_is_flagged() -> None:
    (note,) = resolution("transformrs").attention
    assert "is it transformers that is meant?" in note.reason


def test_of_two_distributions_of_one_module_one_is_pinned() -> None:
    found = resolution("cv2", install="opencv-python==4.8.0.76 opencv-contrib-python==4.8.0.76")
    (pin,) = found.pins
    assert pin.name == "opencv-contrib-python"
    assert any(one.conflict and "opencv-python==" in one.detail for one in pin.evidence)
    (note,) = found.attention
    assert "hold the same module cv2" in note.reason


def test_parts_of_a_namespace_are_answered_apart_and_the_rest_by_its_root() -> None:
    modules = ("google.cloud.storage.blob", "google.cloud.storage_v2", "google.protobuf.message")
    found = resolution(*modules, "sklearn.metrics", "sklearn.svm", "mpl_toolkits.mplot3d")
    assert [(one.module, one.distribution) for one in found.dependencies] == [
        ("google.cloud.storage", "google-cloud-storage"),
        ("google.cloud.storage_v2", "google-cloud-storage"),
        ("google.protobuf", "protobuf"),
        ("sklearn", "scikit-learn"),
        ("mpl_toolkits", "matplotlib"),
    ]


LINES = [
    "import pandas as pd",
    "from sklearn.metrics import f1_score",
    "import cv2",
    "!pip install -q einops==0.8.0 boto3",
    "!pip install opencv-python",
    "import utils",
    "from google.cloud import storage",
    "df = pd.read_excel('a.xlsx')",
    "from transformers import pipeline",
    "try:\n    import polars\nexcept ImportError:\n    polars = None",
]
NEEDLESS = [
    "x = 1",
    "import os, json",
    "print('import torch; pip install jax')",
    "# import torch",
    "!ls -la",
    "from google.colab import drive",
    "%matplotlib inline",
    "def f(path):\n    return open(path)",
    "import pandas",
    '"""!pip install jax"""',
]


@given(
    lines=st.lists(st.sampled_from(LINES), max_size=6, unique=True),
    added=st.lists(st.tuples(st.integers(0, 6), st.sampled_from(NEEDLESS)), min_size=1, max_size=4),
)
def test_a_line_that_needs_no_package_changes_no_pin(
    lines: list[str], added: list[tuple[int, str]]
) -> None:
    lines = ["import pandas", *lines]
    longer = list(lines)
    for place, line in added:
        longer.insert(min(place + 1, len(longer)), line)
    assert pins(longer) == pins(lines)


def pins(lines: list[str]) -> list[str]:
    facts = nb2prod.inspect(notebook_of(lines))
    found = resolve(facts.imports, facts.installs, RUNTIME, implied=facts.implied)
    assert "pandas==2.2.2" in {pin.requirement for pin in found.pins}
    return [pin.requirement for pin in found.pins]


def notebook_of(lines: list[str]) -> Notebook:
    head: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    cells = [{**head, "source": line} for line in lines]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return read_bytes(json.dumps(content).encode(), "n")
