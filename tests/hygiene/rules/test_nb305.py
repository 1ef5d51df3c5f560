"""NB305: imports that nothing installs."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.project_files import forget_projects
from tests.hygiene.build import Json, found, only, places, written

COLAB: Json = {"colab": {"provenance": []}}
KAGGLE: Json = {"kaggle": {"accelerator": "none"}}
DECLARING = [
    ("requirements.txt", "a-b==1\nxgboost  # trees\n"),
    ("requirements-dev.txt", "-r other.txt\nxgboost>=1\n"),
    ("pyproject.toml", '[project]\nname = "x"\ndependencies = ["xgboost>=1", "b"]\n'),
    ("pyproject.toml", '[project.optional-dependencies]\nml = ["xgboost[x]"]\n'),
    ("pyproject.toml", '[dependency-groups]\ndev = ["xgboost", {include-group = "y"}]\n'),
    ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\nxgboost = "^2"\n'),
    ("environment.yml", "dependencies:\n  - python=3.11\n  - pip:\n    - xgboost==2\n"),
    ("setup.cfg", "[options]\ninstall_requires =\n    xgboost>=1\n"),
    ("setup.py", "from setuptools import setup\nsetup(install_requires=['xgboost>1'])\n"),
    ("Pipfile", '[packages]\nxgboost = "*"\n'),
    ("uv.lock", '[[package]]\nname = "xgboost"\nversion = "2"\n'),
]


def beside(directory: Path, *cells: str, metadata: Json | None = None) -> list[str]:
    """What is missing in a notebook of these cells in a directory."""
    content = written(*cells, metadata=metadata)
    forget_projects()  # as every run does
    findings = check_content(content, "nb.ipynb", only("NB305"), directory)
    return [one.message.split("`")[1] for one in findings]


@pytest.mark.parametrize(
    ("cells", "place", "named"),
    [
        (("import tensorflow_addons as tfa\n",), (1, 1, 1), "add tensorflow-addons"),
        (("x = 1\n", "x; from pinecone import Pinecone\n"), (2, 1, 4), "`pinecone`"),
        (("!pip install xgboost==1\n", "import pinecone\n", "import pinecone\n"), (2, 1, 1), "pin"),
    ],
)
def test_what_colab_does_not_have(
    cells: tuple[str, ...], place: tuple[int, int, int], named: str
) -> None:
    content = written(*cells, metadata=COLAB)
    assert places(content, "NB305") == [place]
    assert named in found(content, "NB305")[0].message


@pytest.mark.parametrize(
    "cells",
    [
        ("import numpy, sklearn.metrics, cv2, google.colab, os\n",),
        ("!pip install pinecone\n", "import pinecone\n"),
        ("%pip install langchain-pinecone==1\n", "import pinecone\n"),
        ("%pip install a[pinecone]==1\n", "import pinecone\n"),
        ("try:\n    import pinecone\nexcept ImportError:\n    pinecone = None\n",),
        ("import a_module_that_nobody_knows\n",),
        ("!git clone https://example.invalid/a\n", "import pinecone\n"),
        ("import sys\nsys.path.append('lib')\nimport pinecone\n",),
        ("!pip install -r requirements.txt\n", "import pinecone\n"),
        ("!pip install {wanted}\n", "import pinecone\n"),
        ("!pip install ./wheels/a.whl\n", "import pinecone\n"),
        ("!pip install git+https://example.invalid/some-thing\n", "import pinecone\n"),
        ("%%writefile pinecone.py\nx = 1\n", "import pinecone\n"),
    ],
)
def test_nothing_to_find_on_colab(cells: tuple[str, ...]) -> None:
    assert places(written(*cells, metadata=COLAB), "NB305") == []


def test_elsewhere_only_a_project_says_what_is_declared(tmp_path: Path) -> None:
    assert beside(tmp_path, "import pinecone\n") == []
    (tmp_path / "requirements.txt").write_text("pandas\n", encoding="utf-8")
    assert beside(tmp_path, "import pinecone, numpy, IPython\n") == ["pinecone"]
    assert beside(tmp_path, "!pip install pinecone\n", "import pinecone\n") == []
    assert beside(tmp_path, "import pinecone\n", metadata=KAGGLE) == []


@pytest.mark.parametrize(("name", "text"), DECLARING)
def test_what_files_declare(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert beside(tmp_path, "import xgboost\n", "import pinecone\n") == ["pinecone"]


def test_a_table_for_tools_declares_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 1\n", encoding="utf-8")
    assert beside(tmp_path, "import pinecone\n") == []


def test_a_repository_counts_up_to_its_root(tmp_path: Path) -> None:
    directory = tmp_path / "repository" / "notebooks"
    directory.mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("pinecone\n", encoding="utf-8")
    (tmp_path / "repository" / "requirements.txt").write_text("xgboost\n", encoding="utf-8")
    assert beside(directory, "import pinecone\n") == []
    (tmp_path / "repository" / ".git").mkdir()
    assert beside(directory, "import pinecone, xgboost\n") == ["pinecone"]


@pytest.mark.parametrize("name", ["pinecone.py", "pinecone/a.py", "src/pinecone/a.py"])
def test_the_project_s_own_modules(tmp_path: Path, name: str) -> None:
    (tmp_path / "requirements.txt").write_text("pandas\n", encoding="utf-8")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("", encoding="utf-8")
    assert beside(tmp_path, "import pinecone\n") == []


def test_lists_that_the_notebook_installs_are_read(tmp_path: Path) -> None:
    (tmp_path / "wanted.txt").write_text("pinecone==1\n", encoding="utf-8")
    installs = "!pip install -r wanted.txt\n"
    assert beside(tmp_path, installs, "import pinecone, tensorflow_addons\n", metadata=COLAB) == [
        "tensorflow_addons"
    ]


def test_what_lists_take_in_is_declared(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("numpy\n-r deps/base.txt\n", encoding="utf-8")
    (tmp_path / "deps").mkdir()
    # A ring is gone through once.
    base = "-r ../requirements.txt\nxgboost\n--requirement=gone.txt\n"
    (tmp_path / "deps" / "base.txt").write_text(base, encoding="utf-8")
    assert beside(tmp_path, "import xgboost\n", "import pinecone\n") == ["pinecone"]
