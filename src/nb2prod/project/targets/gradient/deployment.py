"""The Deployment, for a notebook that serves something: the current form, `apiVersion: v1`.

Its keys, and the metrics of its autoscaling, are those of DigitalOcean's reference pages
(deployment spec, edited on 18 December 2024; autoscaling, edited on 12 January 2026).
"""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.analysis.facts import Service
from nb2prod.project.targets.comments import wrapped
from nb2prod.project.targets.gradient import arguments
from nb2prod.project.targets.gradient.comments import options_lines, upload_lines
from nb2prod.project.targets.gradient.paths import DEPLOYMENT
from nb2prod.project.targets.gradient.secret_names import (
    left_out_lines,
    needed_lines,
    secret_variables,
)
from nb2prod.project.targets.low_ports import low_port
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.workload import WORK, Workload

# Seconds. The server is the last thing that a notebook starts: what comes before it may take long.
_PERIOD = 10
_LONGEST_START = 3600


def deployment_spec(workload: Workload, settings: Settings = DEFAULT) -> dict[str, object] | None:
    """The Deployment as plain values; None where the program serves nothing."""
    service = workload.service
    if service is None:
        return None
    spec: dict[str, object] = {
        "apiVersion": "v1",
        "name": workload.name,
        "image": workload.image,
        "enabled": True,
    }
    if settings.pull_secret is not None:
        spec["containerRegistry"] = settings.pull_secret
    spec["command"] = arguments.command(workload)
    variables = secret_variables(workload) | dict(service.variables)
    if variables:
        spec["env"] = [{"name": name, "value": value} for name, value in variables.items()]
    probe = {**_asked(service), "timeoutSeconds": 5}
    spec["healthChecks"] = {
        "startup": {
            **probe,
            "periodSeconds": _PERIOD,
            "failureThreshold": _LONGEST_START // _PERIOD,
        },
        "readiness": {**probe, "periodSeconds": _PERIOD, "failureThreshold": 3},
        "liveness": {**probe, "periodSeconds": 30, "failureThreshold": 5},
    }
    spec["resources"] = {
        "machineType": workload.machine,
        "ports": [service.port],
        "replicas": 1,
        "autoscaling": {
            "enabled": False,
            "maxReplicas": 3,
            "metrics": [{"metric": "cpu", "summary": "average", "value": 80}],
        },
    }
    return spec


def _asked(service: Service) -> dict[str, object]:
    """A page that answers or, where none is known to, that the port takes a connection."""
    if service.health is not None:
        return {"path": service.health, "port": service.port}
    connect = f"import socket; socket.create_connection(('127.0.0.1', {service.port}), 4)"
    return {"exec": {"command": ["python", "-c", connect]}}


def deployment_comments(workload: Workload, settings: Settings = DEFAULT) -> tuple[str, ...]:
    """What stands above it, a line each."""
    return (
        f"What {workload.name} serves, as a Paperspace Gradient Deployment. Submit it with",
        f"  pspace up --config {DEPLOYMENT} --project-id <project id>",
        "`gradient deployments create` takes only the older form, with `port` and `instanceType`.",
        "README.md says what is known of Gradient's state. What has to exist before:",
        f"- the image {workload.image}, in a registry that Gradient can pull it from",
        *(
            [f"- the team's connection to that registry, called {settings.pull_secret}"]
            if settings.pull_secret is not None
            else []
        ),
        *needed_lines(workload),
        *left_out_lines(workload),
        *options_lines(workload, "command"),
        *_lines(workload),
    )


def _lines(workload: Workload) -> Iterator[str]:
    service = workload.service
    if service is not None and service.local:
        yield from wrapped(
            "THE PROGRAM LISTENS TO ITS OWN MACHINE ALONE"
            f" ({service.location} of the notebook): nothing reaches it here, and the checks fail,"
            " until it listens on 0.0.0.0."
        )
    yield from wrapped(
        "The program serves once the code before that has run; startup waits an hour for it."
    )
    yield from wrapped(
        "One replica, because each runs the whole program; `enabled` under autoscaling lets the"
        " average use of the CPUs, in percent, start up to maxReplicas."
    )
    yield from wrapped(
        "Anybody can reach the address that it gets, unless `basicAuthKey: secret:NAME` is added."
    )
    filled = [one.path for one in workload.volumes if one.filled]
    if filled:
        yield from wrapped(
            f"Deployments take no datasets, and there is nothing in {' and '.join(filled)} here."
            " Integrations (s3, do-spaces, git-lfs) bring data in, or an image built from this"
            " one."
        )
    yield from upload_lines(workload, f"{WORK} of such an image", "command (a line for each word)")
    port = low_port(service)
    if port is not None:
        yield from wrapped(
            f"Port {port} is one that, on many machines, root alone may serve on, and the image's"
            " user is not root: whether Gradient lets it is not known. A port from 1024 on is sure."
        )
    if any(one.name == "output" for one in workload.volumes):
        yield "What the program writes goes with its container."
