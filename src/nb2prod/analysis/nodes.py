"""Over how many machines a notebook trains, where its text says a number of two or more.

Sources, read in November 2026: `torch/distributed/run.py` of torch 2.15 (`--nnodes`, also as
`MIN:MAX`), `commands/launch.py` and `launchers.py` of accelerate 1.15, `launcher/runner.py` of
deepspeed (`--num_nodes`), `Trainer` and `Fabric` of lightning 2.6.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from nb2prod.analysis.command_options import filled_in, option
from nb2prod.analysis.facts import Nodes
from nb2prod.analysis.known_values import Known
from nb2prod.analysis.running_code import Code, Program, behind_python
from nb2prod.analysis.started_calls import started_calls

_Launcher = Literal["torch", "lightning", "accelerate", "deepspeed"]

_PACKAGES = frozenset({"pytorch_lightning", "lightning", "lightning_fabric", "accelerate"})
_LIGHTNING = re.compile(
    r"(?:pytorch_lightning|lightning|lightning_fabric)\.(?:\w+\.)*(?:Trainer|Fabric)"
)
_ACCELERATE = re.compile(r"accelerate\.(?:launchers\.)?notebook_launcher")
_TORCH = frozenset({"torchrun", "torch.distributed.run", "torch.distributed.launch"})
_NUMBER = re.compile(r"(\d{1,6})(?::\d+)?")


def find_nodes(
    code: Sequence[Code], programs: Iterable[Program], modules: Collection[str]
) -> Nodes | None:
    """The first place that says so; None where nothing does, or where it says one machine.

    `code` is what runs, the notebook's own first, `programs` are the words of its commands, and
    `modules` the roots of all that it imports.
    """
    found = [*_in_commands(programs, code[0])]
    if not _PACKAGES.isdisjoint(modules):
        found += [one for each in code for one in _in_python(each)]
    return min(found, key=lambda one: one.location, default=None)


def _in_python(code: Code) -> Iterator[Nodes]:
    for call in started_calls(code):
        # `notebook_launcher(function, args, num_processes, mixed_precision, use_port,
        # master_addr, node_rank, num_nodes)`: nobody counts to the eighth.
        values = call.argument("num_nodes")
        machines = values[0] if values and len(values) == 1 else None
        if not isinstance(machines, int) or machines < 2:
            continue
        for meaning in code.imports.meanings(call.called):
            if _LIGHTNING.fullmatch(meaning):
                yield Nodes(machines, call.place, "lightning")
            elif _ACCELERATE.fullmatch(meaning):
                yield Nodes(machines, call.place, "accelerate")


def _in_commands(programs: Iterable[Program], code: Code) -> Iterator[Nodes]:
    for words, place in programs:
        if words and code.runs(place):
            command = _of_words(words, code.known)
            if command is not None:
                machines, launcher = command
                yield Nodes(machines, place, launcher)


def _of_words(words: Sequence[str], known: Known) -> tuple[int, _Launcher] | None:
    words = _before_script(filled_in(behind_python(words), known))
    given: str | None
    launcher: _Launcher
    if words[0] in _TORCH:
        launcher, given = "torch", option(words, "--nnodes")
    elif words[:2] == ["accelerate", "launch"] or words[0] == "accelerate-launch":
        launcher, given = "accelerate", option(words, "--num_machines", "--num-machines")
    elif words[0] == "deepspeed":
        launcher, given = "deepspeed", option(words, "--num_nodes")
    else:
        return None
    match = _NUMBER.fullmatch(given or "")
    return (int(match[1]), launcher) if match and int(match[1]) > 1 else None


def _before_script(words: Sequence[str]) -> list[str]:
    """The launcher's own words: what stands behind the script is the script's."""
    end = next((index for index, word in enumerate(words) if word.endswith(".py")), len(words))
    return list(words[: max(end, 1)])
