"""One process that runs both sides, for all tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.differential.harness import Sides


@pytest.fixture(scope="session")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """Runs notebooks in IPython, and the programs made of them."""
    running = Sides(tmp_path_factory.mktemp("sides"))
    yield running
    running.close()
