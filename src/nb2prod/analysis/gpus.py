"""On how many GPUs of one machine a notebook trains, where its text says a number of two or more.

By the options of `launch_commands` (accelerate's `--num_processes` counts those of all machines),
`DataParallel(device_ids=…)` of torch, and `Trainer` and `Fabric` of lightning: `devices=…`, and
`gpus=…` before 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from nb2prod.analysis.command_options import option
from nb2prod.analysis.facts import Gpus
from nb2prod.analysis.known_values import Value
from nb2prod.analysis.launch_commands import Launch, launches
from nb2prod.analysis.nodes import LIGHTNING, machines_of
from nb2prod.analysis.running_code import Code, Program
from nb2prod.analysis.started_calls import StartedCall, Values, started_calls

_PACKAGES = frozenset({"pytorch_lightning", "lightning", "lightning_fabric", "torch"})
_DATA_PARALLEL = re.compile(r"torch\.nn\.(?:parallel\.)?(?:data_parallel\.)?DataParallel")
_ON_GPUS = frozenset({"gpu", "cuda", "auto", None})
_ELSEWHERE = frozenset({"--cpu", "--use_cpu", "--use-cpu", "--tpu", "--mps"})
_NUMBER = re.compile(r"[0-9]{1,3}")
# No machine has more, and who starts more processes than that starts them on CPUs.
_MOST = 16


def find_gpus(
    code: Sequence[Code], programs: Iterable[Program], modules: Collection[str]
) -> Gpus | None:
    """The most that one place says, and the first such place; None where none says two or more.

    `code` is what runs, the notebook's own first, `programs` are the words of its commands, and
    `modules` the roots of all that it imports.
    """
    found = [Gpus(_of_launch(one), one.place) for one in launches(programs, code[0])]
    if not _PACKAGES.isdisjoint(modules):
        found += [
            Gpus(_of_call(call, each), call.place) for each in code for call in started_calls(each)
        ]
    several = [one for one in found if 2 <= one.number <= _MOST]
    return min(several, key=lambda one: (-one.number, one.location), default=None)


def _of_launch(launch: Launch) -> int:
    words = launch.words
    if launch.launcher == "torch":
        return _written(option(words, "--nproc_per_node", "--nproc-per-node"))
    if launch.launcher == "deepspeed":
        return _written(option(words, "--num_gpus"))
    if not _ELSEWHERE.isdisjoint(words):
        return 0
    # Rounded up: a machine of them has so many.
    return -(-_written(option(words, "--num_processes", "--num-processes")) // machines_of(launch))


def _of_call(call: StartedCall, code: Code) -> int:
    """0 where it says none."""
    for meaning in code.imports.meanings(call.called):
        if _DATA_PARALLEL.fullmatch(meaning):
            return _count(call.argument("device_ids", 1), of_list=True)
        if LIGHTNING.fullmatch(meaning):
            kinds = call.argument("accelerator")
            if kinds is None or (kinds and _ON_GPUS.issuperset(kinds)):
                return max(_count(call.argument("devices")), _count(call.argument("gpus")))
    return 0


def _count(values: Values | None, *, of_list: bool = False) -> int:
    """`8`, `"8"`, `"0,1"` or `[0, 1]`; 0 for all that are there (`-1`, `"auto"`)."""
    value: Value = values[0] if values and len(values) == 1 else None
    if isinstance(value, tuple):
        return len(value)
    if of_list or isinstance(value, bool):
        return 0
    if isinstance(value, str) and "," in value:
        return len([one for one in value.split(",") if one.strip()])
    return _written(str(value))


def _written(number: str | None) -> int:
    return int(number) if number and _NUMBER.fullmatch(number) else 0
