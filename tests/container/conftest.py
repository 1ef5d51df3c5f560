"""One engine and one set of images for a run of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import docker
import pytest
from docker.errors import ImageNotFound

import nb2prod
from tests.container.building import command
from tests.container.built import FORGOTTEN, PYTHON, Built
from tests.container.engine import NoEngine, client_of, engine_address
from tests.container.images import Builder
from tests.container.standin import NoStandin, Standins
from tests.examples.sides import Example


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


@pytest.fixture(scope="session")
def built(
    docker_host: str, builder: Builder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Built]]:
    """Gives an example by name, built by `nb2prod build` when it is first asked for."""
    found: dict[str, Built] = {}

    def build(name: str) -> Built:
        if name not in found:
            example = Example(name, tmp_path_factory.mktemp(name))
            done = nb2prod.convert(
                example.notebook,
                example.work / "project",
                nb2prod.Options(python=PYTHON, lock="always"),
            )
            assert done.complete
            (done.directory / ".env").write_text(f"TOKEN={FORGOTTEN}\n", encoding="utf-8")
            environment = done.migration.environment
            try:
                builder.standins.base(environment.base_image.reference, environment.python.minor)
            except NoStandin as reason:
                pytest.skip(str(reason))
            words = ("--build-arg", f"UV_IMAGE={builder.standins.uv()}")
            host = {"DOCKER_HOST": docker_host}
            ended = command("build", done.directory, *words, environment=host)
            assert ended.returncode == 0, ended.stderr
            image = builder.client.images.get(done.migration.image)
            found[name] = Built(example, done.migration, done.directory, image)
        return found[name]

    yield build
    for one in found.values():
        with suppress(ImageNotFound):  # other tests at the same engine have it by that name, too
            builder.client.images.remove(one.migration.image, force=True)
