"""Fixing a notebook: fixes that do not touch each other at once, again until nothing is left."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from nb2prod.hygiene.context import Context
from nb2prod.hygiene.edits import Batch
from nb2prod.hygiene.engine import findings_of
from nb2prod.hygiene.model import Finding, Profile, is_fixable

# More passes than fixes in one place could need; rules that undo each other stop here.
_MOST_PASSES = 20
# What no fix may add to a notebook: what cannot be looked at any more.
_BREAKS = frozenset({"NB101", "NB107"})


class Fixed(NamedTuple):
    """A notebook's bytes after its fixes, the findings that are left, and how many were fixed, by
    code.
    """

    content: bytes
    findings: list[Finding]
    fixed: Counter[str]


def fix_content(
    content: bytes,
    path: str,
    profile: Profile,
    directory: str | os.PathLike[str] | None = None,
    *,
    unsafe: bool,
) -> Fixed:
    """Make the safe fixes of a notebook, with `unsafe` all of them.

    A pass that would break the notebook, or leave as much to find as before, is taken back.
    """
    context = Context(path, content, profile, directory)
    findings = findings_of(context)
    fixed: Counter[str] = Counter()
    for _ in range(_MOST_PASSES):
        made, after, left = _pass(context, findings, unsafe=unsafe)
        if after is None:
            break
        context, findings = after, left
        fixed.update(made)
    return Fixed(context.content, findings, fixed)


def _pass(
    context: Context, findings: list[Finding], *, unsafe: bool
) -> tuple[list[str], Context | None, list[Finding]]:
    """All fixes that go together; where these break something, the first alone that does not."""
    wanted = [finding for finding in findings if is_fixable(finding, unsafe=unsafe)]
    if not wanted or context.problem is not None:
        return [], None, findings
    for some in [wanted, *([one] for one in wanted if len(wanted) > 1)]:
        try:
            made, content = _made(context, some)
        except RecursionError:
            continue  # a value that is nested too deeply to be written anew
        if content == context.content:
            continue
        after = Context(context.path, content, context.profile, context.directory)
        left = findings_of(after)
        if not _is_worse(findings, left):
            return made, after, left
    return [], None, findings


def _made(context: Context, findings: Iterable[Finding]) -> tuple[list[str], bytes]:
    """The codes of the findings whose fixes go together, and the bytes with these made."""
    batch = Batch(context)
    made = [one.code for one in findings if one.fix is not None and batch.add(one.fix)]
    return made, batch.apply() if made else context.content


def _is_worse(before: Iterable[Finding], after: Iterable[Finding]) -> bool:
    old = Counter(finding.code for finding in before if finding.code in _BREAKS)
    new = Counter(finding.code for finding in after if finding.code in _BREAKS)
    return bool(new - old)
