"""A package index on this machine's loopback: wheels and sources that the tests make, no others."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

_EARLY = "2020-01-01"


@dataclass(frozen=True, slots=True)
class File:
    """One file of a distribution. `metadata` stands beside a wheel (PEP 658), `uploaded` is None
    where the index does not say when it came.
    """

    distribution: str
    name: str
    content: bytes
    metadata: bytes | None
    python: str
    uploaded: str | None

    def row(self, host: str) -> dict[str, object]:
        """The file as PEP 691 lists it."""
        row: dict[str, object] = {
            "filename": self.name,
            "url": f"{host}/files/{self.name}",
            "hashes": {"sha256": hashlib.sha256(self.content).hexdigest()},
            "size": len(self.content),
        }
        if self.python:
            row["requires-python"] = self.python
        if self.uploaded is not None:
            row["upload-time"] = self.uploaded
        if self.metadata is not None:
            row["core-metadata"] = {"sha256": hashlib.sha256(self.metadata).hexdigest()}
        return row


@dataclass
class Index:
    """What the server offers, and what it was asked for. With `login` ("name:word" in base64) it
    answers nobody else.
    """

    host: str
    files: dict[str, File] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    login: str | None = None

    @property
    def url(self) -> str:
        """The address, as `UV_DEFAULT_INDEX` takes it."""
        return f"{self.host}/simple"

    @property
    def asked(self) -> set[str]:
        """The distributions whose files were asked for."""
        found = [path.split("/") for path in self.requests]
        return {parts[2] for parts in found if parts[1] == "simple"}

    def wheel(
        self,
        name: str,
        version: str,
        *requires: str,
        python: str = "",
        day: str | None = _EARLY,
        tag: str = "py3-none-any",
        modules: Mapping[str, str] | None = None,
    ) -> None:
        """Offer a wheel; `modules` are the files in it, by path."""
        stem = f"{name.replace('-', '_')}-{version}"
        metadata = _metadata(name, version, requires, python, "2.1").encode()
        members = {
            **{path: text.encode() for path, text in (modules or {}).items()},
            f"{stem}.dist-info/METADATA": metadata,
            f"{stem}.dist-info/WHEEL": (
                f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n"
            ).encode(),
        }
        record = "".join(f"{path},,\n" for path in [*members, f"{stem}.dist-info/RECORD"])
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for path, text in {**members, f"{stem}.dist-info/RECORD": record.encode()}.items():
                archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
        self._offer(name, f"{stem}-{tag}.whl", content.getvalue(), metadata, python, day)

    def source(
        self,
        name: str,
        version: str,
        members: Mapping[str, str] | None = None,
        *,
        day: str | None = _EARLY,
        python: str = "",
    ) -> None:
        """Offer a source distribution with these files beside its metadata, which are of a version
        that does not bind a build.
        """
        stem = f"{name.replace('-', '_')}-{version}"
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz") as archive:
            told = {"PKG-INFO": _metadata(name, version, (), python, "2.1")}
            for path, text in {**told, **(members or {})}.items():
                member = tarfile.TarInfo(f"{stem}/{path}")
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        self._offer(name, f"{stem}.tar.gz", content.getvalue(), None, python, day)

    def _offer(
        self,
        name: str,
        file: str,
        content: bytes,
        metadata: bytes | None,
        python: str,
        day: str | None,
    ) -> None:
        uploaded = None if day is None else day if "T" in day else f"{day}T00:00:00.000000Z"
        self.files[file] = File(name, file, content, metadata, python, uploaded)

    def listing(self, name: str) -> bytes | None:
        """The page of a distribution (PEP 691); None where there is none."""
        rows = [file.row(self.host) for file in self.files.values() if file.distribution == name]
        if not rows:
            return None
        versions = {"meta": {"api-version": "1.1"}, "name": name, "files": rows}
        return json.dumps(versions).encode()

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """The kind and the bytes of what is at a path."""
        match path.strip("/").split("/"):
            case ["simple", name]:
                found = self.listing(name)
                return ("application/vnd.pypi.simple.v1+json", found) if found else None
            case ["files", name] if name in self.files:
                return "application/octet-stream", self.files[name].content
            case ["files", name]:
                file = self.files.get(name.removesuffix(".metadata"))
                metadata = file.metadata if file else None
                return ("text/plain", metadata) if metadata else None
        return None


@contextmanager
def running_index() -> Iterator[Index]:
    """An empty index, for the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.respond(head=False)

        def do_HEAD(self) -> None:
            self.respond(head=True)

        def respond(self, *, head: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            index.requests.append(path)
            if index.login and self.headers["Authorization"] != f"Basic {index.login}":
                self.send(401, "text/plain", b"", head=head)
                return
            found = index.answer(path)
            kind, content = found or ("text/plain", b"")
            self.send(200 if found else 404, kind, content, head=head)

        def send(self, status: int, kind: str, content: bytes, *, head: bool) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if not head:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        index = Index(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()


def _metadata(
    name: str, version: str, requires: tuple[str, ...], python: str, standard: str
) -> str:
    lines = [f"Metadata-Version: {standard}", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Python: {python}"] if python else []
    lines += [f"Provides-Extra: {extra}" for extra in _extras(requires)]
    lines += [f"Requires-Dist: {one}" for one in requires]
    return "\n".join(lines) + "\n"


def _extras(requires: tuple[str, ...]) -> list[str]:
    found = [one.partition("extra == ")[2].strip("'\" ") for one in requires]
    return list(dict.fromkeys(filter(None, found)))
