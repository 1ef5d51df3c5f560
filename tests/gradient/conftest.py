"""The clients, made once for a run of the tests, and a server for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.gradient.client import Client, install
from tests.gradient.server import Server, serving


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Client]:
    """Gives the client of a version. It is installed when it is first asked for.

    Processes that share the tests between them install their own: they share no directory.
    """

    @cache
    def installed(version: str) -> Client:
        return install(version, tmp_path_factory.mktemp(f"gradient-{version}"))

    return installed


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running
