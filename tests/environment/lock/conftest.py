"""An index of each test's own, and an environment in which uv asks it and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environment.lock.asking import introduced, uv_environment
from tests.environment.lock.index import Index, running_index


@pytest.fixture
def index() -> Iterator[Index]:
    """An index with nothing in it."""
    with running_index() as found:
        yield found


@pytest.fixture(scope="session")
def known_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of uv's that knows this Python and nothing else."""
    return introduced(tmp_path_factory.mktemp("introduced"))


@pytest.fixture
def environment(
    index: Index, tmp_path: Path, known_python: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The environment for `ask`, and this process's own for those who take that."""
    found = uv_environment(index.url, tmp_path, known_python)
    for name in list(os.environ):
        if name.startswith(("UV_", "NB2PROD_")):
            monkeypatch.delenv(name)
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found
