"""What becomes of an inventory where the engine fails on the way: an engine of a few answers, on
this machine's loopback.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import docker
import pytest
from docker.models.images import Image

from nb2prod.container.contents.inventory import CannotLookInside, inventory

Answer = tuple[int, object] | None
"""A status and a document; None for a connection that is closed without a word."""

CREATED: Answer = (201, {"Id": "0" * 64, "Warnings": []})
STARTED: Answer = (204, None)


@dataclass
class Engine:
    """Where it answers, and what it was asked to make and to take away."""

    url: str
    made: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


@contextmanager
def engine_of(created: Answer, started: Answer, ended: Answer, removed: Answer) -> Iterator[Engine]:
    """An engine with these answers, for the block."""

    class Handler(BaseHTTPRequestHandler):
        def give(self, answer: Answer) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if answer is None:
                self.close_connection = True
                return
            status, document = answer
            text = b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_GET(self) -> None:
            self.give((200, {"Id": "0" * 64, "Name": "/made", "Config": {}, "State": {}}))

        def do_POST(self) -> None:
            path, _, query = self.path.partition("?")
            if path.endswith("/create"):
                engine.made.append(query.removeprefix("name="))
            answers = {"create": created, "start": started, "wait": ended}
            self.give(answers[path.rpartition("/")[2]])

        def do_DELETE(self) -> None:
            engine.removed.append(self.path.partition("?")[0].rpartition("/")[2])
            self.give(removed)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        engine = Engine(f"tcp://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield engine
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("created", "started", "ended", "removed", "said"),
    [
        (None, None, None, None, "The engine stopped answering while the image was looked into"),
        (CREATED, None, None, None, "The engine stopped answering"),
        (CREATED, STARTED, None, (204, None), "The engine stopped answering"),
        # Whether the container goes away does not change what is said.
        (
            CREATED,
            (500, {"message": "no room"}),
            None,
            (409, {"message": "removal of container made is already in progress"}),
            "The engine does not run the image: no room",
        ),
        (
            (404, {"message": "No such image"}),
            None,
            None,
            (404, {"message": "No such container"}),
            "The engine does not run the image: No such image",
        ),
    ],
)
def test_one_sentence_says_it_and_the_container_is_taken_away(
    created: Answer, started: Answer, ended: Answer, removed: Answer, said: str
) -> None:
    with engine_of(created, started, ended, removed) as engine:
        client = docker.DockerClient(engine.url, version="1.41", timeout=10)
        try:
            image = Image(attrs={"Id": "sha256:0"}, client=client)
            with pytest.raises(CannotLookInside) as raised:
                inventory(client, image)
        finally:
            client.close()
    assert str(raised.value).startswith(said)
    assert engine.removed == engine.made
    assert engine.made[0].startswith("nb2prod-inventory-")


def test_an_interruption_while_it_is_created(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine made it, and nobody heard of that."""
    with engine_of(CREATED, STARTED, None, (204, None)) as engine:
        client = docker.DockerClient(engine.url, version="1.41", timeout=10)
        create: Callable[..., object] = client.api.create_container_from_config

        def interrupted(*given: Any, **named: Any) -> None:
            create(*given, **named)
            raise KeyboardInterrupt

        monkeypatch.setattr(client.api, "create_container_from_config", interrupted)
        try:
            with pytest.raises(KeyboardInterrupt):
                inventory(client, Image(attrs={"Id": "sha256:0"}, client=client))
        finally:
            client.close()
    assert engine.removed == engine.made != []


def test_each_has_a_name_of_its_own() -> None:
    with engine_of(None, None, None, None) as engine:
        client = docker.DockerClient(engine.url, version="1.41", timeout=10)
        for _ in range(2):
            with pytest.raises(CannotLookInside):
                inventory(client, Image(attrs={"Id": "sha256:0"}, client=client))
        client.close()
    assert len(set(engine.made)) == 2
