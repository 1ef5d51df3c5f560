"""The program's options, as far as they reach it through Gradient as they were written.

Gradient makes an Argo template of a Workflow, which replaces what stands in `{{ }}`, and runs
containers on Kubernetes, which replaces `$(NAME)` in a command, also by a secret's value, and takes
`$$` for one `$`. No way to escape both is documented.
"""

from __future__ import annotations

import re

from nb2prod.project.targets.carried import flags_left_out, is_text, options
from nb2prod.project.targets.workload import Workload

_REPLACED = re.compile(r"\{\{|\}\}|\$[($]")


def carried(workload: Workload) -> list[str]:
    """The options that arrive as they are, as words."""
    return [word for option in options(workload, _arrives) for word in option]


def command(workload: Workload) -> list[str]:
    """The whole command with these options: right behind an entry point and in its place."""
    return [*workload.program, *carried(workload)]


def left_out(workload: Workload) -> list[str]:
    """The flags of the other options."""
    return flags_left_out(workload, _arrives)


def _arrives(word: str) -> bool:
    return is_text(word) and not _REPLACED.search(word)
