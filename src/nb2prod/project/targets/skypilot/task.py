"""The task that runs the image, and the same as a managed job.

SkyPilot's fields are those of its task YAML (docs.skypilot.co, version 0.14.1).
"""

from __future__ import annotations

from nb2prod.project.targets.directories import directory_variables
from nb2prod.project.targets.skypilot import script
from nb2prod.project.targets.skypilot.accelerators import accelerators
from nb2prod.project.targets.skypilot.names import (
    BUCKET,
    DOCKER_LOGIN,
    bucket_name,
    carried,
    task_name,
)
from nb2prod.project.targets.skypilot.paths import INPUTS, RESULTS
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.workload import Workload

# SkyPilot sets the container up and logs in to it as the image's user, who has to be root or to
# have sudo. The image's own user is neither.
_AS_ROOT: dict[str, object] = {
    "docker": {"run_options": ["--user=root", "--env=HOME=/root"]},
    "kubernetes": {
        "pod_config": {
            "spec": {
                "containers": [
                    {
                        "name": "ray-node",
                        "securityContext": {"runAsUser": 0},
                        "env": [{"name": "HOME", "value": "/root"}],
                    }
                ]
            }
        }
    },
}


def task(workload: Workload, settings: Settings = DEFAULT) -> dict[str, object]:
    """The task for `sky launch` as plain values."""
    return {
        "name": task_name(workload),
        "resources": resources(workload),
        **nodes(workload),
        "envs": _envs(workload),
        **secret_names(workload, *(DOCKER_LOGIN if settings.pull_secret is not None else ())),
        "file_mounts": _mounts(workload),
        "config": _AS_ROOT,
        "run": script.in_image(workload, settings),
    }


def job(workload: Workload, settings: Settings = DEFAULT) -> dict[str, object] | None:
    """The task for `sky jobs launch` as plain values; None for what serves, and so never ends.

    A machine that is lost is replaced, wherever there is one; a program that fails is not started
    again.
    """
    if workload.service is not None:
        return None
    written = task(workload, settings)
    recovery = {"strategy": "EAGER_NEXT_REGION", "max_restarts_on_errors": 0}
    written["resources"] = {**resources(workload), "job_recovery": recovery}
    return written


def resources(workload: Workload) -> dict[str, object]:
    """What the machine has to have; the image is what it runs."""
    found: dict[str, object] = {"image_id": f"docker:{workload.image}"}
    if workload.gpu is not None:
        found["accelerators"] = accelerators(workload.gpu)
    found |= {"cpus": f"{workload.cpus}+", "memory": f"{workload.memory_gb}+"}
    return found | ports(workload)


def ports(workload: Workload) -> dict[str, object]:
    """What is opened to the world: what the program serves to other machines."""
    service = workload.service
    return {} if service is None or service.local else {"ports": service.port}


def nodes(workload: Workload) -> dict[str, object]:
    """Over how many machines it runs, where that is not one."""
    return {} if workload.nodes is None else {"num_nodes": workload.nodes.machines}


def service_variables(workload: Workload) -> dict[str, str]:
    """What makes a server listen to other machines."""
    return dict(workload.service.variables) if workload.service is not None else {}


def secret_names(workload: Workload, *others: str) -> dict[str, object]:
    """`secrets`: names without a value, which `sky launch` has to be given."""
    found = [*(one.name for one in carried(workload)), *others]
    return {"secrets": dict.fromkeys(found)} if found else {}


def _envs(workload: Workload) -> dict[str, str]:
    found = {BUCKET: bucket_name(workload), "PYTHONPATH": "/app/src"}
    found |= directory_variables(
        workload,
        given=lambda volume: f"{INPUTS}/{volume.name}",
        kept=lambda volume: f"{RESULTS}/{volume.local}",
    )
    return found | service_variables(workload)


def _mounts(workload: Workload) -> dict[str, object]:
    """Local directories are copied to the machine; the bucket takes all that the program writes.

    The mode writes to the machine's disk first, as programs expect of files, and to the bucket when
    a file is closed.
    """
    found: dict[str, object] = {
        f"{INPUTS}/{one.name}": f"./{one.local}" for one in workload.volumes if one.filled
    }
    return found | {RESULTS: {"name": f"${{{BUCKET}}}", "mode": "MOUNT_CACHED"}}
