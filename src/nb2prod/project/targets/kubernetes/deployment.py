"""The Deployment of a notebook that serves something, and the Service that it is reached by."""

from __future__ import annotations

from typing import Any

from nb2prod.analysis.facts import Service
from nb2prod.project.targets.kubernetes.pod import pod
from nb2prod.project.targets.kubernetes.words import labels, object_name, verbatim
from nb2prod.project.targets.low_ports import SYSCTL, low_port
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload

PORT = "http"
# The notebook does its other work before it serves; nobody knows how long that takes.
_PATIENCE = 24 * 3600
_STEP = 10


def deployment(workload: Workload, settings: Settings) -> dict[str, object]:
    """One replica, replaced as a whole: its claims and its GPU are there once."""
    served = workload.service
    assert served is not None
    name = object_name(workload.name)
    container: dict[str, object] = {"ports": [{"name": PORT, "containerPort": served.port}]}
    if not served.local:
        container |= _probes(served)
    template = pod(
        workload,
        settings,
        environment=[
            {"name": variable, "value": verbatim(value)} for variable, value in served.variables
        ],
        container=container,
        restart="Always",
    )
    if low_port(served) is not None:
        template["securityContext"]["sysctls"] = [{"name": SYSCTL, "value": "0"}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels(name)},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "progressDeadlineSeconds": _PATIENCE + 600,
            "selector": {"matchLabels": labels(name)},
            "template": {"metadata": {"labels": labels(name)}, "spec": template},
        },
    }


def service(workload: Workload) -> dict[str, object]:
    """The Service: the name that the program has within the cluster, at port 80."""
    name = object_name(workload.name)
    port = {"name": PORT, "port": 80, "targetPort": PORT}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "labels": labels(name)},
        "spec": {"type": "ClusterIP", "selector": labels(name), "ports": [port]},
    }


def _probes(served: Service) -> dict[str, Any]:
    """Ready when the page answers; alive as long as the port takes connections, since a program of
    one thread that computes an answer gives no other.
    """
    connects = {"tcpSocket": {"port": PORT}}
    asked = served.health is not None
    answers = {"httpGet": {"path": served.health, "port": PORT}} if asked else connects
    return {
        "startupProbe": {
            **connects,
            "periodSeconds": _STEP,
            "failureThreshold": _PATIENCE // _STEP,
        },
        "readinessProbe": {**answers, "periodSeconds": 10, "timeoutSeconds": 5},
        "livenessProbe": {**connects, "periodSeconds": 30, "failureThreshold": 4},
    }
