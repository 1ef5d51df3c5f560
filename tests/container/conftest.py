"""One engine and one set of images for a run of the tests."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from tests.container.engine import NoEngine, client_of, engine_address
from tests.container.images import Builder
from tests.container.standin import Standins


@pytest.fixture(scope="session")
def docker_host() -> Iterator[str]:
    """The address of a Docker Engine; the tests are skipped where none can be had."""
    try:
        with engine_address() as address:
            yield address
    except NoEngine as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def engine(docker_host: str) -> Iterator[docker.DockerClient]:
    """A client of that engine."""
    with client_of(docker_host) as client:
        yield client


@pytest.fixture(scope="session")
def builder(
    engine: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Builder]:
    """Builds projects on stand-ins, and takes away what it brought to the engine."""
    with (
        Standins(engine, tmp_path_factory.mktemp("standins")) as standins,
        Builder(engine, standins) as builder,
    ):
        yield builder
