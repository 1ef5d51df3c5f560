"""Whether the workflow is what GitHub takes, and may do no more than it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nb2prod.project.targets.ci.actions import ACTIONS
from nb2prod.project.targets.schema_check import check_file, nearest, place_of, problems, texts

WORKFLOW = ".github/workflows/nb2prod.yaml"

_EXPRESSION = re.compile(r"\$\{\{.*?(\}\}|$)", re.DOTALL)
# What GitHub itself says of a run, and the way to write `${{` as text.
_HARMLESS = frozenset({"${{ github.workflow }}", "${{ github.ref }}", "${{ '${{' }}"})


def check(files: Mapping[str, str]) -> None:
    """Raises `InvalidSpec` for the first thing that is wrong in the workflow."""
    check_file(files, WORKFLOW, _problems)


def _problems(document: Any) -> Iterator[str]:
    """What is wrong, the schema's part first: the rest reads the document as it is described."""
    yield from problems(document, "github-workflow")
    known = [action.uses for action in ACTIONS]
    for name, job in document["jobs"].items():
        for number, step in enumerate(job["steps"]):
            uses = step.get("uses")
            if uses is not None and uses not in known:
                place = place_of(("jobs", name, "steps", number, "uses"))
                yield f"{place}: {uses!r} is no action that is known{nearest(uses, known)}"
    yield from _expression_problems(document)


def _expression_problems(document: object) -> Iterator[str]:
    """A value in an expression is put into a command before a shell sees it."""
    for place, text in texts(document):
        for match in _EXPRESSION.finditer(text):
            if match.group() not in _HARMLESS:
                yield f"{place_of(place)}: {match.group()!r} is an expression that is not known"
