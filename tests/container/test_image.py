"""The image itself: rebuilt by one layer, and content with a root that it cannot write to."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.models.containers import Container
from docker.models.images import Image

import nb2prod
from nb2prod.migration import Migration
from tests.container.images import Builder
from tests.container.standin import NoStandin

pytestmark = [pytest.mark.docker, pytest.mark.network, pytest.mark.slow]

PYTHON = "3.11"  # the stand-in's own
NAME = "nb2prod-tests/image"
CELLS = [
    "import tempfile\nfrom pathlib import Path\n\nimport six\n\nCHOICES = frozenset({'a', 'b'})",
    "wait = False  # @param {type: 'boolean'}",
    "notes = Path('notes.txt')\nnotes.write_text(six.__name__)\nprint(notes.read_text())",
    "with tempfile.TemporaryFile() as file:\n    file.write(b'scratch')",
    "kept = (Path.home() / '.settings').write_text('kept')",
    "if wait:\n    !sleep 60",
    "print('done')",
]


@dataclass(frozen=True)
class Tiny:
    """A small project, whose images go with the tests."""

    client: docker.DockerClient
    project: Path
    migration: Migration
    arguments: dict[str, str]
    built: list[str] = field(default_factory=list)

    def build(self, tag: str) -> Image:
        """The image of the project as it is."""
        log = ""
        reference = f"{NAME}:{tag}"
        for line in self.client.api.build(
            path=str(self.project),
            tag=reference,
            buildargs=self.arguments,
            rm=True,
            forcerm=True,
            decode=True,
        ):
            log += line.get("stream", "")
            assert "error" not in line, log + line["error"]
        self.built.append(reference)
        return self.client.images.get(reference)


@pytest.fixture(scope="module")
def tiny(builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    """The project of a notebook that writes beside itself, to its home and to scratch files."""
    directory = tmp_path_factory.mktemp("image")
    common: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    cells = [{**common, "source": cell} for cell in CELLS]
    document = {"cells": cells, "metadata": {"colab": {}}, "nbformat": 4, "nbformat_minor": 4}
    notebook = directory / "tiny.ipynb"
    notebook.write_text(json.dumps(document), encoding="utf-8")
    options = nb2prod.Options(python=PYTHON, lock="always")
    done = nb2prod.convert(notebook, directory / "project", options)
    try:
        builder.standins.base(done.migration.environment.base_image.reference, PYTHON)
    except NoStandin as reason:
        pytest.skip(str(reason))
    arguments = {"UV_IMAGE": builder.standins.uv()}
    found = Tiny(builder.client, done.directory, done.migration, arguments)
    yield found
    for reference in dict.fromkeys(found.built):
        builder.client.images.remove(reference, force=True)


@pytest.fixture(scope="module")
def image(tiny: Tiny) -> Image:
    """The image of the project as it was written."""
    return tiny.build("first")


@pytest.fixture
def start(tiny: Tiny, image: Image) -> Iterator[Callable[..., Container]]:
    """Starts containers of the image, which are taken away."""
    started: list[Container] = []

    def run(*words: str, **settings: Any) -> Container:
        made: Container = tiny.client.containers.create(
            image, list(words), network_mode="none", **settings
        )
        started.append(made)
        made.start()
        return made

    yield run
    for container in started:
        container.remove(force=True)


def ended(container: Container) -> tuple[int, list[str]]:
    """The exit code, and the lines that were printed."""
    code = container.wait(timeout=120)["StatusCode"]
    return code, container.logs(stderr=False).decode().splitlines()


def test_a_change_of_the_program_makes_one_layer_again(tiny: Tiny, image: Image) -> None:
    def layers(of: Image) -> Sequence[str]:
        found: list[str] = of.attrs["RootFS"]["Layers"]
        return found

    first = tiny.build("before")
    config = tiny.project / "src" / tiny.migration.package / "config.py"
    config.write_text(config.read_text("utf-8") + "\n# Changed.\n", encoding="utf-8")
    dockerfile = tiny.project / "Dockerfile"
    text = dockerfile.read_text("utf-8")
    sha256 = tiny.migration.notebook.sha256
    dockerfile.write_text(text.replace(sha256, sha256[::-1]), encoding="utf-8")
    second = tiny.build("after")
    assert second.labels["nb2prod.notebook.sha256"] == sha256[::-1]
    assert layers(first)[:-1] == layers(second)[:-1]
    assert layers(first)[-1] != layers(second)[-1]


@pytest.mark.parametrize("tmpfs", [{}, {"/tmp": ""}], ids=["alone", "with /tmp"])
@pytest.mark.parametrize("user", [None, "4242:4243"])
def test_a_root_that_cannot_be_written_to_is_enough(
    start: Callable[..., Container], tmpfs: dict[str, str], user: str | None
) -> None:
    container = start(read_only=True, tmpfs=tmpfs, user=user, cap_drop=["ALL"])
    assert ended(container) == (0, ["six", "done"]), container.logs().decode()


def test_nothing_of_the_build_is_left(start: Callable[..., Container]) -> None:
    look = (
        "command -v uv gcc git; ls /build /root/.cache /var/cache/apt /var/lib/apt/lists;"
        " find /var/log -type f; id -u; umask; find /opt /app -writable"
    )
    code, printed = ended(start("sh", "-c", look))
    said = [line for line in printed if line and not line.endswith(":")]
    assert (code, said) == (0, ["10001", "0022"])


@pytest.mark.parametrize("words", [("--wait",), ("sh", "-c", "exec python -m tiny --wait")])
def test_a_signal_ends_it_while_a_shell_line_runs(
    start: Callable[..., Container], words: tuple[str, ...]
) -> None:
    container = start(*words)
    deadline = time.monotonic() + 60
    while "sleep" not in str(container.top()["Processes"]):
        assert time.monotonic() < deadline, container.logs().decode()
        time.sleep(0.1)
    begun = time.monotonic()
    container.kill("SIGTERM")
    assert ended(container)[0] == 143
    assert time.monotonic() - begun < 10
