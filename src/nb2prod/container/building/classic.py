"""The classic builder of an engine, through its API: a context in, an image out."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, BinaryIO

from nb2prod.container.building.context import DOCKERFILE
from nb2prod.container.building.order import Order, Teller
from nb2prod.container.engine import engine_errors
from nb2prod.container.progress import ClassicReader, Progress, clean

if TYPE_CHECKING:
    from docker import DockerClient

_SECONDS = 3600  # for a step to say something
_ABSENT = re.compile(
    r"not implemented|page not found|(?:classic|legacy) builder"
    r"|builder (?:is|was|has been) (?:removed|disabled)|unsupported builder",
    re.IGNORECASE,
)


class NoClassicBuilder(Exception):
    """The engine has no classic builder (any more); another way has to be taken."""


def build_classic(
    client: DockerClient, order: Order, context: BinaryIO, progress: Progress
) -> None:
    """Build, and give the image its name. The build ends at the engine, too, when this is
    interrupted. Raises `BuildFailed`, and `NoClassicBuilder` before anything is done.
    """
    from docker.errors import APIError

    told, reader = Teller(order, progress), ClassicReader()
    failed: str | None = None
    try:
        stream = client.api.build(
            fileobj=context,
            custom_context=True,
            dockerfile=DOCKERFILE,
            tag=order.reference,
            buildargs=dict(order.arguments),
            network_mode=order.network,
            platform=order.platform,
            nocache=not order.cache,
            rm=True,
            forcerm=True,
            decode=True,
            timeout=_SECONDS,
        )
        # An engine stops to build when the one that it answers goes away.
        with closing(stream):
            for message in stream:
                for event in reader.read(message):
                    told.pass_on(event)
                if isinstance(message, dict) and "error" in message:
                    failed = clean(" ".join(str(message["error"]).splitlines()))
    except APIError as error:
        if error.status_code == 501 or _ABSENT.search(str(error.explanation)):
            raise NoClassicBuilder from error
        failed = clean(str(error.explanation or error))
    except engine_errors() as error:
        failed = f"the engine ended the connection ({type(error).__name__})"
    for event in reader.end(well=failed is None):
        told.pass_on(event)
    if failed is not None:
        raise told.failed(failed)
