"""`compose.yaml` as plain values, from what has to run."""

from __future__ import annotations

from nb2prod.analysis.facts import Service
from nb2prod.project.health import probe
from nb2prod.project.targets.carried import options, secrets
from nb2prod.project.targets.low_ports import SYSCTL, low_port
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import HOME, GpuNeed, Workload

HOME_VOLUME = "home"
USER_VARIABLES = ("PUID", "PGID")
# Compose runs no command, and a shell's own UID is not in the environment: the user has to be said.
# There is no default, because with any other user a run would fail at its end, on its results.
IDS = r"""printf 'PUID=%s\nPGID=%s\n' "$(id -u)" "$(id -g)" >> .env"""


def compose_document(
    workload: Workload, settings: Settings, *, torch: bool = False
) -> dict[str, object]:
    """The whole file. `torch` says that the program has PyTorch, whose data loaders pass batches
    through shared memory, of which Docker gives 64 MB.
    """
    service: dict[str, object] = {
        "build": {"context": "."},
        "image": _literal(workload.build_tag),
        "command": [_literal(word) for word in _command(workload, settings)],
    }
    environment = _environment(workload)
    if environment:
        service["environment"] = environment
    service["volumes"] = [*_directories(workload), _home()]
    service["user"] = ":".join(map(_required, USER_VARIABLES))
    service |= _confinement()
    if torch:
        service["shm_size"] = f"{max(workload.memory_gb // 4, 1)}gb"
    if workload.gpu is not None:
        service["deploy"] = {"resources": {"reservations": {"devices": [_gpu(workload.gpu)]}}}
    if workload.service is None:
        service["restart"] = "no"
    else:
        service |= _serving(workload.service)
    return {"services": {workload.name: service}, "volumes": {HOME_VOLUME: {}}}


def local_directories(workload: Workload) -> list[str]:
    """The directories beside the project that are mounted."""
    return [volume.local for volume in workload.volumes]


def _literal(text: str) -> str:
    """The text where Compose puts variables in for `$NAME` and `${NAME}`."""
    return text.replace("$", "$$")


def _required(variable: str) -> str:
    return f"${{{variable}:?{variable} is missing, put it into .env or the environment}}"


def _command(workload: Workload, settings: Settings) -> list[str]:
    command = [*workload.program, *(word for option in options(workload) for word in option)]
    if settings.timeout is None or workload.service is not None:
        return command
    # Compose has no limit of its own. At it, the program has half a minute to end in order.
    return ["timeout", "--kill-after=30", str(settings.timeout), *command]


def _environment(workload: Workload) -> dict[str, str | None]:
    """A variable without a value is passed on as it is here, or not set where it is not."""
    found: dict[str, str | None] = {
        secret.name: _required(secret.name) if secret.required else None
        for secret in secrets(workload, USER_VARIABLES)[0]
    }
    if workload.service is not None:
        found |= {name: _literal(value) for name, value in workload.service.variables}
    return found


def _directories(workload: Workload) -> list[dict[str, object]]:
    return [
        {"type": "bind", "source": f"./{_literal(one.local)}", "target": _literal(one.path)}
        | ({} if one.writable else {"read_only": True})
        for one in workload.volumes
    ]


def _home() -> dict[str, object]:
    """A volume of Docker's for what libraries keep (models of gigabytes): a tmpfs would hold it in
    memory, and fetch it again at each run.
    """
    return {"type": "volume", "source": HOME_VOLUME, "target": HOME}


def _confinement() -> dict[str, object]:
    return {
        "read_only": True,
        # `exec`, because some libraries compile what they run there.
        "tmpfs": ["/tmp:exec"],
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "init": True,
        "stop_grace_period": "1m",
    }


def _gpu(gpu: GpuNeed) -> dict[str, object]:
    return {"driver": "nvidia", "count": gpu.count, "capabilities": ["gpu"]}


def _serving(service: Service) -> dict[str, object]:
    """The port is this machine's alone. What listens to its own machine alone cannot be reached
    through a port, so that it has to be on this one.
    """
    port = f"127.0.0.1:{service.port}"
    network: dict[str, object] = {"ports": [f"{port}:{service.port}"]}
    if service.local:
        network = {"network_mode": "host"}
    elif low_port(service) is not None:
        # Without privileges the program may not serve there otherwise; the machine's own network
        # cannot be set so.
        network["sysctls"] = {SYSCTL: "0"}
    return {
        **network,
        "healthcheck": {
            "test": ["CMD", *map(_literal, probe(service))],
            "interval": "30s",
            "timeout": "10s",
            "retries": 3,
            # A notebook loads, and often trains, its model before it serves.
            "start_period": "10m",
        },
        "restart": "unless-stopped",
    }
