"""Workloads by hand: what the documents of this target are made from."""

from __future__ import annotations

from collections.abc import Callable

from nb2prod.analysis.facts import Nodes, Service
from nb2prod.project.interface import DataSource, Interface
from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets.workload import GpuNeed, Volume, Workload

DATA = Volume("data", "DATA_DIR", "/data", "data", filled=True, writable=True)
READ_ONLY = Volume("data", "DATA_DIR", "/data", "data", filled=True, writable=False)
WORK = Volume("work", None, "/work", "work", filled=True, writable=True)
OUTPUT = Volume("output", "OUTPUT_DIR", "/outputs", "outputs", filled=False, writable=True)

MakeWorkload = Callable[..., Workload]


def make(
    *,
    arguments: tuple[str, ...] = (),
    secrets: tuple[SecretView, ...] = (),
    volumes: tuple[Volume, ...] = (),
    service: Service | None = None,
    nodes: Nodes | None = None,
    gpu: GpuNeed | None = None,
) -> Workload:
    """The workload of a program called `train`, with these differences."""
    return Workload(
        name="train",
        package="train",
        image="registry.example.invalid/train:1",
        arguments=arguments,
        secrets=secrets,
        volumes=volumes,
        gpu=gpu,
        cpus=2,
        memory_gb=12,
        machine="C6",
        service=service,
        nodes=nodes,
        interface=Interface((), (), DataSource("data_from", "--data-from")),
    )
