"""`nb2prod build` with a real engine, as its users call it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import requests
from docker.errors import APIError, ImageNotFound
from jsonschema import Draft202012Validator

import nb2prod
from nb2prod.container.building.build import build
from nb2prod.container.building.failures import BuildFailed
from nb2prod.container.engine import NoEngine
from nb2prod.container.progress import Began, Done, Event, Said
from nb2prod.project.schemas import schema
from tests.container.building import Tiny, command, remove_built, tiny_project, variables
from tests.container.images import Builder
from tests.container.packages import MODULE, NAME, VERSION, private_index
from tests.container.registry import NoRegistry, Registry, running_registry
from tests.container.standin import NoStandin

pytestmark = [pytest.mark.docker, pytest.mark.slow]

TAG = "nb2prod-tests/build"
WORD = "-".join(["not", "for", "your", "eyes"])

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def made(
    engine: docker.DockerClient, builder: Builder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tiny]:
    """The project; the engine has its base and uv."""
    tiny = tiny_project(tmp_path_factory.mktemp("tiny"))
    try:
        builder.standins.base(tiny.base, tiny.migration.environment.python.minor)
    except NoStandin as reason:
        pytest.skip(str(reason))
    yield tiny
    remove_built(engine)


@pytest.fixture
def tiny(made: Tiny, tmp_path: Path) -> Tiny:
    """A copy of it that the test may change."""
    root = tmp_path / "project"
    shutil.copytree(made.root, root)
    return Tiny(root, made.migration)


@pytest.fixture
def run(docker_host: str, builder: Builder, tmp_path: Path) -> Run:
    """`nb2prod build` of a project, with the engine and uv of the tests, and nobody's logins."""

    def started(tiny: Tiny, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        known = f"UV_IMAGE={builder.standins.uv()}"
        given = ["--build-arg", known] if "UV_IMAGE" in dockerfile(tiny) else []
        environment = {"DOCKER_HOST": docker_host, "DOCKER_CONFIG": str(tmp_path), **more}
        return command("build", tiny.root, "--tag", TAG, *given, *words, environment=environment)

    return started


def dockerfile(tiny: Tiny) -> str:
    return (tiny.root / "Dockerfile").read_text("utf-8")


def record(tiny: Tiny) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((tiny.root / "image.json").read_bytes())
    Draft202012Validator(schema("image")).validate(found)
    return found


@pytest.mark.network
def test_an_image_is_built_and_told_of(
    engine: docker.DockerClient, tiny: Tiny, run: Run, tmp_path: Path
) -> None:
    done = run(tiny)
    assert done.returncode == 0, done.stderr
    image = engine.images.get(TAG)
    assert done.stdout.startswith(f"built {TAG} ({str(image.id)[:19]})\n")
    assert f"base:        {tiny.base}\n" in done.stdout
    assert "largest packages:" in done.stdout
    assert (
        f"see {tiny.root / 'image.json'}; next: nb2prod run {tiny.root} --tag {TAG}\n"
        in done.stdout
    )
    assert f"FROM {tiny.base} AS " in done.stderr
    found = record(tiny)
    assert found["image"]["id"] == image.id
    assert found["image"]["size"] == image.attrs["Size"]
    assert sum(layer["size"] for layer in found["image"]["layers"]) == found["image"]["size"]
    assert found["base"] == {"reference": tiny.base, "digest": None}
    assert found["build_args"] == ["UV_IMAGE"]
    assert found["packages"]
    assert found["pushed"] is None
    # What is printed for programs is the same, and the image as well: its layers are there.
    again = run(tiny, "--json")
    assert json.loads(again.stdout) == found == record(tiny)
    assert "(as before)" in again.stderr
    quiet = run(tiny, "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    # The record is no edit of the project: it may be written again.
    notebook, options = tiny.root / "notebooks" / "original.ipynb", nb2prod.Options(lock="never")
    other = nb2prod.convert(notebook, tmp_path / "other", options).directory
    shutil.copy(tiny.root / "image.json", other)
    nb2prod.convert(notebook, other, options, force=True)
    assert not (other / "image.json").exists()


def test_the_library_gives_events_and_a_result(
    docker_host: str, tiny: Tiny, engine: docker.DockerClient
) -> None:
    tiny.dockerfile("ARG TOKEN", 'RUN echo "token $TOKEN"; echo two', "ENV A=1")
    told: list[Event] = []
    built = build(
        tiny.root, tag=TAG, arguments={"TOKEN": WORD}, engine=docker_host, progress=told.append
    )
    assert built.id == engine.images.get(TAG).id
    assert (built.base, built.build_args, built.platform) == (tiny.base, ("TOKEN",), "linux/amd64")
    begun = [event for event in told if isinstance(event, Began)]
    assert begun[1].instruction == f"FROM {tiny.base}"
    assert [event.number for event in told if isinstance(event, Done)] == [1, 2, 3, 4, 5, 6]
    assert [event.text for event in told if isinstance(event, Said)] == ["token ****", "two"]
    # An image of another shape has no packages that are known; that is no failure.
    assert built.packages == ()
    assert any("/opt/venv" in warning for warning in built.warnings)


def _breaks(*_: object, **__: object) -> None:
    raise requests.exceptions.ConnectionError("Remote end closed connection without response")


def test_what_is_built_is_recorded_though_the_engine_then_fails(
    docker_host: str, tiny: Tiny, engine: docker.DockerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.dockerfile("ENV A=4")
    monkeypatch.setattr("docker.models.images.Image.history", _breaks)
    monkeypatch.setattr("docker.models.containers.ContainerCollection.create", _breaks)
    built = build(tiny.root, tag=TAG, engine=docker_host)
    assert record(tiny)["image"]["id"] == built.id == engine.images.get(TAG).id
    assert (built.layers, built.packages) == ((), ())
    assert any("layers of the image are not known" in one for one in built.warnings)
    assert any("packages in it are not known" in one for one in built.warnings)
    (tiny.root / "image.json").unlink()
    monkeypatch.setattr("docker.models.images.ImageCollection.get", _breaks)
    with pytest.raises(BuildFailed, match="build again, which finds every step done"):
        build(tiny.root, tag=TAG, engine=docker_host)


@pytest.mark.parametrize("way", [["--base"], ["--build-arg"]])
def test_the_label_is_of_the_base_that_is_taken(
    engine: docker.DockerClient, tiny: Tiny, run: Run, way: list[str]
) -> None:
    tiny.dockerfile("ARG BASE_DIGEST=sha256:0", 'LABEL base.digest="${BASE_DIGEST}"')
    other = tiny.base if way == ["--base"] else f"BASE_IMAGE={tiny.base}"
    done = run(tiny, *way, other)
    assert done.returncode == 0, done.stderr
    assert engine.images.get(TAG).labels["base.digest"] == ""


def test_an_engine_without_the_classic_builder_builds_with_buildkit(
    docker_host: str, tiny: Tiny, engine: docker.DockerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = buildkit_path()
    if path is None:
        pytest.skip("no docker command here has BuildKit")

    def refuses(*_: object, **__: object) -> None:
        answer = requests.Response()
        answer.status_code = 501
        raise APIError("not implemented", response=answer, explanation="not implemented")

    monkeypatch.setattr("docker.api.build.BuildApiMixin.build", refuses)
    monkeypatch.setenv("PATH", path)
    tiny.dockerfile("ENV A=5")
    built = build(tiny.root, tag=TAG, engine=docker_host)
    assert built.id == engine.images.get(TAG).id
    monkeypatch.setenv("PATH", str(tiny.root))
    with pytest.raises(NoEngine, match="The engine builds with BuildKit alone, and the program"):
        build(tiny.root, tag=TAG, engine=docker_host)


@pytest.mark.parametrize("verbose", [False, True])
def test_values_of_arguments_are_not_repeated(tiny: Tiny, run: Run, verbose: bool) -> None:
    # Another instruction in each case, so that it is run.
    say = f'RUN echo "it is $TOKEN"; : {verbose}'
    tiny.dockerfile("ARG TOKEN", say, 'ENV KEPT="${TOKEN}"')
    words = ["--verbose"] if verbose else []
    for given in (["TOKEN"], [f"TOKEN={WORD}"]):
        done = run(tiny, "--build-arg", *given, *words, TOKEN=WORD)
        assert done.returncode == 0, done.stderr
        assert ("it is ****" in done.stderr) == (verbose and given == ["TOKEN"])
        assert WORD not in done.stdout + done.stderr
        assert WORD not in (tiny.root / "image.json").read_text("utf-8")
        assert record(tiny)["build_args"] == ["TOKEN"]
        assert "The history of the image shows the value of a build argument" in done.stdout
    tiny.dockerfile("ARG TOKEN", 'RUN echo "it is $TOKEN"; exit 3')
    failed = run(tiny, "--build-arg", f"TOKEN={WORD}")
    assert failed.returncode == 1
    assert WORD not in failed.stdout + failed.stderr
    assert "it is ****" in failed.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--tag", "Tiny:1"], "'Tiny:1' is no name of an image"),
        (["--tag", "a:b:c"], "is no name of an image"),
        (["--build-arg", "TOKN=1"], "The Dockerfile has no argument TOKN; it has BASE_IMAGE, "),
        (["--build-arg", "=1"], "--build-arg takes NAME=VALUE"),
        (["--build-arg", "NOT_SET"], "takes its value from the environment, which has no NOT_SET"),
        (["--base", "x", "--build-arg", "BASE_IMAGE=y"], "say the same; give one of them"),
        (["--platform", "foo"], "--platform takes linux/ARCH, such as linux/amd64"),
        (["--network", "nb2prod-has-none"], "The engine has no network nb2prod-has-none: docker"),
        (["--push", "--tag", "tiny:1"], "--push needs an image whose name says where it goes"),
        (["--engine", "unix:///nowhere/docker.sock"], "No engine answers at unix:///nowhere/"),
        (["--engine", "nonsense://x"], "No engine answers at nonsense://x"),
        (["--pin-digest", "--base", "127.0.0.1:1/a:1"], "cannot ask the registry for the digest"),
    ],
)
def test_what_cannot_be_asked_for(tiny: Tiny, run: Run, words: list[str], expected: str) -> None:
    done = run(tiny, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tiny.root / "image.json").exists()


@pytest.mark.network
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["RUN apt-get update && apt-get install -y nb2prod-has-none"],
            "The release of the base image has no system package nb2prod-has-none. Name",
        ),
        (
            [
                "COPY --from=nb2prod-tests/uv:local /uv /usr/local/bin/uv",
                (
                    "RUN uv venv /opt/venv && uv pip install -p /opt/venv/bin/python --no-cache"
                    " demjson==2.2.4"
                ),
            ],
            "demjson==2.2.4 has no wheel for this Python, and does not build from its source.",
        ),
        (["COPY absent.txt /"], "COPY absent.txt / finds no absent.txt: it is not in the project"),
        (["RUNN echo"], "The engine cannot read the Dockerfile: "),
        (["FROM 127.0.0.1:1/absent:1"], "does not reach the registry of the image 127.0.0.1:1/ab"),
        (
            ["RUN printf '\\033[31mred\\033[0m\\n'; exit 5"],
            (
                "exit 5, which ends with 5. The Dockerfile was changed since nb2prod wrote it: see"
                " whether that is why.\n    red\n"
            ),
        ),
    ],
)
def test_a_failed_build_is_explained(
    tiny: Tiny, run: Run, builder: Builder, lines: list[str], expected: str
) -> None:
    builder.standins.uv()
    tiny.dockerfile(*lines)
    done = run(tiny, "--quiet")
    assert (done.returncode, done.stdout) == (1, "")
    assert expected in done.stderr
    assert "\x1b" not in done.stderr
    assert not (tiny.root / "image.json").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_the_build_at_the_engine(
    engine: docker.DockerClient, docker_host: str, tiny: Tiny, number: signal.Signals
) -> None:
    tiny.dockerfile(f"RUN echo {number.name} && sleep 300")
    before = {one.id for one in engine.containers.list()}
    words = [sys.executable, "-m", "nb2prod", "build", str(tiny.root), "--tag", TAG, "--verbose"]
    environment = variables({"DOCKER_HOST": docker_host})

    def sleeping() -> list[str]:
        running = [one for one in engine.containers.list() if one.id not in before]
        return [str(one.id) for one in running if "sleep 300" in str(one.attrs["Args"])]

    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE) as process:
        assert waited(lambda: bool(sleeping()))
        process.send_signal(number)
        assert process.wait(30) == (130 if number == signal.SIGINT else 143)
    assert waited(lambda: not sleeping())


