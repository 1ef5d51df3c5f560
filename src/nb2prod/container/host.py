"""What an engine says of itself and its machine, and what containers there need for that."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docker import DockerClient

# The 64 MB that engines give by default are too few for what shares arrays between processes.
SHARED_MEMORY = "2g"
# What the SDK calls an engine behind a socket, or a pipe, of this machine.
_LOCAL = ("http+docker://localhost", "http+docker://localnpipe")


@dataclass(frozen=True, slots=True)
class Host:
    """`rootless`: the engine runs as a user, who is root within containers. `remapped`: users of
    containers are others outside. `selinux`: files have labels that decide who reads them.
    `gpus`: it has one of NVIDIA's, as far as that can be known without asking for it.
    """

    rootless: bool
    remapped: bool
    selinux: bool
    gpus: bool

    @property
    def user(self) -> str:
        """The user of a container whose files are this process's user's: within rootless engines,
        root is that.
        """
        return "0:0" if self.rootless else f"{os.getuid()}:{os.getgid()}"

    @property
    def userns_mode(self) -> str | None:
        """With users as they are outside, what a container writes belongs to its caller."""
        return "host" if self.remapped else None

    @property
    def security_opt(self) -> list[str]:
        """Without labels, a container reads directories that are mounted as they are."""
        return ["label=disable"] if self.selinux else []


def host_of(client: DockerClient) -> Host:
    """What the client's engine says. Raises what the SDK raises where it does not answer."""
    info: Mapping[str, Any] = client.info()
    options = [str(option) for option in info.get("SecurityOptions") or ()]
    return Host(
        rootless=any(option.startswith("name=rootless") for option in options),
        remapped="name=userns" in options,
        selinux="name=selinux" in options,
        gpus=has_gpu() if client.api.base_url in _LOCAL else _says_gpu(info),
    )


def has_gpu() -> bool:
    """Whether this machine has a GPU of NVIDIA's: its driver, or Windows' under its Linux."""
    return Path("/proc/driver/nvidia/version").exists() or Path("/dev/dxg").exists()


def _says_gpu(info: Mapping[str, Any]) -> bool:
    """Whether an engine elsewhere is set up for them: by a runtime, or by devices that it found."""
    devices = [str(device.get("ID")) for device in info.get("DiscoveredDevices") or ()]
    return "nvidia" in (info.get("Runtimes") or {}) or any(
        device.startswith("nvidia.com/gpu") for device in devices
    )
