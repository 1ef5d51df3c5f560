"""NB111: a notebook that does not begin with a title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding

RULE = rule("NB111")

# A licence and a badge often come before the title.
_FIRST = 3


def check(context: Context) -> Iterator[Finding]:
    """The notebook as a whole, when none of its first cells holds a title."""
    if context.cells and not any(_has_title(cell) for cell in context.cells[:_FIRST]):
        said = (
            f"none of the first {_FIRST} cells holds a title (a heading of the first level); begin"
            " with a line such as `# What it does`"
        )
        yield context.found(RULE, None, said)


def _has_title(cell: CheckedCell) -> bool:
    if cell.kind == "markdown":
        return _heading().search(cell.source) is not None
    return cell.kind == "raw" and _front_matter().match(cell.source) is not None


@cache
def _heading() -> re.Pattern[str]:
    """`# Title`, `Title` over `===`, `<h1>`, or the title of a front matter (Quarto, MyST)."""
    return re.compile(
        r"^ {0,3}#(?!#)[ \t]*\S|^[^\S\n]*\S[^\n]*\n {0,3}=+[ \t]*$|<h1\b|\A---\n(?:.*\n)*?title:",
        re.MULTILINE | re.IGNORECASE,
    )


@cache
def _front_matter() -> re.Pattern[str]:
    return re.compile(r"\s*---\n(?:.*\n)*?title:")
