"""Over how many machines a notebook trains."""

from __future__ import annotations

import json

import pytest

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.facts import Nodes
from nb2prod.analysis.gather import gather
from nb2prod.location import Location
from nb2prod.notebook.reader import read_bytes


def nodes(*cells: str) -> Nodes | None:
    return facts(*cells).nodes


def facts(*cells: str) -> Facts:
    found = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    document = {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return gather(read_bytes(json.dumps(document).encode(), "n"))


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


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("torchrun --nnodes 2 --node_rank 0 train.py", "write --node_rank $NODE_RANK, "),
        (
            "torchrun --nnodes=2 --node-rank=0 --master_addr=10.0.0.1 train.py",
            "write --node-rank $NODE_RANK and --master_addr $MASTER_ADDR, ",
        ),
        (
            "torchrun --nnodes 2 --rdzv_endpoint=localhost:29400 train.py",
            "write --rdzv_endpoint $MASTER_ADDR:$MASTER_PORT, ",
        ),
        (
            "accelerate launch --num_machines 2 --machine_rank 0 --main_process_ip 10.0.0.1 t.py",
            "write --machine_rank $NODE_RANK and --main_process_ip $MASTER_ADDR, ",
        ),
        ("torchrun --nnodes 2 --standalone train.py", "take out --standalone"),
    ],
)
def test_what_is_one_machines_own_is_told(command: str, words: str) -> None:
    (found,) = facts(f"!{command}").concerns
    assert words in found.reason


@pytest.mark.parametrize(
    "command",
    [
        "torchrun --nnodes 2 train.py",
        "torchrun --nnodes 1 --node_rank 0 --master_addr localhost train.py",
        "torchrun --standalone --nproc_per_node 2 train.py",
        "torchrun --nnodes 2 --node_rank $NODE_RANK --rdzv_endpoint $HOST:29400 train.py",
        "torchrun --nnodes 2 train.py --node_rank 0",
        "torchrun --nnodes 2 --master_port 29500 train.py",
    ],
)
def test_nothing_is_one_machines_own(command: str) -> None:
    assert facts(f"!{command}").concerns == ()
