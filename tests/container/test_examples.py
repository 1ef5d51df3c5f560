"""The examples as images of a real engine: they build, and compute what their notebooks compute."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.container.built import FORGOTTEN, PYTHON, Built
from tests.container.images import Builder, Ran
from tests.examples.model_server import KEY, SAID, serving
from tests.examples.sides import Side, differing, lines_of, uv_environment

pytestmark = [pytest.mark.docker, pytest.mark.network, pytest.mark.slow]


@pytest.fixture(scope="session")
def notebook_python(built: Callable[[str], Built]) -> Callable[[str], Path]:
    """An environment with an example's pins and the Python that its image has."""
    found: dict[str, Path] = {}

    def python(name: str) -> Path:
        if name not in found:
            here = built(name)
            found[name] = uv_environment(here.work / "environment", here.project, PYTHON)
        return found[name]

    return python


def drive_copy(built: Built, run: str) -> Path:
    """A copy of the example's Drive that the image's user may write to."""
    data = built.work / run / "data"
    shutil.copytree(built.example.drive, data)
    for path in (data, *data.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    return data


def run_image(
    builder: Builder,
    built: Built,
    *options: str,
    run: str,
    environment: Mapping[str, str] | None = None,
    network: str = "none",
    user: str | None = None,
) -> Side:
    """One run of the image on its own copy of the Drive; it has to end well."""
    data = drive_copy(built, run)
    ran = builder.run(
        built.image, *options, data=data, environment=environment, network=network, user=user
    )
    assert ran.status == 0, ran.messages
    return Side(data.parent, data, ran.printed.replace("/data", "DRIVE"), ran.messages)


EXAMPLES = {
    "customer_churn": ["churn/metrics.json", "churn/scores.csv"],
    "document_search": ["handbook/search/evaluation.json", "handbook/search/index.json"],
}
each_example = pytest.mark.parametrize("name", EXAMPLES)


@each_example
def test_the_image_is_what_the_project_says(
    builder: Builder, built: Callable[[str], Built], name: str
) -> None:
    image, migration = built(name).image, built(name).migration
    configuration = image.attrs["Config"]
    assert configuration["User"] == "10001:10001"
    assert configuration["Labels"]["nb2prod.notebook.sha256"] == migration.notebook.sha256

    def run(*entrypoint: str) -> Ran:
        return builder.run(image, entrypoint=entrypoint)

    version = run("python", "-c", "import sys; print(sys.version_info[:2], sys.prefix)").printed
    assert version == f"({PYTHON.replace('.', ', ')}) /opt/venv\n"
    assert run("id", "-u").printed == "10001\n"
    # Options go to the program, and so does nothing; a command takes its place.
    for words in (["--help"], ["python", "-m", migration.package, "--help"]):
        assert f"usage: python -m {migration.package} " in builder.run(image, *words).printed, words
    assert builder.run(image, "echo", "a  b", "--help").printed == "a  b --help\n"
    # Nothing of the program's own can be changed by it.
    assert run("sh", "-c", "echo x >> /app/src/x").status != 0
    assert run("sh", "-c", "command -v uv gcc").status != 0


@each_example
def test_the_locked_versions_are_in_it(
    builder: Builder, built: Callable[[str], Built], name: str
) -> None:
    here = built(name)
    show = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))"
    pins = here.migration.environment.pins
    ran = builder.run(here.image, *[pin.name for pin in pins], entrypoint=("python", "-c", show))
    assert ran.printed.split() == [pin.version for pin in pins]


@each_example
def test_it_computes_what_the_notebook_computes(
    builder: Builder,
    built: Callable[[str], Built],
    notebook_python: Callable[[str], Path],
    name: str,
) -> None:
    if name == "document_search" and shutil.which("unrtf") is None:
        pytest.skip("the notebook calls unrtf, which is not installed (apt-get install unrtf)")
    here = built(name)
    container = run_image(builder, here, run="container")
    notebook = here.example.run_notebook(notebook_python(name))
    assert differing(lines_of(notebook.printed), lines_of(container.printed)) == []
    assert len(container.printed.splitlines()) > 20
    assert container.files() == notebook.files()
    for file in EXAMPLES[name]:
        assert (container.drive / file).read_bytes() == (notebook.drive / file).read_bytes()


def test_any_user_may_run_it(builder: Builder, built: Callable[[str], Built]) -> None:
    """`docker run --user "$(id -u):$(id -g)"`, as the README shows it."""
    here = built("document_search")
    side = run_image(builder, here, run="other-user", user="4242:4243")
    written = side.drive / EXAMPLES["document_search"][0]
    assert (written.stat().st_uid, written.stat().st_gid) == (4242, 4243)


def test_a_secret_is_given_at_run_time_alone(
    builder: Builder, built: Callable[[str], Built]
) -> None:
    here = built("document_search")
    with serving() as model:
        options = ("--ask-model", "--api-base", model.base)
        side = run_image(
            builder,
            here,
            *options,
            run="asking",
            environment={"LLM_API_KEY": KEY},
            network="host",  # the server is on the host's loopback
        )
    assert [key for _, key, _ in model.asked] == [f"Bearer {KEY}"]
    assert f"A: {SAID}" in side.printed
    assert KEY not in side.printed + side.messages
    files = [path for path in side.drive.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


def test_what_lies_in_the_directory_is_not_in_the_image(
    built: Callable[[str], Built], tmp_path: Path
) -> None:
    here = built("document_search")
    saved = tmp_path / "image.tar"
    with saved.open("wb") as file:
        file.writelines(here.image.save())
    search = ["grep", "--count", "--binary-files=text", "--fixed-strings"]
    for text, found in ((FORGOTTEN, False), (here.migration.notebook.sha256, True)):
        done = subprocess.run([*search, text, saved], capture_output=True, check=False)
        assert (done.returncode == 0) == found, text
    saved.unlink()
