"""`nb2prod run` with a real engine: what a program is given, and what comes back of it."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

import docker
import pytest
from docker.errors import ImageNotFound

import nb2prod
from nb2prod.container.building.context import pack
from nb2prod.container.project import Project, Served, read_project
from nb2prod.container.running.mounts import Mounted
from nb2prod.container.running.process import CannotRun
from nb2prod.container.running.run import Ran, RunOptions, run
from tests.container.built import PYTHON
from tests.container.images import Builder
from tests.container.standin import UV_IMAGE, NoStandin
from tests.hygiene.build import written

pytestmark = [pytest.mark.docker, pytest.mark.network, pytest.mark.slow]

# No secret of anybody: put together here, so that it stands in no file.
VALUE = "-".join(("made", "up", "for", "run", "0417"))
CELLS = (
    "from google.colab import drive, userdata\nimport os, sys\ndrive.mount('/content/drive')",
    'lines = 3 #@param {type:"integer"}\ncode = 0 #@param {type:"integer"}',
    "token = userdata.get('MODEL_TOKEN')\nprint(token[::-1], 'MODEL_TOKEN' in os.environ)",
    "for number in range(lines):\n    print('line', number)\nprint('said', file=sys.stderr)",
    "given = open('/content/drive/MyDrive/given.txt').read()",
    "with open('result.txt', 'w') as file:\n    file.write(given)",
    "if code:\n    sys.exit(code)",
)
OURS = "nb2prod.project=run-of-a-test"
WAITING = "import time; print('ready', flush=True); time.sleep(60)"

Command = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(scope="session")
def tiny(builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose image the engine has."""
    directory = tmp_path_factory.mktemp("tiny")
    notebook = directory / "run_of_a_test.ipynb"
    notebook.write_bytes(written(*CELLS, metadata={"kernelspec": {"name": "python3"}}))
    options = nb2prod.Options(python=PYTHON, lock="never")
    done = nb2prod.convert(notebook, directory / "project", options)
    try:
        image = builder.build(done.directory, done.migration)
    except NoStandin as reason:
        pytest.skip(str(reason))
    record = {
        "image": {"reference": done.migration.image, "id": image.id},
        "context": {"sha256": pack(done.directory).sha256},
        "build_args": [],
    }
    (done.directory / "image.json").write_text(json.dumps(record), "utf-8")
    return read_project(done.directory)


