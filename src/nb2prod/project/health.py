"""The check whether what the program serves answers, for all who ask a container from within."""

from __future__ import annotations

from nb2prod.analysis.facts import Service

# Opens the address and fails for an answer of 400 and above; the image need not have curl. A proxy,
# which engines may set for all containers, does not lead to the container itself.
_PROBE = (
    "import sys, urllib.request as r;"
    " r.build_opener(r.ProxyHandler({})).open(sys.argv[1], timeout=5)"
)
# Without what lies in the directory that it starts in, where the program writes.
_PYTHON = ("python", "-I", "-c")
_CONNECT = (
    "import sys, socket; socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=5)"
)


def probe(service: Service) -> list[str]:
    """The words of a command that fails where it does not: it asks for a page that answers or,
    where none is known to, looks whether the port takes a connection.
    """
    if service.health is None:
        return [*_PYTHON, _CONNECT, str(service.port)]
    return [*_PYTHON, _PROBE, f"http://127.0.0.1:{service.port}{service.health}"]
