"""The examples as images of a real engine: they build, and compute what their notebooks compute."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

import docker
import pytest

from nb2prod.container.project import read_project
from tests.container.building import command
from tests.container.built import FORGOTTEN, PYTHON, Built
from tests.container.filesystems import Saved, tree
from tests.container.filesystems import differing as differing_paths
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
    """A copy of the example's Drive that every user may write to."""
    data = built.work / run / "data"
    shutil.copytree(built.example.drive, data)
    for path in (data, *data.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    return data


def run_project(
    built: Built, *words: str, run: str, environment: Mapping[str, str]
) -> tuple[Side, str]:
    """`nb2prod run` of the project on its own copy of the Drive, which has to end well; and what
    nb2prod said of it.
    """
    data = drive_copy(built, run)
    names = [directory.name for directory in read_project(built.project).directories]
    places = [f"--{name}={data.parent / name}" for name in names]
    ended = command("run", built.project, *places, *words, environment=environment)
    assert ended.returncode == 0, ended.stderr
    printed = ended.stdout.replace("/data", "DRIVE")
    return Side(data.parent, data, printed, ended.stderr), ended.stderr


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
    docker_host: str,
    built: Callable[[str], Built],
    notebook_python: Callable[[str], Path],
    name: str,
) -> None:
    if name == "document_search" and shutil.which("unrtf") is None:
        pytest.skip("the notebook calls unrtf, which is not installed (apt-get install unrtf)")
    here = built(name)
    words = ("--network", "none")
    host = {"DOCKER_HOST": docker_host}
    container, said = run_project(here, *words, run="container", environment=host)
    notebook = here.example.run_notebook(notebook_python(name))
    assert differing(lines_of(notebook.printed), lines_of(container.printed)) == []
    assert len(container.printed.splitlines()) > 20
    assert container.files() == notebook.files()
    for file in EXAMPLES[name]:
        assert (container.drive / file).read_bytes() == (notebook.drive / file).read_bytes()
        # What is new is listed at the end.
        assert file in said
    assert (container.directory / "work").is_dir()


def test_any_user_may_run_it(builder: Builder, built: Callable[[str], Built]) -> None:
    """`docker run --user "$(id -u):$(id -g)"`, as the README shows it."""
    here = built("document_search")
    data = drive_copy(here, "other-user")
    ran = builder.run(here.image, data=data, user="4242:4243")
    assert ran.status == 0, ran.messages
    written = data / EXAMPLES["document_search"][0]
    assert (written.stat().st_uid, written.stat().st_gid) == (4242, 4243)


def test_a_secret_is_given_at_run_time_alone(
    docker_host: str, engine: docker.DockerClient, built: Callable[[str], Built], tmp_path: Path
) -> None:
    here = built("document_search")
    with serving() as model:
        # The server is on the host's loopback.
        words = ("--network", "host", "--", "--ask-model", "--api-base", model.base)
        given = {"DOCKER_HOST": docker_host, "LLM_API_KEY": KEY}
        side, said = run_project(here, *words, run="asking", environment=given)
    assert [key for _, key, _ in model.asked] == [f"Bearer {KEY}"]
    assert f"A: {SAID}" in side.printed
    assert KEY not in side.printed + said
    files = [*side.directory.rglob("*"), *here.project.rglob("*")]
    left = [path for path in files if path.is_file() and KEY.encode() in path.read_bytes()]
    assert (len(files) > 20, left) == (True, [])
    # Every layer, the history and the labels.
    saved = Saved.of(engine, here.migration.image, tmp_path)
    assert saved.holding(KEY.encode()) == []
    # So is what lies in the project's directory and is none of the image's.
    assert saved.holding(FORGOTTEN.encode()) == []
    assert saved.holding(here.migration.notebook.sha256.encode()) != []
    saved.archive.unlink()


def test_two_clean_builds_have_the_same_tree(
    docker_host: str,
    engine: docker.DockerClient,
    builder: Builder,
    built: Callable[[str], Built],
    tmp_path: Path,
) -> None:
    """With packages from the archive, from the index, and a program of several modules. Another
    person's umask changes nothing, and neither does what lies about.
    """
    here = built("document_search")
    project = tmp_path / "project"
    shutil.copytree(here.project, project)
    for path in (project / "src").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    (project / "src" / ".DS_Store").write_text("junk", encoding="utf-8")
    again = "nb2prod-tests/examples:again"
    words = ("--no-cache", "--tag", again, "--build-arg", f"UV_IMAGE={builder.standins.uv()}")
    host = {"DOCKER_HOST": docker_host}
    ended = command("build", project, *words, environment=host)
    assert ended.returncode == 0, ended.stderr
    first, second = (tree(engine, name, tmp_path) for name in (here.migration.image, again))
    engine.images.remove(again, force=True)
    assert len(first) > 5000
    assert differing_paths(first, second) == []
    package = f"app/src/{here.migration.package}"
    assert any(name.startswith(f"{package}/__pycache__/__main__") for name in first)
    assert stat.S_IMODE(first[f"{package}/__main__.py"].mode) == 0o644
