"""The digest of an image, as its registry answers a Docker Engine.

Nothing is pulled: the engine asks the registry for what lies under the tag (`GET
/distribution/{name}/json` of the Docker Engine API, since 1.30), with the login that Docker's own
configuration has for that registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING

from nb2prod.container.engine import NoEngine, connect
from nb2prod.errors import Nb2prodError

if TYPE_CHECKING:
    from docker import DockerClient

_SECONDS = 30
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# Error codes of the OCI distribution specification, as engines repeat them. Their HTTP status
# alone does not tell: an engine that cannot ask a registry at all says 404 or 500 as well.
_UNKNOWN = ("manifest unknown", "name unknown", "repository name not known")
_REFUSED = ("denied", "unauthorized", "no basic auth credentials", "toomanyrequests")


class EngineCannotAnswer(Nb2prodError):
    """The digest is not to be had; a whole sentence says why and what to do.

    It never repeats what the engine said, because that may hold addresses of this machine's
    network, and the sentence is written into the project.
    """


def image_digest(reference: str, engine: str | None = None) -> str:
    """The digest ("sha256:…") of the image index or manifest that the registry has under the
    reference, for linux/amd64: the one that `FROM name:tag@sha256:…` takes.

    The engine is the one at that address, else the one that `DOCKER_HOST` or Docker's own
    configuration names. A reference that has a digest is answered without one. Raises
    `EngineCannotAnswer`, after 30 seconds at the latest.
    """
    stated = reference.partition("@")[2]
    return stated if stated else _within(_SECONDS, lambda: _ask(reference, engine), reference)


def _within(seconds: int, ask: Callable[[], str], reference: str) -> str:
    """The answer, if it comes in time.

    The SDK's own limit holds for each read from a socket; Docker's helper for logins, which it
    runs, has none.
    """
    answer: Future[str] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
            answer.set_exception(error)

    Thread(target=work, name="image digest", daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError as error:
        raise EngineCannotAnswer(
            f"The Docker Engine did not say within {seconds} seconds which digest {reference}"
            " has; try again when its registry can be reached."
        ) from error


def _ask(reference: str, engine: str | None) -> str:
    client = _client(engine)
    from docker.errors import APIError

    try:
        found = client.images.get_registry_data(reference).attrs
    except APIError as error:
        raise EngineCannotAnswer(_why(reference, error.status_code, error.explanation)) from error
    except Exception as error:
        # The SDK lets through whatever its ways to an engine raise (requests, urllib3, paramiko),
        # and what a helper for logins fails with.
        raise EngineCannotAnswer(_why(reference)) from error
    finally:
        client.close()
    return _digest(reference, found)


def _client(engine: str | None) -> DockerClient:
    try:
        return connect(engine, seconds=_SECONDS)
    except NoEngine as error:
        raise EngineCannotAnswer(error.unnamed) from error


def _why(reference: str, status: int | None = None, explanation: str | None = None) -> str:
    """What to tell of an engine's refusal, by its HTTP status and the words that came with it."""
    said = str(explanation).lower()
    if any(words in said for words in _UNKNOWN):
        return (
            f"The registry does not know the image {reference}: see whether its tag still exists."
        )
    if status in {401, 403} or any(words in said for words in _REFUSED):
        return (
            f"The registry refuses to say which digest {reference} has: log in to it with docker"
            " login, or try again later."
        )
    return (
        f"The Docker Engine cannot ask the registry for the digest of {reference}: docker pull"
        f" {reference} says more."
    )


def _digest(reference: str, answer: object) -> str:
    """The digest of an engine's answer, if it is one that linux/amd64 can use."""
    match answer:
        case {"Platforms": [_, *_] as platforms} if not any(map(_is_ours, platforms)):
            raise EngineCannotAnswer(f"The registry has no {reference} for linux/amd64.")
        case {"Descriptor": {"digest": str(digest)}} if _DIGEST.fullmatch(digest):
            return digest
    raise EngineCannotAnswer(f"The Docker Engine's answer has no digest of {reference}.")


def _is_ours(platform: object) -> bool:
    match platform:
        case {"os": "linux", "architecture": "amd64"}:
            return True
    return False
