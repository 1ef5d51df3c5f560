"""The commands that start a training on several GPUs or machines, with their own options.

Sources, read in November 2026: `torch/distributed/run.py` of torch 2.15, `commands/launch.py` of
accelerate 1.15, `launcher/runner.py` of deepspeed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from nb2prod.analysis.command_options import filled_in
from nb2prod.analysis.known_values import Known
from nb2prod.analysis.running_code import Code, Program, behind_python
from nb2prod.location import Location

Launcher = Literal["torch", "accelerate", "deepspeed"]

_TORCH = frozenset({"torchrun", "torch.distributed.run", "torch.distributed.launch"})


class Launch(NamedTuple):
    """One such command, without the script that it starts and what is given to that."""

    launcher: Launcher
    words: tuple[str, ...]
    place: Location


def launches(programs: Iterable[Program], code: Code) -> Iterator[Launch]:
    """Those among the words of a notebook's commands that run; `code` is the notebook's own."""
    for words, place in programs:
        if words and code.runs(place):
            own = _before_script(words, code.known)
            launcher = _launcher(own)
            if launcher is not None:
                yield Launch(launcher, own, place)


def _launcher(words: Sequence[str]) -> Launcher | None:
    if words[0] in _TORCH:
        return "torch"
    if tuple(words[:2]) == ("accelerate", "launch") or words[0] == "accelerate-launch":
        return "accelerate"
    return "deepspeed" if words[0] == "deepspeed" else None


def _before_script(words: Sequence[str], known: Known) -> tuple[str, ...]:
    """The launcher's own words: what stands behind the script is the script's."""
    words = filled_in(behind_python(words), known)
    end = next((index for index, word in enumerate(words) if word.endswith(".py")), len(words))
    return tuple(words[: max(end, 1)])
