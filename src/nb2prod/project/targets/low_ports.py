"""Ports below 1024, on which Linux lets only root serve; the image's user is not root."""

from __future__ import annotations

from nb2prod.analysis.facts import Service

SYSCTL = "net.ipv4.ip_unprivileged_port_start"
"""The first port that everybody may serve on; of the machine, or of a container's own network."""
_FIRST_FOR_ALL = 1024


def low_port(service: Service | None) -> int | None:
    """Such a port, where the program serves on one."""
    if service is None or service.port >= _FIRST_FOR_ALL:
        return None
    return service.port
