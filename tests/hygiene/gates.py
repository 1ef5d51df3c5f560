"""Checking with the gates open: each rule is asked about each notebook, and each text is searched,
whatever is known beforehand.
"""

from __future__ import annotations

import ast
import dis
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import CodeType
from unittest.mock import patch

from nb2prod.analysis import tokens
from nb2prod.hygiene import engine
from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Profile
from nb2prod.notebook.statements import AutoCall, LineMagic, ParsedCell

ABOUT_NAMES = frozenset({"NB207", "NB208"})
ALL = Profile(frozenset(rule.code for rule in RULES))


@contextmanager
def opened() -> Iterator[None]:
    """Let everything through what keeps rules from being asked and texts from being searched."""
    with (
        patch.object(engine, "may_find", lambda asked, context: True),
        patch.object(tokens, "may_hold_tokens", lambda text, **_: True),
        patch.object(tokens, "may_name_secrets", lambda text: True),
    ):
        yield


def differences(
    content: bytes,
    path: str = "nb.ipynb",
    directory: str | os.PathLike[str] | None = None,
    profile: Profile = ALL,
) -> list[Finding]:
    """The findings that are there with gates or without them, and not both; but for names in code
    that never runs, of which what Python compiles says nothing.
    """
    closed = engine.findings_of(Context(path, content, profile, directory))
    with opened():
        open_ = engine.findings_of(Context(path, content, profile, directory))
    lost = [one for one in [*closed, *open_] if one not in closed or one not in open_]
    if not any(one.code in ABOUT_NAMES for one in lost):
        return lost
    ran = names_of(Context(path, content, profile, directory).parsed)
    return [one for one in lost if one.code not in ABOUT_NAMES or one.message.split("`")[1] in ran]


def names_of(parsed: Sequence[ParsedCell]) -> set[str]:
    """The names that cells may look up when they run: none of those below `if 0:`, behind a
    `return`, or in an annotation of a function's variable.
    """
    sources = [cell.python for cell in parsed]
    sources += [
        found.call if isinstance(found, AutoCall) else found.arguments
        for cell in parsed
        for found in cell.own
        if isinstance(found, AutoCall | LineMagic)
    ]
    codes: list[CodeType] = []
    for source in sources:
        with suppress(SyntaxError, ValueError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            codes.append(compile(source, "", "exec", flags, dont_inherit=True))
    found: set[str] = set()
    for code in codes:  # which grows meanwhile
        codes += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
        found |= {
            str(step.argval)
            for step in dis.get_instructions(code)
            if step.opname.startswith(("LOAD_", "DELETE_"))
        }
    return found
