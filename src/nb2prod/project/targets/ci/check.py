"""Whether the workflow is what GitHub takes, and may do no more than it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nb2prod.errors import InvalidSpec
from nb2prod.project.targets.ci.actions import ACTIONS
from nb2prod.project.targets.schema_check import nearest, place_of, problems
from nb2prod.project.yaml_reading import load

WORKFLOW = ".github/workflows/nb2prod.yaml"

_EXPRESSION = re.compile(r"\$\{\{.*?(\}\}|$)", re.DOTALL)
# What GitHub itself says of a run, and the way to write `${{` as text.
_HARMLESS = frozenset({"${{ github.workflow }}", "${{ github.ref }}", "${{ '${{' }}"})


def check(files: Mapping[str, str]) -> None:
    """Raises `InvalidSpec` for the first thing that is wrong in the workflow."""
    if WORKFLOW not in files:
        raise InvalidSpec(f"{WORKFLOW} is missing.")
    problem = next(_problems(load(WORKFLOW, files[WORKFLOW])), None)
    if problem is not None:
        raise InvalidSpec(f"{WORKFLOW}: {problem}.")


def _problems(document: Any) -> Iterator[str]:
    """What is wrong, the schema's part first: what follows reads the document as it is described.

    Only the first problem may therefore be asked for.
    """
    yield from problems(document, "github-workflow")
    known = [action.uses for action in ACTIONS]
    for name, job in document["jobs"].items():
        for number, step in enumerate(job["steps"]):
            uses = step.get("uses")
            if uses is not None and uses not in known:
                place = place_of(("jobs", name, "steps", number, "uses"))
                yield f"{place}: {uses!r} is no action that is known{nearest(uses, known)}"
    yield from _expression_problems(document, ())


def _expression_problems(found: object, path: tuple[str | int, ...]) -> Iterator[str]:
    """A value in an expression is put into a command before a shell sees it."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from _expression_problems(value, (*path, key))
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from _expression_problems(value, (*path, number))
    elif isinstance(found, str):
        for match in _EXPRESSION.finditer(found):
            if match.group() not in _HARMLESS:
                yield f"{place_of(path)}: {match.group()!r} is an expression that is not known"
