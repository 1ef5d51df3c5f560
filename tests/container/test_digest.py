"""Digests of a registry on this machine, asked for through a real engine."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from nb2prod import core
from nb2prod.cli import main
from nb2prod.container.digest import EngineCannotAnswer, image_digest
from tests.container.registry import INDEX, NoRegistry, Registry, running_registry
from tests.container.unpinned import based_on, notebook_at

pytestmark = pytest.mark.docker

NAME = "nb2prod-tests/tiny"


@pytest.fixture
def registry(
    engine: docker.DockerClient,
    docker_host: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Registry]:
    """A registry that has one tiny image, NAME:1; the engine has it no more."""
    if not docker_host.startswith("unix://"):
        pytest.skip("the engine may be on another machine, which this registry is not for")
    monkeypatch.setenv("DOCKER_HOST", docker_host)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))  # nobody's logins
    try:
        with running_registry(tmp_path / "registry") as running:
            push_tiny(engine, f"{running.address}/{NAME}")
            yield running
    except NoRegistry as reason:
        pytest.skip(str(reason))


def push_tiny(engine: docker.DockerClient, repository: str) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        entry = tarfile.TarInfo("said")
        entry.size = len(repository)
        archive.addfile(entry, io.BytesIO(repository.encode()))
    engine.api.import_image_from_data(content.getvalue(), repository=repository, tag="1")
    said = list(engine.api.push(repository, tag="1", stream=True, decode=True))
    engine.images.remove(f"{repository}:1", force=True)
    assert not [line for line in said if "error" in line]


def test_the_digest_is_the_registrys_own_and_can_be_pulled(
    engine: docker.DockerClient, registry: Registry
) -> None:
    repository = f"{registry.address}/{NAME}"
    digest = image_digest(f"{repository}:1")
    assert digest == registry.digest(NAME, "1")
    image = engine.images.pull(f"{repository}@{digest}")
    assert image.attrs["RepoDigests"] == [f"{repository}@{digest}"]
    engine.images.remove(f"{repository}@{digest}")


def test_of_several_architectures_the_index_is_meant(
    engine: docker.DockerClient, registry: Registry
) -> None:
    repository, one = f"{registry.address}/{NAME}", registry.digest(NAME, "1")
    index = registry.put_index(NAME, "2", {"amd64": one, "arm64": one})
    assert index != one
    assert image_digest(f"{repository}:2") == index == registry.digest(NAME, "2", INDEX)
    image = engine.images.pull(f"{repository}@{index}", platform="linux/amd64")
    assert image.attrs["RepoDigests"] == [f"{repository}@{index}"]
    engine.images.remove(f"{repository}@{index}")


def test_an_image_for_other_machines_is_none(registry: Registry) -> None:
    registry.put_index(NAME, "arm", {"arm64": registry.digest(NAME, "1")})
    with pytest.raises(
        EngineCannotAnswer, match=rf"no {registry.address}/{NAME}:arm for linux/amd"
    ):
        image_digest(f"{registry.address}/{NAME}:arm")


@pytest.mark.parametrize("wanted", [f"{NAME}:absent", "nb2prod-tests/absent:1"])
def test_an_unknown_image(registry: Registry, wanted: str) -> None:
    reference = f"{registry.address}/{wanted}"
    with pytest.raises(
        EngineCannotAnswer, match=rf"^The registry does not know .*{reference}: see"
    ):
        image_digest(reference)


def test_a_registry_that_wants_a_login(registry: Registry, tmp_path: Path) -> None:
    with (
        running_registry(tmp_path / "closed", login=True) as closed,
        pytest.raises(EngineCannotAnswer, match=r"^The registry refuses to say "),
    ):
        image_digest(f"{closed.address}/{NAME}:1")


def test_a_stopped_registry(registry: Registry) -> None:
    registry.stop()
    with pytest.raises(EngineCannotAnswer, match=r"^The Docker Engine cannot ask the registry "):
        image_digest(f"{registry.address}/{NAME}:1")


def converted(
    reference: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, Path, dict[str, Any]]:
    """A project on that base through the command line: its exit code, directory and manifest."""
    monkeypatch.setattr(core, "plan", based_on(reference))
    notebook, project = notebook_at(directory), directory / "project"
    code = main(
        ["convert", str(notebook), "-o", str(project), "--pin-digest", "--lock", "never", "--cpu"]
    )
    return code, project, json.loads((project / "nb2prod.json").read_text(encoding="utf-8"))


def base_line(project: Path) -> str:
    lines = (project / "Dockerfile").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("ARG BASE_IMAGE="))


def test_the_project_is_built_on_the_digest(
    engine: docker.DockerClient,
    registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reference, digest = f"{registry.address}/{NAME}:1", registry.digest(NAME, "1")
    code, project, manifest = converted(reference, tmp_path, monkeypatch)
    assert code == 0
    assert manifest["base_image"]["reference"] == reference
    assert manifest["base_image"]["digest"] == digest
    assert base_line(project) == f"ARG BASE_IMAGE={reference}@{digest}"
    dockerfile = f"{base_line(project)}\nFROM ${{BASE_IMAGE}}\nLABEL made=here\n"
    engine.images.build(fileobj=io.BytesIO(dockerfile.encode()), tag=f"{NAME}:built", rm=True)
    engine.images.remove(f"{NAME}:built")
    # The build has fetched the base by its digest, else this fails.
    engine.images.remove(f"{registry.address}/{NAME}@{digest}")


@pytest.mark.parametrize(
    ("tag", "stopped", "said"),
    [
        ("absent", False, "The registry does not know the image "),
        ("1", True, "The Docker Engine cannot ask the registry for the digest of "),
    ],
)
def test_without_an_answer_the_project_is_written_and_says_why(
    registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tag: str,
    stopped: bool,
    said: str,
) -> None:
    if stopped:
        registry.stop()
    reference = f"{registry.address}/{NAME}:{tag}"
    code, project, manifest = converted(reference, tmp_path, monkeypatch)
    assert code == 1
    assert manifest["base_image"]["digest"] is None
    assert base_line(project) == f"ARG BASE_IMAGE={reference}"
    printed = capsys.readouterr()
    assert f"the base image is not pinned to a digest. {said}{reference}" in printed.out
    assert printed.err == ""
