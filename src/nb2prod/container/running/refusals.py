"""What engines say where they do not start a container, in words for users."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nb2prod.container.hidden import Hidden

_INIT = re.compile(
    r"(?:docker-init|catatonit|init binary)[^\n]*(?:not found|no such file)"
    r"|(?:not found|no such file)[^\n]*(?:docker-init|catatonit)",
    re.IGNORECASE,
)
_BIND = re.compile(
    r"bind source path does not exist: (.+)|mounts denied|not shared from the host"
    r"|statfs (/.+): no such file"
)
_PORT = (
    "Port {port} of the engine's machine is taken: publish the program at another with --port, or"
    " end what serves there (docker ps shows containers)."
)
_NETWORK = "The engine has no network of that name: docker network ls shows those that it has."
_PROGRAM = (
    "The image cannot run the program: its shell or Python is not there, or is for another kind of"
    " machine. nb2prod build makes the image anew."
)
_IMAGE = "The image is gone: nb2prod build makes it anew."
_SPACE = (
    "The engine's machine has no space left: docker system df shows what takes it, docker system"
    " prune frees what is not used."
)
# What engines say, and what to tell of it; the first that fits. {port} is what was published.
_SENTENCES: Sequence[tuple[str, str]] = (
    (r"port is already allocated|address already in use|ports are not available", _PORT),
    (r"network .*not found|no such network", _NETWORK),
    (r"executable file not found|exec format error|exec: .*no such file", _PROGRAM),
    (r"no such image", _IMAGE),
    (r"no space left on device", _SPACE),
)
_CONTROL = re.compile(r"\x1b\[[0-9;]*m|[\x00-\x1f\x7f]+")
_LONGEST = 500


def lacks_init(said: str) -> bool:
    """Whether an engine has no first process to put before the program."""
    return _INIT.search(said) is not None


def refusal(said: str, hidden: Hidden, port: int | None = None) -> str:
    """Why the program was not started, and what to do. `hidden` are
    values that are not told."""
    if _BIND.search(said):
        return (
            "The engine does not see this machine's directories, as the program needs them: it runs"
            " on another machine, or shares no more than some with it (Docker Desktop: Settings,"
            " Resources, File sharing). Run nb2prod where the engine runs, or share them."
        )
    for pattern, sentence in _SENTENCES:
        if re.search(pattern, said, re.IGNORECASE):
            return sentence.format(port=port)
    text = " ".join(_CONTROL.sub(" ", hidden.text(said)).split())
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    return f"The engine does not start the program: {text}"
