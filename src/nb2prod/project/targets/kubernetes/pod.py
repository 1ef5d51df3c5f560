"""The Pod that runs the program: without any right that it does not need.

It meets the profile "restricted" of Kubernetes' Pod Security Standards, on a root file system that
is read-only: what Python and its libraries write to besides the program's own directories is the
home directory (caches, Matplotlib's fonts), `/tmp` and, between processes, `/dev/shm`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets.carried import (
    LeftOut,
    flags_left_out,
    missing_answers,
    options,
    secrets,
    sentences,
)
from nb2prod.project.targets.kubernetes.gpus import preferences
from nb2prod.project.targets.kubernetes.words import (
    object_name,
    rule_of_keys,
    verbatim,
)
from nb2prod.project.targets.node_variables import node_variables
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import HOME, USER, Volume, Workload

CONTAINER = "program"
# What a Pod may write besides its claims; the image itself does not count.
_DISK = {"requests": "8Gi", "limits": "32Gi"}
# Directories that begin empty and go with the Pod, by the names of their volumes.
_SCRATCH = {"home": HOME, "tmp": "/tmp", "shm": "/dev/shm"}


def pod(
    workload: Workload,
    settings: Settings,
    *,
    environment: Iterable[Mapping[str, object]] = (),
    container: Mapping[str, object] | None = None,
    restart: str = "Never",
) -> dict[str, Any]:
    """The specification of the Pod. `environment` are variables, and `container` fields of the
    container, that the object which makes the Pod adds to it.
    """
    spec: dict[str, Any] = {"restartPolicy": restart, **confined()}
    if settings.pull_secret is not None:
        spec["imagePullSecrets"] = [{"name": settings.pull_secret}]
    spec["nodeSelector"] = {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    if workload.gpu is not None:
        spec |= _gpu_nodes(workload)
    words = [word for option in options(workload) for word in option]
    main: dict[str, Any] = {
        "name": CONTAINER,
        "image": workload.image,
        "imagePullPolicy": "Always" if moves(workload.image) else "IfNotPresent",
        "command": list(workload.program),
    }
    if words:
        main["args"] = [verbatim(word) for word in words]
    variables = [*environment, *_directories(workload)]
    variables += _secrets(workload)
    if variables:
        main["env"] = variables
    main |= container or {}
    main["resources"] = _resources(workload)
    main["securityContext"] = confined_container()
    main["volumeMounts"] = [
        *(_mount(one) for one in workload.volumes),
        *({"name": name, "mountPath": path} for name, path in _SCRATCH.items()),
    ]
    spec["containers"] = [main]
    spec["volumes"] = [
        *(claimed(workload, one) for one in workload.volumes),
        *({"name": name, "emptyDir": _empty(name, workload)} for name in _SCRATCH),
    ]
    return spec


def confined() -> dict[str, Any]:
    """What a Pod must not do or see."""
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }


def confined_container() -> dict[str, object]:
    """What a container must not do."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def claim_name(workload: Workload, volume: Volume) -> str:
    """The name of the claim that a volume is kept in."""
    return f"{object_name(workload.name)}-{volume.name}"


def claimed(workload: Workload, volume: Volume) -> dict[str, object]:
    """The Pod's volume that is the program's."""
    claim = {"claimName": claim_name(workload, volume)}
    return {"name": volume.name, "persistentVolumeClaim": claim}


def left_out(workload: Workload) -> list[str]:
    """What the Pod does not carry, and why, in sentences."""
    said = [
        f"The option {flag} is left out: no argument can be its value, which it has anyhow."
        for flag in flags_left_out(workload)
    ]
    return [*said, *sentences(_split(workload)[1]), *missing_answers(workload)]


def carried_secrets(workload: Workload) -> list[SecretView]:
    """The secrets that the Pod gets."""
    return _split(workload)[0]


def _split(workload: Workload) -> tuple[list[SecretView], list[LeftOut]]:
    nodes = workload.nodes
    taken = {"JOB_NAME", *node_variables(nodes)} if nodes is not None else set()
    return secrets(workload, taken, rule_of_keys)


def moves(image: str) -> bool:
    """Whether the image's name can mean another image tomorrow: no tag, or `latest`."""
    tag = image.rpartition("/")[2].partition(":")[2]
    return "@" not in image and tag in ("", "latest")


def _secrets(workload: Workload) -> list[dict[str, object]]:
    """Secrets by reference."""
    found: list[dict[str, object]] = []
    for secret in carried_secrets(workload):
        key: dict[str, object] = {"name": object_name(workload.name), "key": secret.name}
        if not secret.required:
            key["optional"] = True
        found.append({"name": secret.name, "valueFrom": {"secretKeyRef": key}})
    return found


def _directories(workload: Workload) -> list[dict[str, object]]:
    """Where the program's directories are, as far as the image does not say so."""
    image = {one.variable: one.container for one in workload.interface.directories}
    return [
        {"name": one.variable, "value": verbatim(one.path)}
        for one in workload.volumes
        if one.variable is not None and image.get(one.variable) != one.path
    ]


def _resources(workload: Workload) -> dict[str, dict[str, object]]:
    """The same is asked for as is allowed: a run is not slower on a busy node."""
    found: dict[str, dict[str, object]] = {}
    for kind, disk in _DISK.items():
        found[kind] = {
            "cpu": max(1, workload.cpus),
            "memory": f"{_memory(workload)}Gi",
            "ephemeral-storage": disk,
        }
        if workload.gpu is not None:
            found[kind]["nvidia.com/gpu"] = workload.gpu.count
    return found


def _memory(workload: Workload) -> int:
    return max(1, workload.memory_gb)


def _gpu_nodes(workload: Workload) -> dict[str, Any]:
    assert workload.gpu is not None
    found: dict[str, Any] = {
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    }
    preferred = preferences(workload.gpu, workload.cuda)
    if preferred:
        affinity = {"preferredDuringSchedulingIgnoredDuringExecution": preferred}
        found["affinity"] = {"nodeAffinity": affinity}
    return found


def _empty(name: str, workload: Workload) -> dict[str, object]:
    """Shared memory is for the workers of a DataLoader, or of joblib: a container has 64 MiB of it
    otherwise. It counts as the container's memory; half is what Linux gives by itself.
    """
    if name != "shm":
        return {}
    return {"medium": "Memory", "sizeLimit": f"{_memory(workload) * 512}Mi"}


def _mount(volume: Volume) -> dict[str, object]:
    found: dict[str, object] = {"name": volume.name, "mountPath": volume.path}
    if not volume.writable:
        found["readOnly"] = True
    return found
