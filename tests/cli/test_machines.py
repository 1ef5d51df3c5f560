"""`nb2prod machines`, the real command in a process of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

RunCli = Callable[..., subprocess.CompletedProcess[str]]


def test_without_a_name_it_lists_machines_stand_ins_and_the_driver(run_cli: RunCli) -> None:
    done = run_cli("machines")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "A4000 RTX A4000, 16 GB Ampere 8.6 CUDA 11.1 to 12.4" in lines
    assert "H100x8 8 x H100, 80 GB Hopper 9.0 CUDA 11.8 to 12.4" in lines
    assert "C1 1 CPU, 0.5 GB" in lines
    assert "A100x2 2 x A100, 40 GB Ampere 8.0 CUDA 11.0 to 12.4, not documented" in lines
    assert any(line.startswith("T4 A4000 the same 16 GB") for line in lines)
    assert lines[-1].startswith("driver: 525.116.04, documented in 2024")


def test_the_list_as_json(run_cli: RunCli) -> None:
    done = run_cli("machines", "--json")
    assert done.returncode == 0
    shown = json.loads(done.stdout)
    assert shown["driver"] == {
        "version": "525.116.04", "date": "2024-02-02", "admitted_cuda": "12.4",
    }  # fmt: skip
    by_name = {one["name"]: one for one in shown["machines"]}
    assert by_name["V100-32Gx2"] == {
        "name": "V100-32Gx2", "gpu": "Tesla V100", "gpus": 2, "gpu_memory_gb": 32,
        "generation": "Volta", "capability": "7.0", "cuda": {"first": "11.0", "last": "12.4"},
        "vcpus": 16, "memory_gb": 60, "documented": True,
    }  # fmt: skip
    assert not by_name["A100x2"]["documented"]
    assert by_name["C6"]["gpu"] is None
    assert by_name["C6"]["cuda"] is None
    assert {one["gpu"]: one["machine"] for one in shown["stand_ins"]}["K80"] == "P5000"


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("A4000", "A4000|gpu: 1 x RTX A4000, 16 GB each|cuda: 11.1 to 12.4|memory: 45 GB"),
        ("a100x8", "A100x8|generation: Ampere, compute capability 8.0|cpus: 96"),
        ("A100x2", "A100x2|cpus: 24|documented: no; only lists by others have its name"),
        ("V100", "V100|gpu: 1 x Tesla V100, 16 GB each|cuda: 11.0 to 12.4"),
        ("nvidiaTeslaT4", "A4000|gpu: 1 x RTX A4000, 16 GB each"),
        ("nvidiaTeslaP100", "P6000|gpu: 1 x Quadro P6000, 24 GB each"),
        ("C6", "C6|gpu: none|cpus: 8|memory: 16 GB"),
    ],
)  # fmt: skip
def test_it_shows_one(run_cli: RunCli, name: str, facts: str) -> None:
    done = run_cli("machines", name)
    assert (done.returncode, done.stderr) == (0, "")
    shown = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert [fact for fact in facts.split("|") if fact not in shown] == []
    as_json = json.loads(run_cli("machines", name, "--json").stdout)
    assert as_json["name"] == shown[0]
    assert bool(as_json["stands_in_because"]) == any(line.startswith("for:") for line in shown)


@pytest.mark.parametrize(("name", "near"), [("A400", "A4000"), ("L40S", "A6000"), ("H10", "H100")])
def test_an_unknown_name_is_an_error_with_the_nearest(
    run_cli: RunCli, name: str, near: str
) -> None:
    done = run_cli("machines", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert near in done.stderr
    assert "Traceback" not in done.stderr
