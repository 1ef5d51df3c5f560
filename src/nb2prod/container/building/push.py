"""Sending an image to its registry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nb2prod.container.engine import engine_errors
from nb2prod.container.progress import Progress, Told, Transfers, clean
from nb2prod.errors import Nb2prodError, OptionError

if TYPE_CHECKING:
    from docker import DockerClient

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class PushFailed(Nb2prodError):
    """The image is built, and its registry did not take it; the text says why, and what to do."""


def split(reference: str) -> tuple[str, str]:
    """A reference's repository and its tag, "latest" where it has none."""
    repository, colon, tag = reference.rpartition(":")
    return (repository, tag) if colon and "/" not in tag else (reference, "latest")


def require_registry(reference: str) -> None:
    """Raises `OptionError` for a name that says no registry and no user of Docker Hub."""
    if "/" not in split(reference)[0]:
        raise OptionError(
            f"--push needs an image whose name says where it goes: {reference} names no registry."
            " Give --tag REGISTRY/NAME:TAG, or USER/NAME:TAG for Docker Hub."
        )


def push(client: DockerClient, reference: str, progress: Progress) -> str:
    """Send the image of that name; the digest that its registry has it under.

    Raises `PushFailed`.
    """
    repository, tag = split(reference)
    progress(Told(f"pushing {reference}"))
    transfers, digest = Transfers("pushing", reference), None
    try:
        for message in client.api.push(repository, tag=tag, stream=True, decode=True):
            if "error" in message:
                raise PushFailed(_why(reference, clean(str(message["error"]))))
            moved = transfers.read(message)
            if moved is not None:
                progress(moved)
            if (found := _digest(message)) is not None:
                digest = found
    except engine_errors() as error:
        raise PushFailed(_why(reference, clean(str(error)))) from error
    if digest is None:
        raise PushFailed(f"The registry took {reference} and did not say under which digest.")
    return digest


def _digest(message: object) -> str | None:
    match message:
        case {"aux": {"Digest": str(digest)}} if _DIGEST.fullmatch(digest):
            return digest
        case {"status": str(status)} if found := re.search(r"digest: (\S+)", status):
            return found[1] if _DIGEST.fullmatch(found[1]) else None
    return None


def _why(reference: str, said: str) -> str:
    built = f"{reference} is built and stays in the engine, but was not pushed"
    if re.search(r"denied|unauthorized|authentication|no basic auth|forbidden", said, re.I):
        registry = split(reference)[0].partition("/")[0]
        host = f" {registry}" if re.search(r"[.:]|^localhost$", registry) else ""
        return (
            f"{built}: the registry refuses it. Log in with docker login{host} as somebody who may"
            f" write there. It says: {said}"
        )
    if re.search(
        r"dial tcp|no such host|i/o timeout|connection refused|HTTP response to HTTPS",
        said,
        re.IGNORECASE,
    ):
        return f"{built}: the engine does not reach the registry. It says: {said}"
    return f"{built}. The registry says: {said}"
