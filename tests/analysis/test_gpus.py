"""On how many GPUs of one machine a notebook trains."""

from __future__ import annotations

import json

import pytest

from nb2prod.analysis.facts import Gpus
from nb2prod.analysis.gather import gather
from nb2prod.location import Location
from nb2prod.notebook.reader import read_bytes

LIGHTNING = "import lightning as L\n"
PARALLEL = "from torch import nn\n"


def gpus(*cells: str) -> Gpus | None:
    found = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    document = {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return gather(read_bytes(json.dumps(document).encode(), "n")).gpus


@pytest.mark.parametrize(
    ("cells", "number"),
    [
        ([LIGHTNING + "L.Trainer(devices=8, num_nodes=2)"], 8),
        ([LIGHTNING + "L.Trainer(accelerator='gpu', devices=[0, 1])"], 2),
        ([LIGHTNING + "L.Trainer(accelerator='cuda', devices='4')"], 4),
        ([LIGHTNING + "L.Trainer(devices='0, 1,')"], 2),
        ([LIGHTNING + "N = 3", "L.Fabric(devices=N)"], 3),
        (["import pytorch_lightning as pl\npl.Trainer(gpus=2)"], 2),
        (["!torchrun --nproc_per_node=4 train.py"], 4),
        (["!torchrun --standalone --nproc-per-node 4 train.py"], 4),
        (["!python -m torch.distributed.launch --nproc_per_node 2 train.py"], 2),
        (["N = 2", "!torchrun --nproc_per_node $N train.py"], 2),
        (["!accelerate launch --num_processes 16 --num_machines 2 train.py"], 8),
        (["!accelerate launch --multi_gpu --num-processes=4 train.py"], 4),
        (["!accelerate launch --num_processes 3 --num_machines 2 train.py"], 2),
        (["!deepspeed --num_gpus 2 train.py"], 2),
        (["!deepspeed --num_gpus=8 --num_nodes=2 train.py"], 8),
        ([PARALLEL + "nn.DataParallel(model, device_ids=[0, 1, 2, 3])"], 4),
        ([PARALLEL + "nn.DataParallel(model, [0, 1])"], 2),
        (["import torch\ntorch.nn.parallel.DataParallel(m, device_ids=[0, 1])"], 2),
        (["%%writefile t.py\n" + LIGHTNING + "L.Trainer(devices=2)", "!python t.py"], 2),
    ],
)
def test_several_gpus(cells: list[str], number: int) -> None:
    found = gpus(*cells)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    "cells",
    [
        [LIGHTNING + "L.Trainer(devices=1)"],
        [LIGHTNING + "L.Trainer(devices=-1)"],
        [LIGHTNING + "L.Trainer(devices='auto')"],
        [LIGHTNING + "L.Trainer(devices=True)"],
        [LIGHTNING + "L.Trainer(devices=n)"],
        [LIGHTNING + "L.Trainer(devices=[0])"],
        [LIGHTNING + "L.Trainer(accelerator='tpu', devices=8)"],
        [LIGHTNING + "L.Trainer(accelerator='cpu', devices=4)"],
        [LIGHTNING + "L.Trainer(accelerator=kind, devices=4) if a else L.Trainer(devices=0)"],
        [LIGHTNING + "def go():\n    L.Trainer(devices=8)"],
        ["import lightning\nfrom a import Trainer\nTrainer(devices=8)"],
        ["!torchrun --nproc_per_node gpu train.py"],
        ["!torchrun --nproc_per_node 1 train.py"],
        ["!torchrun --nproc_per_node 64 train.py"],
        ["!torchrun train.py --nproc_per_node 8"],
        ["!torchrun --nproc_per_node $N train.py"],
        ["!torchrun --nnodes 2 train.py"],
        ["!accelerate launch --num_processes 2 --num_machines 2 train.py"],
        ["!accelerate launch --cpu --num_processes 4 train.py"],
        ["!accelerate launch --tpu --num_processes 8 train.py"],
        ["# !deepspeed --num_gpus 2 train.py"],
        [PARALLEL + "nn.DataParallel(model)"],
        [PARALLEL + "nn.DataParallel(model, device_ids=ids)"],
        [PARALLEL + "nn.parallel.DistributedDataParallel(model, device_ids=[rank])"],
    ],
)
def test_is_none(cells: list[str]) -> None:
    assert gpus(*cells) is None


def test_the_most_counts() -> None:
    found = gpus("!torchrun --nproc_per_node 2 a.py", "x = 1\n!deepspeed --num_gpus 4 a.py")
    assert found == Gpus(4, Location(2, 2))
