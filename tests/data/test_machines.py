"""Gradient's machines, and which of them stands in for a notebook's GPU."""

from __future__ import annotations

import pytest

from nb2prod.data._files import read_json
from nb2prod.data.gpus import gpus
from nb2prod.data.machines import (
    Machine,
    carries,
    cuda_range,
    is_known_gpu,
    machine_for,
    machine_with,
    machines,
    read_gpu,
    stand_ins,
)


@pytest.mark.parametrize(
    "machine",
    [
        Machine("C6", None, None, 0, 8, 16, None),
        Machine("GPU+", "Quadro M4000", 8, 1, 8, 30, "Maxwell"),
        Machine("P6000", "Quadro P6000", 24, 1, 8, 30, "Pascal"),
        Machine("A4000", "RTX A4000", 16, 1, 8, 45, "Ampere"),
        Machine("A4000x2", "RTX A4000", 16, 2, 16, 90, "Ampere"),
        Machine("A100-80Gx8", "A100", 80, 8, 96, 720, "Ampere"),
        Machine("H100", "H100", 80, 1, 20, 250, "Hopper"),
        Machine("H100x8", "H100", 80, 8, 128, 2048, "Hopper"),
        Machine("A100x2", "A100", 40, 2, 24, 180, "Ampere", documented=False),
        Machine("H100x4", "H100", 80, 4, 80, 1000, "Hopper", documented=False),
    ],
    ids=lambda machine: machine.name,
)
def test_machines(machine: Machine) -> None:
    assert machines()[machine.name] == machine


def test_each_machine_is_listed_under_its_own_name() -> None:
    rows = read_json("machines.json")["machines"]
    assert len(machines()) == len(rows)
    assert [name for name, machine in machines().items() if machine.name != name] == []


def test_machines_that_only_others_list_have_several_gpus_and_a_documented_single_one() -> None:
    doubtful = [one for one in machines().values() if not one.documented]
    assert {one.name for one in doubtful} == {
        "P5000x4", "P6000x4", "A100x2", "A100x4", "H100x2", "H100x4",
    }  # fmt: skip
    for one in doubtful:
        single = machines()[one.name.partition("x")[0]]
        assert single.documented
        assert (one.gpu, one.gpu_memory_gb) == (single.gpu, single.gpu_memory_gb)
        assert (one.vcpus, one.memory_gb) == (single.vcpus * one.gpus, single.memory_gb * one.gpus)


def test_a_machine_has_a_gpu_or_none_but_nothing_between() -> None:
    halves = [
        machine.name
        for machine in machines().values()
        if len({machine.gpu is None, machine.gpu_memory_gb is None, machine.gpus == 0}) != 1
    ]
    assert halves == []


@pytest.mark.parametrize(
    ("gpu", "machine"),
    [
        (None, "C6"),
        ("T4", "A4000"),
        ("P100", "P6000"),
        ("V100", "V100"),
        ("L4", "A5000"),
        ("A100", "A100"),
        ("H100", "H100"),
        ("K80", "P5000"),
        ("t4", "A4000"),
        ("Tesla T4", "A4000"),
        ("NVIDIA L4", "A5000"),
        ("nvidiaTeslaP100", "P6000"),
        ("nvidia-tesla-v100", "V100"),
        ("nvidiaRtxPro6000", "A100-80G"),
        ("RTX5000", "RTX5000"),
        ("C10", "A4000"),  # no GPU, so an unknown one
        ("some GPU of tomorrow", "A4000"),
    ],
)
def test_machine_for(gpu: str | None, machine: str) -> None:
    assert machine_for(gpu).name == machine


def test_every_substitute_has_a_reason_and_exists() -> None:
    rows = read_json("machines.json")["substitutes"].values()
    assert [row for row in rows if row["machine"] not in machines() or not row["reason"]] == []


@pytest.mark.parametrize(
    ("gpu", "count", "machine"),
    [
        ("A4000", 1, "A4000"),
        ("A4000", 4, "A4000x4"),
        ("A4000", 3, None),
        ("A4000x2", 1, "A4000x2"),
        ("A4000x2", 2, "A4000x4"),
        ("A100", 2, "A100x2"),
        ("A100", 4, "A100x4"),
        ("H100", 2, "H100x2"),
        ("P100", 4, "P6000x4"),
        ("K80", 4, "P5000x4"),
        ("A100", 8, "A100x8"),
        ("A100-80G", 8, "A100-80Gx8"),
        ("T4", 2, "A4000x2"),
        ("L40S", 1, None),
        ("C7", 1, None),
        ("", 1, None),
    ],
)
def test_machine_with(gpu: str, count: int, machine: str | None) -> None:
    found = machine_with(gpu, count)
    assert (found.name if found else None) == machine


@pytest.mark.parametrize(
    ("machine", "gpu", "count", "does"),
    [
        ("A4000", "A4000", 1, True),
        ("A4000", "RTX A4000", 1, True),
        ("A4000x2", "A4000", 1, False),
        ("A100-80G", "A100", 1, True),
        ("A100", "A100-80G", 1, False),
        ("V100", "A100", 1, False),
        ("RTX5000", "T4", 1, True),  # no machine has a T4: any with its memory
        ("RTX4000", "T4", 1, False),
        ("A6000", "L40S", 1, True),
        ("C7", "T4", 1, False),
        ("A4000", "no such GPU", 1, False),
    ],
)
def test_carries(machine: str, gpu: str, count: int, does: bool) -> None:
    assert carries(machines()[machine], gpu, count) == does


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A4000", ("A4000", 1)),
        (" A100:2 ", ("A100", 2)),
        ("RTX A4000:4", ("RTX A4000", 4)),
        ("A4000:", None),
        ("A4000:0", None),
        ("A4000:x", None),
        (":2", None),
        ("", None),
    ],
)
def test_read_gpu(text: str, read: tuple[str, int] | None) -> None:
    assert read_gpu(text) == read


@pytest.mark.parametrize(
    ("gpu", "span"),
    [("M4000", ("11.0", "12.4")), ("A4000", ("11.1", "12.4")), ("H100", ("11.8", "12.4"))],
)
def test_the_cuda_that_a_gpu_takes_there(gpu: str, span: tuple[str, str]) -> None:
    assert cuda_range(gpus()[gpu]) == span


def test_stand_ins_are_gpus_of_the_table() -> None:
    assert {one.gpu for one in stand_ins()} <= set(gpus())
    assert [one for one in stand_ins() if not is_known_gpu(one.gpu)] == []
    assert len(stand_ins()) == len({one.gpu for one in stand_ins()})