@pytest.fixture
def project(
    tiny: Project, docker_host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """A copy of the project, with its data, to be run by this process at that engine."""
    monkeypatch.setenv("DOCKER_HOST", docker_host)
    monkeypatch.delenv("MODEL_TOKEN", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    (tmp_path / "runtime").mkdir()
    root = tmp_path / "project"
    shutil.copytree(tiny.root, root)
    (root / "data").mkdir()
    (root / "data" / "given.txt").write_text("given", "utf-8")
    return replace(tiny, root=root)


@pytest.fixture(autouse=True)
def nothing_is_left(
    engine: docker.DockerClient, project: Project, tmp_path: Path
) -> Iterator[None]:
    """After each test there are no containers and no files of secrets."""
    yield
    left = engine.containers.list(all=True, filters={"label": OURS})
    for container in left:  # so that it is this test alone which fails
        container.remove(force=True)
    assert left == []
    assert list((tmp_path / "runtime").iterdir()) == []


@pytest.fixture
def command(project: Project) -> Iterator[Command]:
    """Starts `nb2prod run` in a process group of its own, in the project's directory."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "nb2prod", "run", *words],
            cwd=project.root,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with process:
            process.kill()


def ran(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    """The exit code, standard output and standard error."""
    printed, said = process.communicate(timeout=120)
    return process.returncode, printed.decode(), said.decode()


class Sink(io.BytesIO):
    """Keeps what is written, and says when it is there."""

    def __init__(self) -> None:
        super().__init__()
        self.ready = threading.Event()

    def write(self, content: object, /) -> int:
        count = super().write(content)  # type: ignore[arg-type]
        if b"ready" in self.getvalue():
            self.ready.set()
        return count


def done(
    project: Project, *words: str, options: RunOptions | None = None
) -> tuple[Ran, str, list[str]]:
    """A run by the library: how it ended, what it printed, and what was told of it."""
    stdout, told = Sink(), list[str]()
    ended = run(project, words, options, stdout=stdout, tell=told.append)
    return ended, stdout.getvalue().decode(), told


# -- what it is given and gives back --------------------------------------------------------------


def test_a_run_from_the_project_s_directory(project: Project, command: Command) -> None:
    code, printed, said = ran(command("--", "--lines", "2", MODEL_TOKEN=VALUE))
    assert (code, printed) == (0, f"{VALUE[::-1]} True\nline 0\nline 1\n")
    lines = said.splitlines()
    assert "said" in lines
    assert lines[-2:] == ["nb2prod: new or changed files:", "  work/result.txt  5 B"]
    assert VALUE not in said
    result = project.root / "work" / "result.txt"
    assert result.read_text("utf-8") == "given"
    assert (result.stat().st_uid, result.stat().st_gid) == (os.getuid(), os.getgid())


def test_the_program_s_exit_code_and_directories_elsewhere(
    project: Project, command: Command, tmp_path: Path
) -> None:
    shutil.move(project.root / "data", tmp_path / "drive")
    place = ("--data", "../drive", "--work", "../made/here")
    code, printed, said = ran(command(*place, "--quiet", "--", "--code", "3", MODEL_TOKEN=VALUE))
    assert code == 3
    assert printed.endswith("line 2\n")
    assert "nb2prod:" not in said
    assert (tmp_path / "made" / "here" / "result.txt").is_file()
    assert not (project.root / "work").exists()


def test_many_lines_come_whole_and_in_order(command: Command) -> None:
    code, printed, _ = ran(command("--", "--lines", "100000", MODEL_TOKEN=VALUE))
    assert code == 0
    assert printed.splitlines()[1:] == [f"line {number}" for number in range(100_000)]


def test_bytes_stay_what_they_are(command: Command) -> None:
    program = "import sys; sys.stdout.buffer.write(bytes(range(256)) * 300)"
    process = command("--quiet", "--", "python", "-c", program)
    assert process.communicate(timeout=120)[0] == bytes(range(256)) * 300


NOT_STARTED = {
    "no engine": (["--engine", "unix:///nowhere/docker.sock"], "No engine answers at unix:///now"),
    "no data": (["--data", "nowhere"], "--data: there is no directory nowhere."),
    "no directory of it": (["--output", "out"], "--output: the program has no such directory"),
    "no network": (["--network", "nowhere"], "The engine has no network of that name"),
    "no number": (["--gpus", "some"], "--gpus takes auto, all, none or a number"),
    "no variable": (["--env", "MISSING"], "--env MISSING: there is no such variable"),
    "no file of variables": (["--env-file", "nowhere.env"], "nowhere.env cannot be read"),
    "no image": (["--tag", "nb2prod-tests/run:typo"], "The engine has no image nb2prod-tests/run:"),
    "no port": (["--port", "8080"], "--port: nothing is known that the program serves"),
    "no project": (["src"], "src is no project that nb2prod wrote"),
}


@pytest.mark.parametrize(("words", "message"), NOT_STARTED.values(), ids=NOT_STARTED)
def test_what_cannot_be_started(command: Command, words: list[str], message: str) -> None:
    code, printed, said = ran(command(*words, MODEL_TOKEN=VALUE))
    assert (code, printed) == (125, "")
    assert f"\nnb2prod: {message}" in f"\n{said}"
    assert "Traceback" not in said


def test_a_reader_that_has_gone_ends_the_program(command: Command) -> None:
    process = command("--quiet", "--", "python", "-c", "while True: print('ready' * 99)")
    assert process.stdout is not None
    assert process.stdout.read(5) == b"ready"
    process.stdout.close()
    assert process.wait(60) == 128 + signal.SIGPIPE
    assert process.stderr is not None
    assert process.stderr.read() == b""


def test_output_that_cannot_be_written_ends_the_program(project: Project) -> None:
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(CannotRun, match="No space left on device"),
    ):
        run(project, ["sh", "-c", "echo ready; sleep 60"], stdout=cast("BinaryIO", full))


# -- how it ends ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 143)]
)
def test_signals_reach_the_program(command: Command, number: int, code: int) -> None:
    process = command("--quiet", "--", "python", "-c", WAITING)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    started = time.monotonic()
    process.send_signal(number)
    assert process.wait(60) == code
    assert time.monotonic() - started < 10


def test_a_second_ctrl_c_kills(command: Command) -> None:
    deaf = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {WAITING}"
    process = command("--", "python", "-c", deaf, MODEL_TOKEN=VALUE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGINT)
    code, _, said = ran(process)
    assert code == 137
    assert "killed" not in said


DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITING}"


def test_a_second_sigterm_kills(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nb2prod.container.running.process._GRACE", 600.0)
    takes: list[Callable[[int], None]] = []
    with running(project, "python", "-c", DEAF, takes=takes) as found:
        for take in takes * 2:  # as from a terminal that closes; it is the same one
            take(signal.SIGTERM)
        time.sleep(2)
        assert found == []
    # The end of the block asked once more.
    assert [one.exit_code for one in found] == [137]


def test_what_does_not_heed_sigterm_is_killed(command: Command) -> None:
    process = command("--quiet", "--", "python", "-c", DEAF)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 137
    assert time.monotonic() - started >= 10


def test_a_run_that_was_killed_is_told_of(
    engine: docker.DockerClient, project: Project, command: Command
) -> None:
    process = command("--quiet", "--", "python", "-c", WAITING, MODEL_TOKEN=VALUE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    try:
        assert "still runs" not in ran(command("--", "true"))[2]
        process.kill()
        process.wait()
        [left] = engine.containers.list(filters={"label": OURS})
        for directory in Path(os.environ["XDG_RUNTIME_DIR"]).iterdir():
            os.utime(directory, (1, 1))
        said = ran(command("--", "true"))[2]
        assert f"its program still runs: docker rm --force {left.name} ends it." in said
    finally:
        for container in engine.containers.list(all=True, filters={"label": OURS}):
            container.remove(force=True)


@contextmanager
def running(
    project: Project,
    *words: str,
    options: RunOptions | None = None,
    takes: list[Callable[[int], None]] | None = None,
) -> Iterator[list[Ran]]:
    """A run in a thread, which prints "ready" before the block and is asked to end behind it; the
    list has how it ended then. `takes` gets what takes signals.
    """
    stdout, found = Sink(), list[Ran]()
    takes = [] if takes is None else takes

    @contextmanager
    def passing_on(take: Callable[[int], None]) -> Iterator[None]:
        takes.append(take)
        yield

    def work() -> None:
        found.append(run(project, words, options, stdout=stdout, passing_on=passing_on))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert stdout.ready.wait(60)
        yield found
    finally:
        for take in takes:
            take(signal.SIGTERM)
        thread.join(60)


def test_a_program_that_is_killed(engine: docker.DockerClient, project: Project) -> None:
    with running(project, "python", "-c", WAITING) as found:
        [container] = engine.containers.list(filters={"label": OURS})
        container.kill()
    assert found == [Ran(137, (), killed=True)]


# -- secrets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["files", "env"])
def test_a_secret_in_the_container_s_settings(
    engine: docker.DockerClient, project: Project, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_TOKEN", VALUE)
    options = RunOptions(secrets="files" if way == "files" else "env")
    with running(project, "python", "-c", WAITING, options=options):
        [container] = engine.containers.list(filters={"label": OURS})
        shown = str(container.attrs)
    assert (VALUE in shown) is (way == "env")
    assert ("MODEL_TOKEN_FILE=/run/secrets/MODEL_TOKEN" in shown) is (way == "files")


@pytest.mark.parametrize("given", ["--env", "--env-file", ".env", "environment"])
def test_where_secrets_come_from(
    project: Project, given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of them wins, and those below it have another value."""
    order = ["--env", "environment", "--env-file", ".env"]
    wins = {name: VALUE if name == given else "other" for name in order[order.index(given) :]}
    file = tmp_path / "given.env"
    if ".env" in wins:
        (project.root / ".env").write_text(f"MODEL_TOKEN={wins['.env']}\nMORE=x y\n", "utf-8")
    if "--env-file" in wins:
        file.write_text(f"MODEL_TOKEN={wins['--env-file']}\nMORE=x y\n", "utf-8")
    if "environment" in wins:
        monkeypatch.setenv("MODEL_TOKEN", wins["environment"])
    env = (f"MODEL_TOKEN={VALUE}", "MORE=x y") if given == "--env" else ()
    options = RunOptions(env=env, env_file=file if "--env-file" in wins else None)
    show = 'cat "$MODEL_TOKEN_FILE"; echo " $MORE"'
    ended, printed, told = done(project, "sh", "-c", show, options=options)
    assert ended.exit_code == 0
    assert printed == f"{VALUE} x y\n"
    source = str(file) if given == "--env-file" else given
    assert told == [f"Gives the program the secrets MODEL_TOKEN ({source})."]


def test_a_missing_secret_is_named_and_the_program_starts(project: Project) -> None:
    ended, _, told = done(project)
    assert ended.exit_code == 1
    assert [line for line in told if "MODEL_TOKEN" in line] == told
    assert told[0].startswith("Not set: MODEL_TOKEN.")


def test_missing_data_is_named_and_the_program_starts(project: Project) -> None:
    (project.root / "data" / "given.txt").unlink()
    ended, printed, told = done(project, "echo", "started")
    assert (ended.exit_code, printed) == (0, "started\n")
    place = project.root / "data" / "given.txt"
    assert [
        line for line in told if line.startswith(f"The notebook reads what is not there: {place}.")
    ]


# -- what it may do -------------------------------------------------------------------------------


def test_a_root_that_is_read_alone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_TOKEN", VALUE)
    options = RunOptions(read_only=True)
    ended, _, _ = done(project, options=options)
    assert (ended.exit_code, [output.path for output in ended.outputs]) == (
        0,
        [str(project.root / "work" / "result.txt")],
    )
    tries = "touch /home/app/a /tmp/b /work/c && echo may; touch /app/d || echo 'may not'"
    assert done(project, "sh", "-c", tries, options=options)[1] == "may\nmay not\n"


def test_data_that_is_read_alone_and_no_more_rights(project: Project) -> None:
    [data, work] = project.directories
    kept = replace(project, directories=(replace(data, writable=False), work))
    tries = "touch /data/a || echo 'may not'; grep NoNewPrivs /proc/self/status; df -m /dev/shm"
    _, printed, _ = done(kept, "sh", "-c", tries)
    lines = printed.splitlines()
    assert [*lines[0:1], lines[1].split()] == ["may not", ["NoNewPrivs:", "1"]]
    assert lines[-1].split()[1] == "2048"


def test_root_has_few_powers(project: Project) -> None:
    if os.getuid() != 0:
        pytest.skip("another user has none")
    (project.root / "work").mkdir()
    os.chown(project.root / "work", 4321, 4321)
    (project.root / "work").chmod(0o700)
    tries = "grep CapEff /proc/self/status; touch made && chown 4321:4321 made && stat -c %u made"
    printed = done(project, "sh", "-c", tries)[1].split()
    # CAP_CHOWN, CAP_DAC_OVERRIDE and CAP_FOWNER are bits 0, 1 and 3 of linux/capability.h.
    assert printed == ["CapEff:", "000000000000000b", "4321"]


def test_without_a_network(project: Project) -> None:
    show = "cat /proc/net/route | wc -l"
    assert done(project, "sh", "-c", show, options=RunOptions(network="none"))[1] == "1\n"


def test_files_for_uploads(project: Project, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_text("a picture", "utf-8")
    asking = replace(project, uploads=("--upload",))
    show = "import sys; print(sys.argv[2], open(sys.argv[2]).read())"
    words = ("python", "-c", show, "--upload", str(tmp_path / "photo.png"))
    assert done(asking, *words)[1] == "/run/uploads/1/photo.png a picture\n"


# -- GPUs, services, images -----------------------------------------------------------------------


def gives_gpus(engine: docker.DockerClient) -> bool:
    return "nvidia" in engine.info()["Runtimes"]


def test_a_gpu_that_the_engine_does_not_give(
    engine: docker.DockerClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    if gives_gpus(engine):
        pytest.skip("this engine gives GPUs")
    monkeypatch.setattr("nb2prod.container.host.has_gpu", lambda: True)
    wanting = replace(project, gpus=1)
    ended, printed, told = done(wanting, "echo", "started")
    assert (ended.exit_code, printed) == (0, "started\n")
    assert [line for line in told if "NVIDIA Container Toolkit" in line] == told[-1:]
    for asked in ("all", "1"):
        with pytest.raises(CannotRun, match="NVIDIA Container Toolkit"):
            done(wanting, "echo", "started", options=RunOptions(gpus=asked))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("local", [False, True])
def test_a_service_is_reached(project: Project, local: bool) -> None:
    port = free_port()
    serving = replace(project, service=Served(port, local, None, {"SERVED": "yes"}))
    address = "127.0.0.1" if local else "0.0.0.0"
    program = f"""import http.server, os
server = http.server.HTTPServer(("{address}", {port}), http.server.SimpleHTTPRequestHandler)
open("served.txt", "w").write(os.environ["SERVED"])
print("ready", flush=True)
server.serve_forever()"""
    url = f"http://127.0.0.1:{port}/served.txt"
    with (
        running(serving, "python", "-c", program) as found,
        urllib.request.urlopen(url, timeout=20) as answer,
    ):
        assert answer.read() == b"yes"
    assert found[0].exit_code == 143


def test_a_port_that_is_taken(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        serving = replace(project, service=Served(port, False, None, {}))
        with pytest.raises(CannotRun, match=rf"Port {port} .* with --port"):
            done(serving, "true")
        free = free_port()
        ended, _, told = done(serving, "true", options=RunOptions(port=free))
    assert ended.exit_code == 0
    assert f"The program serves at http://127.0.0.1:{free}/ once it is ready." in told


def test_an_engine_that_does_not_see_a_directory(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an engine on another machine."""
    monkeypatch.setattr(
        "nb2prod.container.running.run.directories",
        lambda *_: [Mounted("data", Path("/not/here/at/all"), "/data", writable=True)],
    )
    monkeypatch.setattr("nb2prod.container.running.run.make", lambda _: None)
    with pytest.raises(CannotRun, match="does not see this machine's directories"):
        done(project, "true")


def test_an_image_that_is_not_there_is_built_and_compared(
    engine: docker.DockerClient, project: Project
) -> None:
    dockerfile = project.root / "Dockerfile"
    text = dockerfile.read_text("utf-8")
    lines = [
        f"ARG UV_IMAGE={UV_IMAGE}" if line.startswith("ARG UV_IMAGE=") else line
        for line in text.splitlines()
    ]
    dockerfile.write_text("\n".join(lines) + "\n", "utf-8")
    (project.root / "image.json").unlink()
    project = replace(project, image="nb2prod-tests/run:first")
    try:
        _, printed, told = done(project, "echo", "built")
        assert printed == "built\n"
        assert told[0] == "The engine has no image nb2prod-tests/run:first; it is built first."
        assert not any("built" in line for line in done(project, "true")[2])
        with (project.root / "src" / project.package / "pipeline.py").open("a") as file:
            file.write("# changed\n")
        [line] = [line for line in done(project, "true")[2] if "built" in line]
        assert line.startswith("The project was changed since nb2prod-tests/run:first was built")
    finally:
        with suppress(ImageNotFound):
            engine.images.remove("nb2prod-tests/run:first")
