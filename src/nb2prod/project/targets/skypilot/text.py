"""A task as YAML, its scripts in a form that a person can read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nb2prod.project.yaml_text import yaml_text

_SCRIPTS = ("setup", "run")
# What a literal block gives back as it is: whole lines, the first not indented, of characters that
# YAML prints. Anything else goes into double quotes.
_LITERAL = re.compile(
    r"[\x21-\x7e][\x20-\x7e\xa1-\u1fff\u2030-\ud7ff\ue000-\ufdcf\U00010000-\U0001fffd\n]*[^\n]\n"
)


def text(task: Mapping[str, object], comments: tuple[str, ...]) -> str:
    """The YAML of a task below `comments`. Its scripts come last."""
    scripts = {name: task[name] for name in _SCRIPTS if name in task}
    rest = {name: value for name, value in task.items() if name not in scripts}
    return yaml_text(rest, comments) + "".join(
        _script(name, str(value)) for name, value in scripts.items()
    )


def _script(name: str, value: str) -> str:
    if not _LITERAL.fullmatch(value):
        return yaml_text({name: value})
    lines = (f"  {line}" if line else "" for line in value[:-1].split("\n"))
    return "\n".join([f"{name}: |", *lines, ""])
