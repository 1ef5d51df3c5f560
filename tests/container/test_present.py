"""The image that `run` takes, with a real engine: whose it is, and what is told of it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import docker
import pytest
from docker.errors import ImageNotFound

from nb2prod.container.building.context import pack
from nb2prod.container.project import Project
from nb2prod.container.running.present import image_to_run
from nb2prod.container.running.process import CannotRun

pytestmark = pytest.mark.docker

OWN, OTHER, OF_OTHERS = (f"nb2prod-tests/present{name}" for name in (":1", ":2", "-of-others:1"))
NOTEBOOK, OTHERS = "0417" * 16, "f" * 64

Make = Callable[..., str]


@pytest.fixture
def make(engine: docker.DockerClient) -> Iterator[Make]:
    """Makes an image of no more than labels, and gives its id."""
    made: list[str] = []

    def build(tag: str, notebook: str | None = NOTEBOOK, **labels: str) -> str:
        found = (
            dict(labels) if notebook is None else {**labels, "nb2prod.notebook.sha256": notebook}
        )
        lines = "".join(f"LABEL {name}={value}\n" for name, value in found.items())
        file = io.BytesIO(f"FROM scratch\n{lines}".encode())
        image, _ = engine.images.build(fileobj=file, tag=tag, rm=True)
        made.append(str(image.id))
        return str(image.id)

    yield build
    for image in dict.fromkeys(made):
        with suppress(ImageNotFound):
            engine.images.remove(image, force=True)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n", "utf-8")
    return Project(
        root=tmp_path,
        name="tiny",
        package="tiny",
        image=OWN,
        gpus=0,
        secrets=(),
        directories=(),
        service=None,
        uploads=(),
        manifest={"notebook": {"sha256": NOTEBOOK}},
    )


def recorded(project: Project, reference: str, image: str, *arguments: str) -> None:
    """As a build of the project as it is now leaves it."""
    record = {
        "image": {"reference": reference, "id": image},
        "context": {"sha256": pack(project.root).sha256},
        "build_args": arguments,
    }
    (project.root / "image.json").write_text(json.dumps(record), "utf-8")


def taken(
    engine: docker.DockerClient, project: Project, tag: str | None = None
) -> tuple[str, list[str]]:
    """The id of the image that is run where nothing may be built, and what is told."""
    told: list[str] = []

    def build(reference: str) -> None:
        pytest.fail(f"{reference} is built")

    return image_to_run(engine, project, tag, build, told.append).id, told


def test_nothing_is_told_of_the_image_that_was_built(
    engine: docker.DockerClient, project: Project, make: Make
) -> None:
    image = make(OWN)
    recorded(project, OWN, image)
    assert taken(engine, project) == (image, [])
    assert taken(engine, project, OWN) == (image, [])


def test_the_last_build_is_run_under_the_name_that_it_has(
    engine: docker.DockerClient, project: Project, make: Make
) -> None:
    own, other = make(OWN, state="one"), make(OTHER, state="two")
    recorded(project, OTHER, other)
    assert taken(engine, project) == (
        other,
        [f"The image is {OTHER}, as the last build called it."],
    )
    # Another has the name now.
    make(OTHER, state="three")
    found, [line] = taken(engine, project)
    assert found == own
    assert line.startswith(f"{OWN} is not the image that image.json has of this project's last")


def test_an_image_of_another_state_is_told_of_and_run(
    engine: docker.DockerClient, project: Project, make: Make
) -> None:
    image = make(OWN)
    found, [line] = taken(engine, project)
    assert (found, "has no image.json" in line) == (image, True)
    recorded(project, OWN, image)
    with (project.root / "Dockerfile").open("a") as file:
        file.write("# changed\n")
    found, [line] = taken(engine, project)
    assert found == image
    assert line.startswith(f"The project was changed since {OWN} was built")
    assert line.endswith(f"nb2prod build {project.root} makes it anew.")
    # A second project of the notebook, or an earlier notebook, has built under the same name.
    for notebook in (NOTEBOOK, OTHERS):
        image = make(OWN, notebook, project="another")
        found, [line] = taken(engine, project)
        assert found == image
        assert line.startswith(f"{OWN} is not the image that image.json has")
    found, [line] = taken(engine, project, OWN)
    assert found == image


@pytest.mark.parametrize("notebook", [None, OTHERS])
def test_what_is_no_image_of_the_notebook_is_not_run(
    engine: docker.DockerClient, project: Project, make: Make, notebook: str | None
) -> None:
    image = make(OF_OTHERS, notebook, of="others")
    with pytest.raises(CannotRun, match=f"^{OF_OTHERS} is no image of this project's notebook"):
        taken(engine, project, OF_OTHERS)
    # What the project itself was built as is its own, whatever was made of its Dockerfile.
    recorded(project, OF_OTHERS, image)
    assert taken(engine, project, OF_OTHERS) == (image, [])


def test_a_tag_that_is_not_there_is_not_built(
    engine: docker.DockerClient, project: Project
) -> None:
    tag = f"{OWN}typo"
    with pytest.raises(CannotRun) as raised:
        taken(engine, project, tag)
    assert f"nb2prod build {project.root} --tag {tag} makes it" in str(raised.value)


def test_what_is_gone_is_built_and_its_arguments_are_told(
    engine: docker.DockerClient, project: Project, make: Make
) -> None:
    recorded(project, OTHER, "sha256:gone", "BASE_IMAGE", "TOKEN")
    told: list[str] = []
    found = image_to_run(engine, project, None, make, told.append)
    assert found.id == engine.images.get(OWN).id
    [line] = told
    assert line.startswith(f"The engine has no image {OWN}; it is built first, without the last ")
    assert line.endswith(" arguments (BASE_IMAGE, TOKEN).")
