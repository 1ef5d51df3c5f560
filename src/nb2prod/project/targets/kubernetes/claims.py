"""The claims that the program's directories are kept in, and the Pod to copy files with."""

from __future__ import annotations

from nb2prod.project.targets.kubernetes.pod import (
    claim_name,
    claimed,
    confined,
    confined_container,
)
from nb2prod.project.targets.kubernetes.words import labels, object_name
from nb2prod.project.targets.workload import Volume, Workload

# Small, and with tar, which `kubectl cp` needs.
COPIER_IMAGE = "busybox:1.37.0"
_HOUR = "3600"
# A guess: a notebook does not say how large its data is.
_SIZES = {"data": "20Gi"}
_SIZE = "10Gi"


def claim(workload: Workload, volume: Volume) -> dict[str, object]:
    """The claim of a volume: for one node at a time, unless the run takes several."""
    mode = "ReadWriteOnce" if workload.nodes is None else "ReadWriteMany"
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": claim_name(workload, volume),
            "labels": labels(object_name(workload.name)),
        },
        "spec": {
            "accessModes": [mode],
            "resources": {"requests": {"storage": _SIZES.get(volume.name, _SIZE)}},
        },
    }


def copier_name(workload: Workload) -> str:
    """The name of the Pod to copy files with."""
    return f"{object_name(workload.name)}-files"


def copier(workload: Workload) -> dict[str, object]:
    """A Pod that waits for an hour with the claims where the program has them."""
    small = {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "64Mi"}
    name = copier_name(workload)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        # A name of its own, so that no Service takes it for the program.
        "metadata": {"name": name, "labels": labels(name)},
        "spec": {
            "restartPolicy": "Never",
            **confined(),
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "containers": [
                {
                    "name": "files",
                    "image": COPIER_IMAGE,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["sleep", _HOUR],
                    "resources": {"requests": small, "limits": dict(small)},
                    "securityContext": confined_container(),
                    "volumeMounts": [
                        {"name": one.name, "mountPath": one.path} for one in workload.volumes
                    ],
                }
            ],
            "volumes": [claimed(workload, one) for one in workload.volumes],
        },
    }
