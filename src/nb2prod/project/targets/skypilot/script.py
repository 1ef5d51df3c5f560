"""What runs on the machine: the lines of `run`.

SkyPilot puts lines of its own behind them, in the same shell, which wait until the bucket has
everything (`get_rclone_flush_script`, version 0.14.1). So nothing here may end or replace the
shell: no `exec`, no `exit`, no `set -e`; the last command's status is that of the task.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from nb2prod.project.targets.carried import options
from nb2prod.project.targets.node_variables import PORT, Word, node_variables
from nb2prod.project.targets.skypilot.paths import INPUTS, RESULTS, RUN
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload

_GRACE = 60


def in_image(workload: Workload, settings: Settings) -> str:
    """`run` where the machine runs the image: the program starts in the bucket."""
    work = f"{RESULTS}/work"
    start = f"mkdir -p {work} &&"
    if workload.work.filled:
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


def _script(first: Iterable[str], start: str, command: Sequence[str]) -> str:
    lines = [*first, start, " \\\n  ".join(command)]
    return "".join(f"{line}\n" for line in lines)


def _command(workload: Workload, settings: Settings) -> list[str]:
    """The command as parts of a line, each quoted for the shell: one for each option. A server has
    no time limit: it is there to stay.
    """
    start = workload.program
    if settings.timeout is not None and workload.service is None:
        start = ("timeout", f"--kill-after={_GRACE}", str(settings.timeout), *start)
    return [shlex.join(start), *(shlex.join(option) for option in options(workload))]


def _nodes(workload: Workload) -> list[str]:
    """What training over several machines asks its environment for."""
    if workload.nodes is None:
        return []
    said: dict[Word, str] = {
        "address": """$(printf '%s\\n' "$SKYPILOT_NODE_IPS" | head -n 1)""",
        "port": str(PORT),
        "machines": "$SKYPILOT_NUM_NODES",
        "rank": "$SKYPILOT_NODE_RANK",
        "zero": "0",
    }
    return [
        f'export {name}="{said[word]}"' for name, word in node_variables(workload.nodes).items()
    ]
