"""What an engine is told of a container that runs a program, whatever the program is given."""

from __future__ import annotations

import os
from typing import Any

from nb2prod.container.host import SHARED_MEMORY, Host
from nb2prod.container.project import Served
from nb2prod.container.running.present import Image
from nb2prod.errors import OptionError


def settings_of(
    service: Served | None, host: Host, network: str | None, port: int | None = None
) -> dict[str, Any]:
    """The user, the rights and the network, as the SDK takes them; `port` is where a service is
    published, by default its own. OptionError where a port is given and nothing is published.
    """
    published = port_of(service, network, port)
    settings: dict[str, Any] = {
        "user": host.user,
        "userns_mode": host.userns_mode,
        "security_opt": ["no-new-privileges", *host.security_opt],
        "cap_drop": ["ALL"],
        # Root keeps what it needs to write to, and to unpack, what belongs to others.
        "cap_add": ["CHOWN", "DAC_OVERRIDE", "FOWNER"] if os.getuid() == 0 else None,
        "shm_size": SHARED_MEMORY,
        "network_mode": network,
    }
    if service is not None and network is None and service.local:
        # It serves its own machine alone, which has to be this one for anybody to see it.
        settings["network_mode"] = "host"
    elif service is not None and published is not None:
        settings["ports"] = {f"{service.port}/tcp": ("127.0.0.1", published)}
    return settings


def port_of(service: Served | None, network: str | None, asked: int | None) -> int | None:
    """The port of the engine's machine that a service is published at, by default its own; None
    where nothing is published. OptionError where one is asked for then.
    """
    if service is not None and not service.local and _has_ports(network):
        return asked or service.port
    if asked is None:
        return None
    if service is None:
        raise OptionError("--port: nothing is known that the program serves, or that is published.")
    if _is_host(service, network):
        raise OptionError(
            f"--port: the program has its machine's own network, where it serves at {service.port}"
            " whatever is published."
        )
    raise OptionError("--port: on that network of the container, nothing is published.")


def address(service: Served | None, network: str | None, port: int | None = None) -> str | None:
    """Where a browser on the engine's machine finds the program; None for nowhere."""
    if service is None:
        return None
    found = service.port if _is_host(service, network) else port_of(service, network, port)
    return f"http://127.0.0.1:{found}/" if found is not None else None


def _is_host(service: Served, network: str | None) -> bool:
    return network == "host" or (network is None and service.local)


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
