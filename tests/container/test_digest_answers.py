"""What becomes of an engine's answers. The engine is a server of the test; none is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import nb2prod
from nb2prod.container import digest
from nb2prod.container.digest import EngineCannotAnswer, image_digest
from tests.container.unpinned import notebook_at

REFERENCE = "example.invalid/cuda:12.4.1-base-ubuntu22.04"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
AMD, ARM = ({"os": "linux", "architecture": name} for name in ("amd64", "arm64"))
INSIDE = "192.0.2.53"  # an address of the machine's network, as engines name them


@dataclass
class Engine:
    """What the server answers, and what it was asked for."""

    status: int = 200
    body: object = None
    slow: bool = False
    ending: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Engine]:
    """The engine that `DOCKER_HOST` names; the test says what it answers about images."""
    answers = Engine()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.asked.append(self.path)
            if self.path == "/version":
                self.answer(200, {"ApiVersion": "1.41"})
            elif answers.slow:
                self.dribble()
            else:
                self.answer(answers.status, answers.body)

        def answer(self, status: int, body: object) -> None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def dribble(self) -> None:
            """A byte now and then: no read takes long, and the answer never ends."""
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            with suppress(OSError):
                while not answers.ending.wait(0.1):
                    self.wfile.write(b" ")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))  # nobody's logins
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield answers
        answers.ending.set()
        server.shutdown()
        thread.join()
    for other in threading.enumerate():
        if other.name == "image digest":
            other.join(10)


@pytest.mark.parametrize(
    "platforms",
    [{"Platforms": [AMD]}, {"Platforms": [ARM, AMD]}, {"Platforms": []}, {"Platforms": None}, {}],
)
def test_the_digest_of_the_answer(engine: Engine, platforms: dict[str, object]) -> None:
    engine.body = {"Descriptor": {"digest": DIGEST, "size": 5}, **platforms}
    assert image_digest(REFERENCE) == DIGEST
    assert engine.asked == ["/version", f"/v1.41/distribution/{REFERENCE}/json"]


KNOWS_NOT = "The registry does not know the image {}: see whether its tag still exists."
REFUSES = (
    "The registry refuses to say which digest {} has: log in to it with docker login, or try again"
    " later."
)
CANNOT_ASK = (
    "The Docker Engine cannot ask the registry for the digest of {0}: docker pull {0} says more."
)
NO_DIGEST = "The Docker Engine's answer has no digest of {}."
NOT_OURS = "The registry has no {} for linux/amd64."


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (404, {"message": "manifest unknown: manifest unknown"}, KNOWS_NOT),
        (404, {"message": "errors:\nname unknown: repository name not known"}, KNOWS_NOT),
        (500, {"message": "manifest unknown"}, KNOWS_NOT),
        (401, {"message": "authentication required"}, REFUSES),
        (403, {"message": "forbidden"}, REFUSES),
        (500, {"message": "unauthorized: authentication required"}, REFUSES),
        (500, {"message": "denied: requested access to the resource is denied"}, REFUSES),
        (500, {"message": "Get https://example.invalid: no basic auth credentials"}, REFUSES),
        (500, {"message": "toomanyrequests: You have reached your pull rate limit"}, REFUSES),
        (500, {"message": f"dial tcp: lookup example.invalid on {INSIDE}:53"}, CANNOT_ASK),
        (500, {"message": None}, CANNOT_ASK),
        (503, b"", CANNOT_ASK),
        (404, b"page not found", CANNOT_ASK),  # an engine that has no such question
        (400, {"message": "invalid reference format"}, CANNOT_ASK),
        (500, ["no message"], CANNOT_ASK),
        (200, b"<html>a proxy's page</html>", CANNOT_ASK),
        (200, [], NO_DIGEST),
        (200, {}, NO_DIGEST),
        (200, {"Descriptor": None}, NO_DIGEST),
        (200, {"Descriptor": {"digest": 5}}, NO_DIGEST),
        (200, {"Descriptor": {"digest": f"{DIGEST}\nRUN x"}}, NO_DIGEST),
        (200, {"Descriptor": {"digest": DIGEST}, "Platforms": [ARM]}, NOT_OURS),
        (200, {"Descriptor": {"digest": DIGEST}, "Platforms": [None]}, NOT_OURS),
    ],
)
def test_what_is_no_digest_is_told_in_a_sentence(
    engine: Engine, status: int, body: object, sentence: str
) -> None:
    engine.status, engine.body = status, body
    with pytest.raises(EngineCannotAnswer) as caught:
        image_digest(REFERENCE)
    assert str(caught.value) == sentence.format(REFERENCE)


def test_an_answer_that_does_not_end_is_waited_for_so_long(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.slow = True
    monkeypatch.setattr(digest, "_SECONDS", 1)
    started = time.monotonic()
    with pytest.raises(
        EngineCannotAnswer, match=r"did not say within 1 seconds which digest .* ha"
    ):
        image_digest(REFERENCE)
    assert time.monotonic() - started < 5


def test_a_helper_for_logins_that_fails(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").write_text('{"credsStore": "absent"}', encoding="utf-8")
    with pytest.raises(EngineCannotAnswer, match=r"^The Docker Engine cannot ask the registry "):
        image_digest(REFERENCE)
    assert engine.asked == ["/version"]


@pytest.mark.parametrize("host", ["tcp://127.0.0.1:1", "nonsense://nowhere", "tcp://"])
def test_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with pytest.raises(EngineCannotAnswer, match=r"^No Docker Engine answers: start it"):
        image_digest(REFERENCE)


def test_without_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docker", None)
    with pytest.raises(EngineCannotAnswer, match=r"install nb2prod\[docker\]\.$"):
        image_digest(REFERENCE)


def test_a_stated_digest_is_the_answer(engine: Engine) -> None:
    assert image_digest(f"{REFERENCE}@{DIGEST}") == DIGEST
    assert engine.asked == []


def test_it_is_in_the_manifest_and_in_the_dockerfile(engine: Engine, tmp_path: Path) -> None:
    engine.body = {"Descriptor": {"digest": DIGEST}, "Platforms": [AMD, ARM]}
    options = nb2prod.Options(pin_digest=True, lock="never")
    done = nb2prod.convert(notebook_at(tmp_path), tmp_path / "project", options)
    assert done.complete
    base = json.loads(done.files["nb2prod.json"])["base_image"]
    assert base["digest"] == DIGEST
    assert engine.asked[-1] == f"/v1.41/distribution/{base['reference']}/json"
    argument = f"ARG BASE_IMAGE={base['reference']}@{DIGEST}\n"
    assert argument in done.files["Dockerfile"].decode()


@pytest.mark.parametrize("asked", [False, True], ids=["convert", "plan"])
def test_nobody_is_asked_unasked(engine: Engine, tmp_path: Path, asked: bool) -> None:
    """Neither without the option nor for a plan, which uses no network."""
    path, options = notebook_at(tmp_path), nb2prod.Options(pin_digest=asked, lock="never")
    if asked:
        migration = nb2prod.plan(nb2prod.read(path), options)
    else:
        migration = nb2prod.convert(path, tmp_path / "project", options).migration
    assert engine.asked == []
    assert migration.environment.base_image.digest is None
    assert migration.attention == ()


def test_the_command_writes_the_project_without_an_engine(tmp_path: Path) -> None:
    project = tmp_path / "project"
    command = [sys.executable, "-m", "nb2prod", "convert", str(notebook_at(tmp_path))]
    command += ["-o", str(project), "--pin-digest", "--lock", "never"]
    dead = {"DOCKER_HOST": f"unix://{tmp_path / 'none.sock'}", "DOCKER_CONFIG": str(tmp_path)}
    sources = str(Path(nb2prod.__file__).parents[1])
    done = subprocess.run(
        command,
        env={**os.environ, **dead, "PYTHONPATH": sources},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    note = (
        "the base image is not pinned to a digest. No Docker Engine answers: start it (systemctl"
        " start docker, or Docker Desktop), or say in DOCKER_HOST where one is."
    )
    assert note in done.stdout
    assert note in (project / "README.md").read_text(encoding="utf-8")
    assert json.loads((project / "nb2prod.json").read_bytes())["base_image"]["digest"] is None
    assert "@sha256" not in (project / "Dockerfile").read_text(encoding="utf-8")
