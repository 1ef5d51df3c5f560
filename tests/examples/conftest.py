"""What the examples' tests share: each module says which example, and how it is converted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.sides import Example, Side, uv_environment


@pytest.fixture(scope="module")
def python(example: Example, project: Path) -> Path:
    """The Python of an environment with the project's pins."""
    return uv_environment(example.work / "environment", project)


@pytest.fixture(scope="module")
def notebook_run(example: Example, python: Path) -> Side:
    """A run of the notebook."""
    return example.run_notebook(python)


@pytest.fixture(scope="module")
def package_run(example: Example, project: Path, python: Path) -> Side:
    """A run of the package that it was converted to."""
    return example.run_package(python, project)
