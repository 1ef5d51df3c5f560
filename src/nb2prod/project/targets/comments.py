"""Sentences as the lines of a comment, at the head of a file or in it."""

from __future__ import annotations

import textwrap


def wrapped(text: str, width: int = 96, hanging: str = "") -> list[str]:
    """The text in lines of that width, all but the first after `hanging`. A longer word stays
    whole: it may be a name or a part of a command.
    """
    return textwrap.wrap(
        text, width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
