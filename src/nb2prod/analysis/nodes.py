"""Over how many machines a notebook trains, where its text says a number of two or more.

Sources, read in November 2026: `torch/distributed/run.py` of torch 2.15 (`--nnodes`, also as
`MIN:MAX`; `elastic/rendezvous/c10d_rendezvous_backend.py`), `commands/launch.py`, `launchers.py`
and `utils/launch.py` of accelerate 1.15, `launcher/runner.py` of deepspeed (`--num_nodes`),
`Trainer` and `Fabric` of lightning 2.6.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from nb2prod.analysis.command_options import option
from nb2prod.analysis.facts import Concern, Nodes
from nb2prod.analysis.launch_commands import Launch, launches
from nb2prod.analysis.running_code import Code, Program
from nb2prod.analysis.started_calls import started_calls

_PACKAGES = frozenset({"pytorch_lightning", "lightning", "lightning_fabric", "accelerate"})
LIGHTNING = re.compile(
    r"(?:pytorch_lightning|lightning|lightning_fabric)\.(?:\w+\.)*(?:Trainer|Fabric)"
)
ACCELERATE = re.compile(r"accelerate\.(?:launchers\.)?notebook_launcher")
_MACHINES = {
    "torch": ("--nnodes",),
    "accelerate": ("--num_machines", "--num-machines"),
    "deepspeed": ("--num_nodes",),
}
_NUMBER = re.compile(r"([0-9]{1,6})(?::[0-9]+)?")
# More is no number of machines that anybody trains on, and names of hosts end in three digits.
_MOST = 999

# What differs between the machines, or is the first one's, with what says it in the environment of
# a target that starts several (`project/targets/node_variables.py`).
_OWN = {
    "node_rank": "$NODE_RANK",
    "machine_rank": "$NODE_RANK",
    "master_addr": "$MASTER_ADDR",
    "main_process_ip": "$MASTER_ADDR",
    "rdzv_endpoint": "$MASTER_ADDR:$MASTER_PORT",
}


def find_nodes(
    code: Sequence[Code], programs: Iterable[Program], modules: Collection[str]
) -> Nodes | None:
    """The first place that says so; None where nothing does, or where it says one machine.

    `code` is what runs, the notebook's own first, `programs` are the words of its commands, and
    `modules` the roots of all that it imports.
    """
    found = [
        Nodes(machines, one.place, one.launcher)
        for one in launches(programs, code[0])
        if (machines := machines_of(one)) > 1
    ]
    if not _PACKAGES.isdisjoint(modules):
        found += [one for each in code for one in _in_python(each)]
    return min(found, key=lambda one: one.location, default=None)


def find_own_ranks(programs: Iterable[Program], code: Code) -> Iterator[Concern]:
    """The commands for several machines that say in words which of them this is, or which is the
    first: each machine would run them so.
    """
    for launch in launches(programs, code):
        if machines_of(launch) > 1:
            said = list(_said(launch.words))
            if said:
                reason = (
                    "every machine runs this line as it is, and would take itself for the same"
                    f" one: write {' and '.join(said)}, which the environment says where a target"
                    " starts several machines"
                )
                yield Concern(launch.place, reason)
            if launch.launcher == "torch" and "--standalone" in launch.words:
                reason = "takes its machine for the only one: take out --standalone"
                yield Concern(launch.place, reason)


def machines_of(launch: Launch) -> int:
    """Over how many machines a command trains: 1 where it does not say."""
    match = _NUMBER.fullmatch(option(launch.words, *_MACHINES[launch.launcher]) or "")
    return int(match[1]) if match and 2 <= int(match[1]) <= _MOST else 1


def _said(words: Sequence[str]) -> Iterator[str]:
    """The options as they have to be; what the environment says already is as it has to be."""
    for name, variable in _OWN.items():
        for written in (f"--{name}", f"--{name.replace('_', '-')}"):
            value = option(words, written)
            if value and not set(value) & set("$`{"):
                yield f"{written} {variable}"


def _in_python(code: Code) -> Iterator[Nodes]:
    for call in started_calls(code):
        # `notebook_launcher(function, args, num_processes, mixed_precision, use_port,
        # master_addr, node_rank, num_nodes)`: nobody counts to the eighth.
        values = call.argument("num_nodes")
        machines = values[0] if values and len(values) == 1 else None
        if not isinstance(machines, int) or not 2 <= machines <= _MOST:
            continue
        for meaning in code.imports.meanings(call.called):
            if LIGHTNING.fullmatch(meaning):
                yield Nodes(machines, call.place, "lightning")
            elif ACCELERATE.fullmatch(meaning):
                yield Nodes(machines, call.place, "accelerate")
