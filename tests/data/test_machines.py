"""Gradient's machines, and which of them stands in for a notebook's GPU."""

from __future__ import annotations

import pytest

from nb2prod.data._files import read_json
from nb2prod.data.machines import Machine, machine_for, machines


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
    ],
    ids=lambda machine: machine.name,
)
def test_machines(machine: Machine) -> None:
    assert machines()[machine.name] == machine


def test_each_machine_is_listed_under_its_own_name() -> None:
    rows = read_json("machines.json")["machines"]
    assert len(machines()) == len(rows)
    assert [name for name, machine in machines().items() if machine.name != name] == []


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
