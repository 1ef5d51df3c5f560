"""NB301: an install without an exact version, which gives another one later."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2prod.analysis.pip_options import CONSTRAINT_FILES
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.installs import TOOLS, Asked, InstallCommand, installs
from nb2prod.hygiene.model import Finding

RULE = rule("NB301")

# With these the versions are said elsewhere: by a file, a directory of wheels, a day.
_SAID_ELSEWHERE = CONSTRAINT_FILES | {"--no-index", "--exclude-newer"}
_EXACT = re.compile(r"(?<![<>!~=])={2,3}(?!=)")
_EXACT_FOR_CONDA = re.compile(r"(?<![<>!~=])={1,2}(?!=)")
_MOST_NAMED = 5


def check(context: Context) -> Iterator[Finding]:
    """The install commands that leave the version of something open, one finding for each."""
    for cell in context.code_cells:
        for install in installs(cell):
            if install.tool == "pip" and install.has(_SAID_ELSEWHERE):
                continue
            names = list(
                dict.fromkeys(f"`{one.text}`" for one in install.asked if _open(one, install))
            )
            if names:
                shown = ", ".join(names[:_MOST_NAMED])
                more = len(names) - _MOST_NAMED
                shown += f" and {more} more" if more > 0 else ""
                verb = "is" if len(names) == 1 else "are"
                sign = "==" if install.tool == "pip" else "="
                said = f"{shown} {verb} installed without an exact version; write `{sign}` and one"
                yield context.found(RULE, install.location, said)


def _open(asked: Asked, install: InstallCommand) -> bool:
    if asked.address or asked.name.lower() in TOOLS:
        return False
    exact = _EXACT if install.tool == "pip" else _EXACT_FOR_CONDA
    return exact.search(asked.specifier) is None
