"""What an engine is told of a container that runs a program, whatever the program is given."""

from __future__ import annotations

import os
from typing import Any

from nb2prod.container.host import SHARED_MEMORY, Host
from nb2prod.container.project import Served
from nb2prod.container.running.present import Image


def settings_of(service: Served | None, host: Host, network: str | None) -> dict[str, Any]:
    """The user, the rights and the network, as the SDK takes them."""
    settings: dict[str, Any] = {
        "user": host.user,
        "userns_mode": host.userns_mode,
        "security_opt": ["no-new-privileges", *host.security_opt],
        # Root keeps its powers: without them it could not write to what belongs to others.
        "cap_drop": None if os.getuid() == 0 else ["ALL"],
        "shm_size": SHARED_MEMORY,
        "network_mode": network,
    }
    if service is not None:
        if network is None and service.local:
            # It serves its own machine alone, which has to be this one for anybody to see it.
            settings["network_mode"] = "host"
        elif _has_ports(network) and not service.local:
            settings["ports"] = {f"{service.port}/tcp": ("127.0.0.1", service.port)}
    return settings


def address(service: Served | None, network: str | None) -> str | None:
    """Where a browser on the engine's machine finds the program; None for nowhere."""
    if service is None:
        return None
    is_host = network == "host" or (network is None and service.local)
    if not is_host and (service.local or not _has_ports(network)):
        return None
    return f"http://127.0.0.1:{service.port}/"


def _has_ports(network: str | None) -> bool:
    """Whether a container on that network has ports of its own, which can be published."""
    return network is None or not (
        network in ("host", "none") or network.startswith(("container:", "ns:"))
    )


def read_only(image: Image) -> dict[str, Any]:
    """A root that nobody writes to, and places in memory that every program may write to.

    Libraries load code from there that they compile while they run.
    """
    places = ["/tmp", *([image.home] if image.home is not None else [])]
    return {"read_only": True, "tmpfs": dict.fromkeys(places, "exec,mode=1777")}
