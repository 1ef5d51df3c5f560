"""A package index on this machine's loopback that wants a login, and has one wheel."""

from __future__ import annotations

import base64
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAME, VERSION = "nb2prod-tests-private", "1.0"
MODULE = "nb2prod_tests_private"
WHEEL = f"{MODULE}-{VERSION}-py3-none-any.whl"


def write_wheel(directory: Path) -> Path:
    """A wheel with one module that says a word."""
    info = f"{MODULE}-{VERSION}.dist-info"
    path = directory / WHEEL
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{MODULE}.py", "WORD = 'from the private index'\n")
        metadata = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n"
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        files = [f"{MODULE}.py", f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD"]
        archive.writestr(f"{info}/RECORD", "".join(f"{file},,\n" for file in files))
    return path


@contextmanager
def private_index(directory: Path, user: str, password: str) -> Iterator[str]:
    """The address of the index, without the login that it wants."""
    wheel = write_wheel(directory).read_bytes()
    login = base64.b64encode(f"{user}:{password}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers["Authorization"] != f"Basic {login}":
                self._answer(401, b"", "text/plain")
            elif self.path == f"/simple/{NAME}/":
                page = f'<!DOCTYPE html><a href="/files/{WHEEL}">{WHEEL}</a>'
                self._answer(200, page.encode(), "text/html")
            elif self.path == f"/files/{WHEEL}":
                self._answer(200, wheel, "application/octet-stream")
            else:
                self._answer(404, b"", "text/plain")

        def _answer(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            if status == 401:
                self.send_header("WWW-Authenticate", "Basic")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815 - as inherited

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}/simple"
        finally:
            server.shutdown()
            thread.join()
