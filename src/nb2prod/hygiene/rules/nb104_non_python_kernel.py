"""NB104: a notebook in another language than Python, whose code no rule looks at."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding

RULE = rule("NB104")


def check(context: Context) -> Iterator[Finding]:
    """The notebook as a whole, when its metadata tell of another language."""
    if not context.is_python:
        said = f"the notebook is written in {context.language}; its code was not checked"
        yield context.found(RULE, None, said, part="metadata")
