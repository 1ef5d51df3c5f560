"""What is left in an engine of the containers that a block of code made; others may use the engine
at the same time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import docker


@contextmanager
def nothing_left(
    engine: docker.DockerClient, is_own: Callable[[Mapping[str, str]], bool]
) -> Iterator[None]:
    """At the end of the block its containers are gone, and so are the volumes that came with them.
    `is_own` knows a container by its name, image and labels, as the engine's events have them.
    """
    begun = int(time.time())
    yield
    events = list(engine.events(since=begun, until=int(time.time()) + 1, decode=True))

    def seen(kind: str, action: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        for event in events:
            if (event["Type"], event["Action"]) == (kind, action):
                yield event["Actor"]["ID"], event["Actor"]["Attributes"]

    containers = {one for one, attributes in seen("container", "create") if is_own(attributes)}
    volumes = {one for one, about in seen("volume", "mount") if about["container"] in containers}
    left = {container.id for container in engine.containers.list(all=True)} & containers
    assert left == set()
    assert {volume.name for volume in engine.volumes.list()} & volumes == set()
