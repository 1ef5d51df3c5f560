"""What tells each of several machines which one it is: the same with every target that has them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from nb2prod.analysis.facts import Nodes
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.project.targets import kubernetes, skypilot
from nb2prod.project.targets.node_variables import PORT
from nb2prod.project.targets.target import Settings

MakeMigration = Callable[..., Migration]

PLACE = Location(3, 1)
ALWAYS = "MASTER_ADDR MASTER_PORT NNODES NODE_RANK"
PROCESS = f"{ALWAYS} LOCAL_RANK RANK WORLD_SIZE"
TORCHRUN = f"{PROCESS} PET_MASTER_ADDR PET_MASTER_PORT PET_NNODES PET_NODE_RANK"
# The launcher, its variables, and what its launch line needs; Lightning has none.
LAUNCHERS = [
    ("torch", TORCHRUN, "take `--node_rank`, `--nnodes`, `--master_addr` and `--master_port` out"),
    ("lightning", ALWAYS, "as long as its `num_nodes` is 2"),
    ("accelerate", PROCESS, '--machine_rank "$NODE_RANK" --main_process_ip "$MASTER_ADDR"'),
    ("deepspeed", PROCESS, '`deepspeed --no_ssh --num_nodes 2 --node_rank "$NODE_RANK"'),
]


def spread(make: MakeMigration, launcher: Any) -> Migration:
    migration = make()
    facts = dataclasses.replace(migration.facts, nodes=Nodes(2, PLACE, launcher))
    return dataclasses.replace(migration, facts=facts)


def of_kubernetes(migration: Migration) -> dict[str, str]:
    job = yaml.safe_load(kubernetes.files(migration)["deploy/kubernetes/job.yaml"])
    [container] = job["spec"]["template"]["spec"]["containers"]
    return {one["name"]: str(one.get("value", "")) for one in container["env"]}


def of_skypilot(migration: Migration, name: str) -> dict[str, str]:
    run = yaml.safe_load(skypilot.files(migration)[f"deploy/skypilot/{name}.yaml"])["run"]
    return dict(re.findall(r'^export (\w+)="(.*)"$', run, re.MULTILINE))


@pytest.mark.parametrize(("launcher", "names", "said"), LAUNCHERS)
def test_each_machine_is_told_the_same(
    make_migration: MakeMigration, launcher: str, names: str, said: str
) -> None:
    migration = spread(make_migration, launcher)
    found = of_kubernetes(migration)
    assert set(found) - {"JOB_NAME"} == set(names.split())
    assert found["MASTER_PORT"] == str(PORT)
    for name in ("task", "job", "paperspace"):
        exported = of_skypilot(migration, name)
        assert set(exported) - {"PATH", "PYTHONPATH"} == set(names.split())
        assert exported["MASTER_PORT"] == str(PORT)
        assert exported["NNODES"] == "$SKYPILOT_NUM_NODES"
    for target in (kubernetes, skypilot):
        notes = target.notes(migration, Settings())
        assert said in notes
        assert "cell 3 line 1" in notes


def test_one_machine_is_told_nothing(make_migration: MakeMigration) -> None:
    for target in (kubernetes, skypilot):
        assert "NODE_RANK" not in target.notes(make_migration(), Settings())
