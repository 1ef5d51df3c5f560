"""Over how many machines a notebook trains."""

from __future__ import annotations

import json

import pytest

from nb2prod.analysis.facts import Nodes
from nb2prod.analysis.gather import gather
from nb2prod.location import Location
from nb2prod.notebook.reader import read_bytes


def nodes(*cells: str) -> Nodes | None:
    found = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    document = {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return gather(read_bytes(json.dumps(document).encode(), "n")).nodes


@pytest.mark.parametrize(
    ("cells", "machines", "launcher"),
    [
        (["!torchrun --nnodes 2 --nproc_per_node 8 train.py"], 2, "torch"),
        (["!torchrun --nproc_per_node=8 --nnodes=2:4 train.py --epochs 3"], 2, "torch"),
        (["!python -m torch.distributed.run --nnodes=3 train.py"], 3, "torch"),
        (["!python3 -m torch.distributed.launch --nnodes=3 train.py"], 3, "torch"),
        (["N = 4", "!torchrun --nnodes {N} train.py"], 4, "torch"),
        (["N = 4", "!torchrun --nnodes=$N train.py"], 4, "torch"),
        (["%%bash\ntorchrun \\\n  --nnodes 2 \\\n  train.py"], 2, "torch"),
        (["import subprocess\nsubprocess.run(['torchrun', '--nnodes', '2', 't.py'])"], 2, "torch"),
        (["!accelerate launch --num_machines 2 train.py"], 2, "accelerate"),
        (["!accelerate launch --num-machines=2 -m train"], 2, "accelerate"),
        (["!deepspeed --num_nodes=2 --num_gpus 8 train.py"], 2, "deepspeed"),
        (["import pytorch_lightning as pl\npl.Trainer(gpus=8, num_nodes=2)"], 2, "lightning"),
        (["from lightning.pytorch import Trainer\nTrainer(num_nodes=2)"], 2, "lightning"),
        (["import lightning as L\nL.Trainer(num_nodes=2)"], 2, "lightning"),
        (["from lightning.fabric import Fabric\nFabric(num_nodes=2)"], 2, "lightning"),
        (["import lightning as L\nNODES = 2", "L.Trainer(num_nodes=NODES)"], 2, "lightning"),
        (["import lightning as L\no = dict(a=1)\nL.Trainer(num_nodes=2, **o)"], 2, "lightning"),
        (
            ["from accelerate import notebook_launcher\nnotebook_launcher(f, (), num_nodes=2)"],
            2,
            "accelerate",
        ),
        (["import accelerate\naccelerate.notebook_launcher(f, num_nodes=2)"], 2, "accelerate"),
        (
            ["%%writefile t.py\nimport lightning as L\nL.Trainer(num_nodes=2)", "!python t.py"],
            2,
            "lightning",
        ),
    ],
)
def test_several_machines(cells: list[str], machines: int, launcher: str) -> None:
    found = nodes(*cells)
    assert found is not None
    assert (found.machines, found.launcher) == (machines, launcher)


@pytest.mark.parametrize(
    "cells",
    [
        ["!torchrun train.py"],
        ["!torchrun --nnodes 1 train.py"],
        ["!torchrun --nnodes=1:4 train.py"],
        ["!torchrun --nproc_per_node 8 train.py --nnodes 2"],
        ["!torchrun --nnodes $NODES train.py"],
        ["!torchrun --nnodes {nodes()} train.py"],
        ["!torchrun --nnodes"],
        ["!echo torchrun --nnodes 2 train.py"],
        ["# !torchrun --nnodes 2 train.py"],
        ["!python train.py --num_nodes 2"],
        ["!accelerate config --num_machines 2"],
        ["!accelerate launch --num_machines 0 --num_processes 2 train.py"],
        ["!accelerate launch train.py --num_machines 2"],
        ["!deepspeed --num_gpus 2 train.py"],
        ["import lightning as L\nL.Trainer(num_nodes=1)"],
        ["import lightning as L\nL.Trainer(num_nodes=n)"],
        ["import lightning as L\nL.Trainer(num_nodes=True)"],
        ["import lightning as L\nL.Trainer(num_nodes='2')"],
        ["import lightning as L\nL.Trainer(devices=2)"],
        ["import lightning as L\nn = 2\nn = 1\nL.Trainer(num_nodes=n)"],
        ["import lightning as L\ndef train():\n    L.Trainer(num_nodes=2)"],
        ["import lightning\nfrom transformers import Trainer\nTrainer(num_nodes=2)"],
        ["import lightning\nTree(num_nodes=2)"],
        ["import torch.multiprocessing as mp\nmp.spawn(f, nprocs=2)"],
    ],
)
def test_is_none(cells: list[str]) -> None:
    assert nodes(*cells) is None


def test_the_first_place_counts() -> None:
    found = nodes(
        "!torchrun --nnodes 1 a.py", "x = 1\n!torchrun --nnodes 3 a.py", "!deepspeed a.py"
    )
    assert found == Nodes(3, Location(2, 2), "torch")
    found = nodes("import lightning as L\nL.Trainer(num_nodes=2)", "!torchrun --nnodes 3 a.py")
    assert found == Nodes(2, Location(1, 2), "lightning")
