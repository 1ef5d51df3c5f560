"""What runs on the machine: the lines of `run`.

SkyPilot puts lines of its own behind them, in the same shell, which wait until the bucket has
everything (`get_rclone_flush_script`, version 0.14.1). So nothing here may end or replace the
shell: no `exec`, no `exit`, no `set -e`; the last command's status is that of the task.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from nb2prod.project.targets.skypilot.paths import INPUTS, RESULTS, RUN
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload

_PORT = 29500
_GRACE = 60
_RANK = "$SKYPILOT_NODE_RANK"
_MACHINES = "$SKYPILOT_NUM_NODES"


def in_image(workload: Workload, settings: Settings) -> str:
    """`run` where the machine runs the image: the program starts in the bucket."""
    work = f"{RESULTS}/work"
    start = f"mkdir -p {work} &&"
    beside = workload.volume("work")
    if beside is not None and beside.filled:
        # What a run before has changed there stays.
        start += f" cp -R --update {INPUTS}/work/. {work}/ &&"
    return _script(
        ['export PATH="/opt/venv/bin:$PATH"', *_nodes(workload)],
        f"{start} cd {work} &&",
        _command(workload, settings),
    )


def installed(workload: Workload, settings: Settings) -> str:
    """`run` where `setup` has installed it: SkyPilot starts it in the copy of the project."""
    directories = [
        f'export {one.variable}="$HOME/{RUN}/{one.local}"'
        for one in workload.volumes
        if one.variable is not None
    ]
    paths = 'export PATH="$HOME/venv/bin:$PATH" PYTHONPATH="$PWD/src"'
    return _script(
        [paths, *directories, *_nodes(workload)],
        f'mkdir -p "$HOME/{RUN}/work" && cd "$HOME/{RUN}/work" &&',
        _command(workload, settings),
    )


def left_out(workload: Workload) -> list[str]:
    """The flags of the options that no command line can hold."""
    return [option[0].partition("=")[0] for option in _options(workload) if not _fits(option)]


def _script(first: Iterable[str], start: str, command: Sequence[str]) -> str:
    lines = [*first, start, " \\\n  ".join(command)]
    return "".join(f"{line}\n" for line in lines)


def _command(workload: Workload, settings: Settings) -> list[str]:
    """The command as parts of a line, each quoted for the shell: one for each option."""
    program = workload.command[: len(workload.command) - len(workload.arguments)]
    limit = ("timeout", f"--kill-after={_GRACE}", str(settings.timeout))
    start = (*limit, *program) if settings.timeout is not None else program
    return [shlex.join(start), *(shlex.join(one) for one in _options(workload) if _fits(one))]


def _options(workload: Workload) -> Iterator[list[str]]:
    """Each flag with its value: only a flag begins with a dash (`ProgramOption.arguments`)."""
    option: list[str] = []
    for word in workload.arguments:
        if word.startswith("-") and option:
            yield option
            option = []
        option.append(word)
    if option:
        yield option


def _fits(option: Sequence[str]) -> bool:
    """A command line ends at a zero byte, and half a character is no UTF-8."""
    return not any("\0" in word or any("\ud800" <= c <= "\udfff" for c in word) for word in option)


def _nodes(workload: Workload) -> list[str]:
    """What training over several machines asks its environment for.

    Lightning starts a process for each GPU itself, unless LOCAL_RANK says that somebody did. The
    names with PET_ are the options of `torchrun` that a command line leaves out.
    """
    if workload.nodes is None:
        return []
    first = """$(printf '%s\\n' "$SKYPILOT_NODE_IPS" | head -n 1)"""
    exported = {"MASTER_ADDR": first, "MASTER_PORT": str(_PORT), "NODE_RANK": _RANK}
    if workload.nodes.launcher != "lightning":
        exported |= {"WORLD_SIZE": _MACHINES, "RANK": _RANK, "LOCAL_RANK": "0"}
        exported |= {"PET_NNODES": _MACHINES, "PET_NODE_RANK": _RANK}
        exported |= {"PET_MASTER_ADDR": "$MASTER_ADDR", "PET_MASTER_PORT": "$MASTER_PORT"}
    return [f'export {name}="{value}"' for name, value in exported.items()]
