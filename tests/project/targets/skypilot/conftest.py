"""Workloads by hand: what the documents of this target are made from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nb2prod.analysis.facts import Nodes, Service
from nb2prod.project.interface import DataSource, Interface
from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets.workload import GpuNeed, Volume, Workload

MakeWorkload = Callable[..., Workload]


def make(
    *,
    name: str = "train",
    image: str = "registry.example.invalid/train:1",
    arguments: tuple[str, ...] = (),
    secrets: tuple[SecretView, ...] = (),
    volumes: tuple[Volume, ...] = (),
    service: Service | None = None,
    nodes: Nodes | None = None,
    gpu: GpuNeed | None = None,
) -> Workload:
    """The workload of a program called `train`, with these differences."""
    return Workload(
        name=name,
        package="train",
        image=image,
        arguments=arguments,
        secrets=secrets,
        volumes=volumes,
        gpu=gpu,
        cpus=2,
        memory_gb=13,
        machine="C6",
        service=service,
        nodes=nodes,
        interface=Interface((), (), DataSource("data_from", "--data-from")),
    )


@pytest.fixture
def make_workload() -> MakeWorkload:
    """Makes a workload; keyword arguments say what is different."""
    return make
