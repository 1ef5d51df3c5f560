"""Workloads by hand: what the documents of the targets are made from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from nb2prod.project.interface import DataSource, Interface
from nb2prod.project.targets.workload import Volume, Workload

DATA = Volume("data", "DATA_DIR", "/data", "data", filled=True, writable=True)
READ_ONLY = dataclasses.replace(DATA, writable=False)
WORK = Volume("work", None, "/work", "work", filled=False, writable=True)
FILLED = dataclasses.replace(WORK, filled=True)
OUTPUT = Volume("output", "OUTPUT_DIR", "/outputs", "outputs", filled=False, writable=True)
# What programs have, each in its order.
VOLUMES = [(WORK,), (DATA, FILLED, OUTPUT), (READ_ONLY, WORK, OUTPUT), (FILLED,)]

PLAIN = Workload(
    name="train",
    package="train",
    image="registry.example.invalid/train:1",
    arguments=(),
    secrets=(),
    volumes=(WORK,),
    gpu=None,
    cpus=2,
    memory_gb=13,
    machine="C6",
    service=None,
    nodes=None,
    interface=Interface((), (), DataSource("data_from", "--data-from")),
)

MakeWorkload = Callable[..., Workload]


def make(**changes: Any) -> Workload:
    """The workload of a program called `train`, with these differences."""
    return dataclasses.replace(PLAIN, **changes)
