"""Why an image was not built, in sentences for users: what failed, who asked for it, what to do,
and the last words of what failed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nb2prod.container.building.engine_failures import ENGINE_RULES, KILLED
from nb2prod.container.building.failure import Failure, edited, shortened
from nb2prod.container.building.package_failures import PACKAGE_RULES
from nb2prod.container.hidden import Hidden
from nb2prod.container.project import Project
from nb2prod.errors import Nb2prodError

_RULES = (*ENGINE_RULES, *PACKAGE_RULES, KILLED)
_CODE = re.compile(r"(?:non-zero code|exit code): (\d+)")
_HEAD, _TAIL = 3, 12  # lines of what failed
_BEGINS = re.compile(r"(?:error|E|fatal|ERROR|Error): |\s*\N{MULTIPLICATION SIGN} ")


class BuildFailed(Nb2prodError):
    """The image was not built; the text says what failed, what it said itself, and what to do."""


def explained(failure: Failure, project: Project, hidden: Hidden) -> BuildFailed:
    """The error to raise for a failed build, without what is to be hidden."""
    return BuildFailed(hidden.text(_explanation(failure, project)))


def _explanation(failure: Failure, project: Project) -> str:
    words = "\n".join((*failure.lines, failure.message))
    for rule in _RULES:
        found = rule.pattern.search(words)
        if found is not None and rule.at in (failure.instruction or ""):
            sentences = rule.tell(found, failure, project)
            return _with(sentences, last_lines(failure) if rule.quoted else ())
    said = last_lines(failure) if failure.lines or not _CODE.search(failure.message) else ()
    return _with(_unknown(failure, project), said)


def last_lines(failure: Failure) -> Sequence[str]:
    """The lines that say what is wrong: from where an error begins to be told, its head and its
    end.
    """
    lines = [line.rstrip() for line in failure.lines] or failure.message.splitlines()
    start = next((number for number, line in enumerate(lines) if _BEGINS.match(line)), None)
    told = lines[-_TAIL:] if start is None else lines[start:]
    if len(told) <= _HEAD + _TAIL + 1:
        return told
    return [*told[:_HEAD], "…", *told[-_TAIL:]]


def _with(sentences: str, lines: Sequence[str]) -> str:
    return "\n    ".join([sentences, *lines])


def _unknown(failure: Failure, project: Project) -> str:
    at = f" at {shortened(failure.instruction)}" if failure.instruction else ""
    code = _CODE.search(failure.message)
    ended = f", which ends with {code[1]}" if code is not None and at else ""
    return f"The build fails{at}{ended}.{edited(project)}"