def waited(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


@pytest.fixture
def registry(docker_host: str, tmp_path: Path) -> Iterator[Registry]:
    """An empty registry of this machine."""
    if not docker_host.startswith("unix://"):
        pytest.skip("the engine may be on another machine, which this registry is not for")
    try:
        with running_registry(tmp_path / "registry") as running:
            yield running
    except NoRegistry as reason:
        pytest.skip(str(reason))


def test_it_is_pushed_and_built_on_a_digest(
    engine: docker.DockerClient, tiny: Tiny, run: Run, registry: Registry
) -> None:
    """A base is built and pushed, then pinned; what is on it is pushed as well."""
    base = f"{registry.address}/nb2prod-tests/base:1"
    (tiny.root / "Dockerfile").write_text(
        "ARG BASE_IMAGE=scratch\nFROM ${BASE_IMAGE}\nLABEL nb2prod.tests=build\nCOPY src /src\n",
        encoding="utf-8",
    )
    first = run(tiny, "--tag", base, "--push")
    assert first.returncode == 0, first.stderr
    pushed = registry.digest("nb2prod-tests/base", "1")
    assert record(tiny)["pushed"] == {"reference": base, "digest": pushed}
    assert f"pushed:      {pushed}" in first.stdout
    engine.images.remove(base)
    again = run(tiny, "--base", base, "--pin-digest", "--json")
    assert again.returncode == 0, again.stderr
    found = json.loads(again.stdout)
    assert found["base"] == {"reference": base, "digest": pushed}
    assert f"FROM {base}@{pushed[:20]}" in again.stderr
    engine.images.remove(TAG, force=True)
    engine.images.remove(f"{base}@{pushed}", force=True)
    # A tag that is not there: nothing is built.
    absent = run(tiny, "--base", f"{base}0", "--pin-digest")
    assert absent.returncode == 2
    assert f"The registry does not know the image {base}0" in absent.stderr
    with pytest.raises(ImageNotFound):
        engine.images.get(TAG)


def test_a_refused_push_is_explained(
    engine: docker.DockerClient, tiny: Tiny, run: Run, registry: Registry, tmp_path: Path
) -> None:
    tiny.dockerfile("ENV A=2")
    with running_registry(tmp_path / "closed", login=True) as closed:
        reference = f"{closed.address}/nb2prod-tests/build:1"
        done = run(tiny, "--tag", reference, "--push")
    assert done.returncode == 1
    assert f"{reference} is built and stays in the engine, but was not pushed" in done.stderr
    assert f"Log in with docker login {closed.address}" in done.stderr
    assert record(tiny)["pushed"] is None
    gone = run(tiny, "--tag", reference, "--push")
    assert gone.returncode == 1
    assert "the engine does not reach the registry" in gone.stderr


def test_another_platform_is_warned_of(tiny: Tiny, run: Run) -> None:
    tiny.dockerfile("ENV A=3")
    done = run(tiny, "--platform", "linux/arm64", "--quiet")
    shown = run(tiny, "--platform", "linux/arm64")
    assert done.stdout == ""
    assert "requirements.lock were chosen for linux/amd64: for linux/arm64" in shown.stderr


def buildkit_path() -> str | None:
    """A PATH whose docker has BuildKit built in, or buildx beside it."""
    for directory in os.environ["PATH"].split(os.pathsep):
        program = Path(directory, "docker")
        if program.is_file():
            asked = subprocess.run(
                [program, "--version"], capture_output=True, text=True, check=False
            )
            buildx = subprocess.run(
                [program, "buildx", "version"], capture_output=True, check=False
            )
            if buildx.returncode == 0 or " 20." in asked.stdout:
                return f"{directory}{os.pathsep}{os.environ['PATH']}"
    return None


@pytest.mark.network
def test_a_private_index_leaves_no_password(
    engine: docker.DockerClient,
    made: Tiny,
    run: Run,
    docker_host: str,
    tmp_path: Path,
) -> None:
    path = buildkit_path()
    if path is None:
        pytest.skip("no docker command here has BuildKit")
    if not docker_host.startswith("unix://"):
        pytest.skip("the engine may be on another machine, which this index is not for")
    asks = f"!pip install --index-url https://index.example.invalid/simple {NAME}=={VERSION}"
    tiny = tiny_project(tmp_path, f"{asks}\nimport {MODULE}")
    generated = (tiny.root / "Dockerfile").read_text("utf-8")
    tiny.dockerfile("RUN echo without")
    without = run(tiny)
    assert without.returncode == 0, without.stderr
    assert "not every secret for them is here" in without.stderr
    (tiny.root / "Dockerfile").write_text(generated, encoding="utf-8")
    with private_index(tmp_path, "reader", WORD) as address:
        given = {"UV_INDEX": f"http://reader:{WORD}@{address}", "PATH": path}
        done = run(tiny, "--network", "host", "--verbose", "--no-cache", **given)
        assert done.returncode == 0, done.stderr
        # A wrong password is told of, and not repeated either.
        refused = {**given, "UV_INDEX": f"http://reader:{WORD}2@{address}"}
        failed = run(tiny, "--network", "host", "--no-cache", **refused)
    assert "Dockerfile.private is built, and given the secret index (UV_INDEX)\n" in done.stderr
    assert failed.returncode == 1
    assert "A package index refuses the login that it is given" in failed.stderr
    assert WORD not in done.stdout + done.stderr + failed.stdout + failed.stderr
    assert f"{NAME}=={VERSION}" in done.stderr
    shown = engine.containers.run(
        TAG,
        ["-c", f"import {MODULE}; print({MODULE}.WORD)"],
        entrypoint="/opt/venv/bin/python",
        remove=True,
    )
    assert shown == b"from the private index\n"
    image = engine.images.get(TAG)
    assert record(tiny)["image"]["id"] == image.id
    assert WORD not in json.dumps([image.history(), image.attrs, record(tiny)])
    saved = tmp_path / "image.tar"
    with saved.open("wb") as file:
        file.writelines(image.save())
    for word, found in ((WORD, 1), ("from the private index", 0)):
        search = ["grep", "--quiet", "--binary-files=text", "--fixed-strings", word, str(saved)]
        assert subprocess.run(search, check=False).returncode == found, word


def test_without_buildkit_it_is_said_what_to_install(tiny: Tiny, run: Run, tmp_path: Path) -> None:
    tiny.dockerfile("RUN --mount=type=secret,id=index true", file="Dockerfile.private")
    programs = tmp_path / "programs"
    programs.mkdir()
    given = {"UV_INDEX": f"https://reader:{WORD}@example.invalid/simple", "PATH": str(programs)}
    none = run(tiny, **given)
    assert (none.returncode, none.stdout) == (2, "")
    assert "the program docker is not installed: install docker's buildx" in none.stderr
    docker_28 = programs / "docker"
    docker_28.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "Docker version 28.2.2, build e6534b4" || exit 1\n'
    )
    docker_28.chmod(0o755)
    old = run(tiny, **given)
    assert old.returncode == 2
    assert "docker 28 comes without it: install docker's buildx" in old.stderr
    assert WORD not in none.stderr + old.stderr
