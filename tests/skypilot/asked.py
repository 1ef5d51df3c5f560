"""Asks the real library, in a process of its own: it reads tasks and says, as JSON, what it took
them for. Run with the Python that has SkyPilot; nothing is launched, no provider is asked.

The first argument is the value that secrets get, the others are paths of tasks. For each task it
gives the shell script that would run on the machine, which SkyPilot puts together itself.
"""

from __future__ import annotations

import importlib
import json
import shlex
import sys
from pathlib import Path
from typing import Any

from yaml import safe_load

# Not for type checkers: the library is only where these tests run.
sky: Any = importlib.import_module("sky")
command: Any = importlib.import_module("sky.client.cli.command")
storage: Any = importlib.import_module("sky.data.storage")
log_lib: Any = importlib.import_module("sky.skylet.log_lib")
codegen: Any = importlib.import_module("sky.backends.task_codegen").TaskCodeGen
features: Any = importlib.import_module("sky.clouds").CloudImplementationFeatures
registry: Any = importlib.import_module("sky.utils.registry").CLOUD_REGISTRY
STORES = ("S3Store", "GcsStore", "AzureBlobStore", "R2Store", "NebiusStore")


def understood(path: Path, value: str) -> dict[str, Any]:
    """What the library makes of one task, and of the commands above it."""
    task = sky.Task.from_yaml(str(path))
    asked = [ref.name for ref in task.managed_secret_refs]
    filled = sky.Task.from_yaml_config(
        safe_load(path.read_text(encoding="utf-8")),
        secrets_overrides=[(name, value) for name in asked],
    )
    variables = {**filled.envs, **{k: v.get_secret_value() for k, v in filled.secrets.items()}}
    machines = [
        {
            "infra": str(one.cloud) if one.cloud is not None else None,
            "image": one.extract_docker_image(),
            "accelerators": one.accelerators,
            "cpus": one.cpus,
            "memory": one.memory,
            "ports": one.ports,
            "recovery": one.job_recovery,
            "overrides": one.cluster_config_overrides,
        }
        for one in task.resources
    ]
    buckets = {
        target: {"name": one.name, "mode": one.mode.value}
        for target, one in task.storage_mounts.items()
    }
    for one in buckets.values():
        for store in STORES:
            getattr(storage, store).validate_name(one["name"])
    return {
        "name": task.name,
        "nodes": task.num_nodes,
        "workdir": task.workdir,
        "machines": machines,
        "envs": task.envs,
        "asked": asked,
        "left": [ref.name for ref in filled.managed_secret_refs],
        "copied": task.file_mounts or {},
        "buckets": buckets,
        "setup": task.setup,
        "run": task.run,
        "script": log_lib.make_task_bash_script(
            codegen.build_task_bash_script(task.run), env_vars=variables
        ),
        "commands": [parsed(line) for line in shown(path)],
    }


def shown(path: Path) -> list[list[str]]:
    """The commands of SkyPilot in the comment at the top of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = (line[1:].strip() for line in lines if line.startswith("#"))
    return [shlex.split(line) for line in head if line.startswith("sky ")]


def parsed(words: list[str]) -> dict[str, Any]:
    """The options of a command line, as the real command reads them."""
    group: Any = command.cli
    words = words[1:]
    while hasattr(group, "commands"):
        name, *words = words
        group = group.commands[name]
    with group.make_context(name, list(words)) as context:
        found = context.params
    wanted = ("entrypoint", "cluster", "down", "infra", "secret_file", "secret", "clusters")
    return {"command": name, **{key: found[key] for key in wanted if found.get(key)}}


def supported() -> dict[str, list[str]]:
    """What each provider can not do of what the tasks ask for."""
    wanted = (
        *(features.DOCKER_IMAGE, features.IMAGE_ID, features.STORAGE_MOUNTING),
        *(features.SPOT_INSTANCE, features.MULTI_NODE),
    )
    found = {}
    for name, cloud in registry.items():
        if name in ("kubernetes", "ssh"):  # they ask the cluster
            continue
        lacking = cloud._unsupported_features_for_resources(sky.Resources())
        found[name] = [one.name for one in wanted if one in lacking]
    return found


def main() -> None:
    value, *paths = sys.argv[1:]
    answers = {path: understood(Path(path), value) for path in paths}
    sys.stdout.write(json.dumps({"tasks": answers, "lacking": supported()}) + "\n")


if __name__ == "__main__":
    main()
