"""The task for a machine of Paperspace without the image: `setup` installs what is locked."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from nb2prod.migration import Migration
from nb2prod.project.parts import dependencies
from nb2prod.project.parts.docker import requirement_files, system_packages
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

# The same as in templates/docker/Dockerfile.j2.
UV = "0.13.8"
# The largest machine without a GPU in SkyPilot's catalog.
_MOST_CPUS, _MOST_MEMORY_GB = 24, 129

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
    packages, _ = system_packages(migration)
    lock = migration.lock
    locked = lock.mode == "locked"
    backend = dependencies.torch_backend(migration)
    day = lock.exclude_newer if lock.from_source else None
    arguments = ["--require-hashes"] if lock.complete and lock.hashed else []
    arguments += ["--torch-backend", backend] if backend else []
    if day is not None:
        arguments += ["--exclude-newer", day]
        for name in ("torch", "torchvision", "torchaudio") if backend else ():
            arguments += ["--exclude-newer-package", f"{name}=false"]
    after = None
    for name in requirement_files(migration):
        if name == "requirements-vcs.lock" and locked:
            after = ("--no-deps", "-r", name)
        else:
            arguments += ["-c" if name == "constraints.txt" else "-r", name]
    compilers = {"build-essential"} if lock.compiles else set()
    return Installation(
        python=migration.environment.python.version,
        packages=tuple(sorted({*packages, *compilers, "curl"})),
        arguments=tuple(arguments),
        after=after,
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
    f'curl -fLsS https://astral.sh/uv/{UV}/install.sh | env UV_UNMANAGED_INSTALL="$HOME/uv" sh'
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
