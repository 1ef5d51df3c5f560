"""A stand-in of the OSV service on this machine's loopback, which knows one vulnerability or fails
in one of the ways that services fail.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Manner = Literal["well", "garbage", "unknown-schema", "no-json", "refusing", "slow"]

PACKAGE, VERSION, FIXED = "demo-vulnerable", "1.0", "1.1"
KNOWN: dict[str, Any] = {
    "id": "GHSA-demo-demo-demo",
    "aliases": ["CVE-1999-0001"],
    "summary": "Opens\x1b[31m every door",
    "modified": "2024-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": PACKAGE, "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": FIXED}]}],
        }
    ],
}


@dataclass
class Service:
    """Where it answers, and the names and versions that it was asked about."""

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def serving(manner: Manner = "well") -> Iterator[Service]:
    """The service, for the block."""
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name, version = question["package"]["name"], question["version"]
            service.asked.append((name, version))
            answer: object = {"vulns": [KNOWN]} if (name, version) == (PACKAGE, VERSION) else {}
            if manner == "garbage":
                answer = {"vulns": [{"severity": 7}]}
            if manner == "unknown-schema":
                answer = {"vulns": [KNOWN | {"schema_version": "9.0.0"}]}
            if manner == "slow":
                done.wait(20)
            text = "<html>Welcome" if manner == "no-json" else json.dumps(answer)
            with suppress(BrokenPipeError):  # who waited too long has gone
                self.send_response(503 if manner == "refusing" else 200)
                self.end_headers()
                self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = Service(f"http://127.0.0.1:{server.server_port}/v1/query")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        done.set()
        server.shutdown()
        thread.join()
        server.server_close()
