"""The program's options, as far as they reach it through Gradient as they were written.

Gradient makes an Argo template of a Workflow, which replaces what stands in `{{ }}`, and runs
containers on Kubernetes, which replaces `$(NAME)` in a command, also by a secret's value, and takes
`$$` for one `$`. No way to escape both is documented; the program itself has the same defaults, so
that an option can be left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nb2prod.project.targets.workload import Workload

_REPLACED = re.compile(r"\{\{|\}\}|\$[($]")


def carried(workload: Workload) -> list[str]:
    """The options that arrive as they are, as words."""
    return [word for option in _options(workload.arguments) if _is_plain(option) for word in option]


def command(workload: Workload) -> list[str]:
    """The whole command with these options: right behind an entry point and in its place."""
    program = workload.command[: len(workload.command) - len(workload.arguments)]
    return [*program, *carried(workload)]


def left_out(workload: Workload) -> list[str]:
    """The flags of the other options."""
    found = [option for option in _options(workload.arguments) if not _is_plain(option)]
    return [option[0].partition("=")[0] for option in found]


def _options(words: Iterable[str]) -> Iterator[list[str]]:
    """Each flag with its value: only a flag begins with a dash (`ProgramOption.arguments`)."""
    option: list[str] = []
    for word in words:
        if word.startswith("-") and option:
            yield option
            option = []
        option.append(word)
    if option:
        yield option


def _is_plain(option: list[str]) -> bool:
    return not any(map(_REPLACED.search, option))
