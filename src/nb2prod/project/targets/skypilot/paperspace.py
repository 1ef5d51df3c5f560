"""The task for a machine of Paperspace without the image: `setup` installs what is locked."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from nb2prod.data.package_names import Release, name_in
from nb2prod.migration import Migration
from nb2prod.project.parts.dependencies import torch_backend
from nb2prod.project.parts.image_packages import image_packages
from nb2prod.project.parts.installation import (
    UV_VERSION,
    build_day,
    installed_apart,
    sources,
    undated,
)
from nb2prod.project.targets.skypilot import accelerators, script
from nb2prod.project.targets.skypilot.names import task_name
from nb2prod.project.targets.skypilot.paths import RUN
from nb2prod.project.targets.skypilot.task import (
    nodes,
    ports,
    secret_names,
    service_variables,
)
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.workload import Workload

# The largest machine without a GPU in SkyPilot's catalog.
_MOST_CPUS, _MOST_MEMORY_GB = 24, 129

# What its machines run, whatever the image starts from.
_RELEASE: Release = "ubuntu22.04"

_UV = '"$HOME/uv/uv"'
_PYTHON = '"$HOME/venv/bin/python"'


@dataclass(frozen=True, slots=True)
class Installation:
    """What the program needs besides itself. `packages` are those of the system, `arguments` those
    of `uv pip install`, `after` of a second one, for what has no hashes; None where all have.
    """

    python: str
    packages: tuple[str, ...]
    arguments: tuple[str, ...]
    after: tuple[str, ...] | None = None


def installation(migration: Migration) -> Installation:
    """The same as the Dockerfile installs, see `templates/docker/Dockerfile.j2`."""
    packages = image_packages(migration)
    names = {name_in(_RELEASE, name) for name in (*packages.run, *packages.build)}
    lock = migration.lock
    backend = torch_backend(migration)
    day = build_day(migration)
    apart = installed_apart(migration)
    arguments = ["--require-hashes"] if lock.complete and lock.hashed else []
    arguments += ["--torch-backend", backend] if backend else []
    arguments += ["--exclude-newer", day] if day is not None else []
    arguments += undated(migration)
    for kind, file in sources(migration):
        arguments += ["-r" if kind == "requirement" else "-c", file]
    return Installation(
        python=migration.environment.python.version,
        packages=tuple(sorted({*filter(None, names), "curl"})),
        arguments=tuple(arguments),
        after=("--no-deps", "-r", apart) if apart is not None else None,
    )


def accelerator(workload: Workload) -> str | None:
    """What to ask Paperspace for, "A4000:1"; None where nothing is asked for or nothing there."""
    return None if workload.gpu is None else accelerators.paperspace(workload.gpu)


def task(
    workload: Workload, installed: Installation, settings: Settings = DEFAULT
) -> dict[str, object] | None:
    """The task as plain values; None where no machine of Paperspace has such GPUs."""
    found = accelerator(workload)
    if workload.gpu is not None and found is None:
        return None
    resources: dict[str, object] = {"infra": "paperspace"}
    if found is not None:
        resources["accelerators"] = found
    else:
        resources["cpus"] = f"{min(workload.cpus, _MOST_CPUS)}+"
        resources["memory"] = f"{min(workload.memory_gb, _MOST_MEMORY_GB)}+"
    envs = {"PYTHONUNBUFFERED": "1"} | service_variables(workload)
    mounts = {f"~/{RUN}/{one.local}": f"./{one.local}" for one in workload.volumes if one.filled}
    return {
        "name": task_name(workload),
        "resources": resources | ports(workload),
        **nodes(workload),
        "workdir": ".",
        "envs": envs,
        **secret_names(workload),
        **({"file_mounts": mounts} if mounts else {}),
        "setup": _setup(installed),
        "run": script.installed(workload, settings),
    }


_FETCH_UV = (
    f"curl -fLsS https://astral.sh/uv/{UV_VERSION}/install.sh"
    ' | env UV_UNMANAGED_INSTALL="$HOME/uv" sh'
)


def _setup(installed: Installation) -> str:
    """Works a second time, too: SkyPilot runs it at each launch on the same machine."""
    apt = "DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600"
    packages = shlex.join(installed.packages)
    lines = [
        "set -eo pipefail",
        f"sudo {apt} update",
        f"sudo {apt} install --no-install-recommends --yes \\\n  {packages}",
        _FETCH_UV,
        f'{_UV} venv --allow-existing --python {shlex.quote(installed.python)} "$HOME/venv"',
        f"{_UV} pip install --python {_PYTHON} \\\n  {shlex.join(installed.arguments)}",
    ]
    if installed.after is not None:
        lines.append(f"{_UV} pip install --python {_PYTHON} \\\n  {shlex.join(installed.after)}")
    return "".join(f"{line}\n" for line in lines)
