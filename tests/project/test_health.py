"""The check of a service, run as a container runs it: against a server on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from nb2prod.analysis.facts import Service
from nb2prod.location import Location
from nb2prod.project.health import probe


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/well" else 503)
        self.end_headers()

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - its name there
        """Nothing: the tests do not look at it."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where the server answers."""
    with HTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def asked(port: int, health: str | None, directory: Path, **variables: str) -> int:
    """The exit code of the check."""
    words = probe(Service("flask", port, Location(1), health=health))
    assert words[0] == "python"
    done = subprocess.run(
        [sys.executable, *words[1:]],
        cwd=directory,
        env={**os.environ, **variables},
        capture_output=True,
        check=False,
    )
    return done.returncode


def test_a_page_that_answers_is_well_and_no_other(port: int, tmp_path: Path) -> None:
    assert asked(port, "/well", tmp_path) == 0
    assert asked(port, "/ill", tmp_path) != 0
    assert asked(port, None, tmp_path) == 0


def test_where_nobody_listens_it_is_not_well(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        free = taken.getsockname()[1]
        assert asked(free, "/well", tmp_path) != 0
        assert asked(free, None, tmp_path) != 0


def test_neither_a_proxy_nor_the_program_s_files_come_in_between(port: int, tmp_path: Path) -> None:
    (tmp_path / "urllib").mkdir()
    (tmp_path / "urllib" / "__init__.py").write_text("raise SystemExit(9)")
    (tmp_path / "socket.py").write_text("raise SystemExit(9)")
    nowhere = {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    assert asked(port, "/well", tmp_path, **nowhere) == 0
    assert asked(port, None, tmp_path, **nowhere) == 0
