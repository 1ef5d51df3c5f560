"""What a careful cluster demands of what runs in it, written without a look at the generator: the
profile "restricted" of the Pod Security Standards, and what admission policies usually add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

# Where a Pod may be told more about its node, or be given a part of it.
HOST = ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "hostAliases", "nodeName")
VOLUMES = {"emptyDir", "persistentVolumeClaim", "configMap", "secret", "projected"}
SAFE_SYSCTLS = {"net.ipv4.ip_unprivileged_port_start"}
LOOKS_LIKE_A_SECRET = re.compile(r"token|secret|password|key", re.IGNORECASE)


def breaches(document: Document) -> list[str]:
    """Everything in an object that such a cluster refuses; empty where nothing is."""
    return [said for pod in _pods(document) for said in _of_pod(pod)]


def _pods(found: object) -> Iterator[Document]:
    """Every specification of a Pod in a document, however deep: what has containers."""
    if isinstance(found, Mapping):
        if "containers" in found:
            yield found
        for value in found.values():
            yield from _pods(value)
    elif isinstance(found, list):
        for value in found:
            yield from _pods(value)


def _of_pod(pod: Document) -> Iterator[str]:
    if pod.get("automountServiceAccountToken") is not False:
        yield "it has a token of the cluster"
    yield from (f"{name} is set" for name in HOST if name in pod)
    security = pod.get("securityContext", {})
    if security.get("runAsNonRoot") is not True or not security.get("runAsUser", 0):
        yield "it may be root"
    if 0 in (security.get("runAsGroup"), security.get("fsGroup")):
        yield "its group is root's"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "it may make any system call"
    for one in security.get("sysctls", []):
        if one["name"] not in SAFE_SYSCTLS:
            yield f"{one['name']} is not safe"
    for volume in pod.get("volumes", []):
        kinds = set(volume) - {"name"}
        if len(kinds) != 1 or not kinds <= VOLUMES:
            yield f"the volume {volume['name']} is of the kind {sorted(kinds)}"
        if volume.get("emptyDir", {}).get("medium") and not volume["emptyDir"].get("sizeLimit"):
            yield f"the volume {volume['name']} may fill the node's memory"
    for container in (*pod["containers"], *pod.get("initContainers", [])):
        yield from _of_container(container)


def _of_container(container: Document) -> Iterator[str]:
    security = container.get("securityContext", {})
    wanted = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True}
    for name, value in wanted.items():
        if security.get(name) is not value:
            yield f"{name} is not {value}"
    if security.get("privileged") or security.get("runAsUser", 1) == 0:
        yield "it is privileged"
    capabilities = security.get("capabilities", {})
    if "ALL" not in capabilities.get("drop", []) or capabilities.get("add"):
        yield "it keeps capabilities"
    for kind in ("requests", "limits"):
        for name in ("cpu", "memory", "ephemeral-storage"):
            if not container.get("resources", {}).get(kind, {}).get(name):
                yield f"it has no {kind} for {name}"
    yield from _of_image(container)
    for port in container.get("ports", []):
        if "hostPort" in port:
            yield "it takes a port of the node"
    for one in container.get("env", []):
        if LOOKS_LIKE_A_SECRET.search(one["name"]) and "secretKeyRef" not in one.get(
            "valueFrom", {}
        ):
            yield f"{one['name']} stands there as it is"
    if "envFrom" in container:
        yield "it takes variables that nobody named"


def _of_image(container: Document) -> Iterator[str]:
    name = container["image"]
    if "@sha256:" in name:
        return
    tag = name.split("/")[-1].partition(":")[2]
    if tag in ("", "latest") and container.get("imagePullPolicy") == "Always":
        yield "the image moves"
    elif tag in ("", "latest"):
        yield "the image moves, and an old one may be kept"
