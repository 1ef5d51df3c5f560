"""The machines that notebooks run on at Colab and Kaggle."""

from __future__ import annotations

import re

import pytest

from nb2prod.data._files import read_json
from nb2prod.data.gpus import find_gpu
from nb2prod.data.notebook_hosts import host


@pytest.mark.parametrize(
    ("platform", "shape", "gpu", "cpus", "memory_gb"),
    [
        ("colab", None, None, 2, 13),
        ("colab", "hm", None, 8, 51),
        ("colab", None, "T4", 2, 13),
        ("colab", "hm", "T4", 8, 51),
        ("colab", "hm", "L4", 12, 53),
        ("colab", None, "NVIDIA L4", 12, 53),
        ("colab", None, "NVIDIA A100-SXM4-40GB", 12, 83),
        ("colab", "hm", "A100", 12, 83),
        ("colab", "hm", "V100", 8, 51),  # without a row of its own
        ("colab", "unheard of", None, 2, 13),
        ("kaggle", None, None, 4, 30),
        ("kaggle", None, "Tesla P100-PCIE-16GB", 4, 31),
        ("kaggle", None, "T4", 4, 31),
    ],
)
def test_host(platform: str, shape: str | None, gpu: str | None, cpus: int, memory_gb: int) -> None:
    found = host(platform, shape, gpu)
    assert found is not None
    assert (found.cpus, found.memory_gb) == (cpus, memory_gb)


def test_a_platform_without_machines_of_its_own_has_none() -> None:
    assert host("jupyter", None, "T4") is None


def test_each_row_has_a_source_and_a_date_and_a_known_gpu() -> None:
    rows = read_json("notebook_hosts.json")["hosts"]
    for row in rows:
        assert len(row["source"]) > 40
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row["date"])
        assert row["gpu"] is None or find_gpu(row["gpu"]) is not None
    keys = [(row["platform"], row["shape"], row["gpu"]) for row in rows]
    assert len(keys) == len(set(keys))
