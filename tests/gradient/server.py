"""A stand-in for the service: answers as it did, on the loopback interface, and records what came.

What it answers is what the Gradient commands 1.11.0 and 2.0.6 need to finish: read off their
sources, and tried.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; `query` is what stood behind the question mark."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def parameters(self) -> dict[str, str]:
        """The query's names and values. A name that comes twice is an `AssertionError`."""
        pairs = parse_qsl(self.query, keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs), f"a name comes twice: {self.query}"
        return dict(pairs)

    def document(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Server:
    """The running server; `refuse` makes it answer every request with HTTP 400 from then on."""

    address: str
    requests: list[Request] = field(default_factory=list)
    refuse: bool = False

    def posts(self) -> list[Request]:
        """The requests that make something."""
        return [request for request in self.requests if request.method == "POST"]


@contextmanager
def serving() -> Iterator[Server]:
    """A server on a port of its own, up while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            split = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = MappingProxyType({k.lower(): v for k, v in self.headers.items()})
            server.requests.append(Request(self.command, split.path, split.query, headers, body))
            refusal = {"status": 400, "message": "refused by the test", "error": "refused"}
            answer = refusal if server.refuse else _reply(self.command, split.path)
            payload = json.dumps(answer).encode()
            self.send_response(400 if server.refuse else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - what http.server calls them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Say nothing: the requests are recorded."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server = Server(f"http://127.0.0.1:{listening.server_port}")
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


def _reply(method: str, path: str) -> dict[str, object]:
    match method, path.strip("/").split("/"):
        case "POST", ["jobs", "createJob"]:
            return {"id": "job-made-up", "handle": "job-made-up"}
        case "POST", ["workflows"]:
            return {"id": "workflow-made-up", "name": "made-up"}
        case "POST", ["workflows", _, "runs"]:
            return {"status": {"phase": "pending", "logId": "log-made-up"}}
        case "POST", ["graphql"]:
            return {"data": {"createDeployment": {"deployment": {"id": "deployment-made-up"}}}}
        case _:
            return {}
