"""A server for chat completions on this machine, and what goes to and fro."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# No key of anything: put together here, so that it stands in no file.
KEY = "-".join(("made", "up", "for", "this", "run", "0417"))
SAID = "Twenty minutes of cool water, says the loopback."


@dataclass
class Model:
    """A server for chat completions on this machine that writes down what it is asked."""

    port: int = 0
    asked: list[tuple[str, str | None, dict[str, object]]] = field(default_factory=list)

    @property
    def base(self) -> str:
        """What `api_base` is set to."""
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def serving() -> Iterator[Model]:
    """Serve on a free port of the loopback until the end of the block; `/broken` answers 503."""
    model = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.asked.append((self.path, self.headers["Authorization"], body))
            answer = {"choices": [{"message": {"role": "assistant", "content": SAID}}]}
            data = json.dumps(answer).encode()
            self.send_response(503 if self.path.startswith("/broken") else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: what was asked is in the record."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    model.port = server.server_port
    try:
        yield model
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
