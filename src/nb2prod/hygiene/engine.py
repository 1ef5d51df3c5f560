"""Checking one notebook: each rule that is on, what is suppressed, one order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Profile
from nb2prod.hygiene.rules import MODULES, RULES, nb100_unused_suppression, nb101_invalid_notebook
from nb2prod.hygiene.suppression import kept
from nb2prod.notebook.trees import forget_trees

DEFAULT = Profile(frozenset(rule.code for rule in RULES if rule.default))


def check_content(
    content: bytes, path: str, profile: Profile = DEFAULT, directory: Path | None = None
) -> list[Finding]:
    """The findings in a notebook's bytes, in order. Nothing is executed, nothing is raised for what
    the notebook is.

    `path` is what findings call it; what lies beside it is looked up in `directory`.
    """
    return findings_of(Context(path, content, profile, directory))


def findings_of(context: Context) -> list[Finding]:
    """The findings in a notebook that is at hand, in order."""
    try:
        found = {finding.order: finding for finding in _found(context)}
    except RecursionError:
        # JSON that the decoder still reads, and that what goes through its values does not.
        said = "the file is nested too deeply to be checked"
        return [context.found(nb101_invalid_notebook.RULE, None, said, part="metadata")]
    finally:
        # Trees are remembered for the rules of one notebook; those of many would fill the memory.
        forget_trees()
    return [found[order] for order in sorted(found)]


def _found(context: Context) -> Iterator[Finding]:
    enabled = context.profile.enabled
    if context.problem is not None:
        if nb101_invalid_notebook.RULE.code in enabled:
            yield from nb101_invalid_notebook.check(context)
        return
    for module in MODULES:
        if module.RULE.code in enabled and module is not nb100_unused_suppression:
            yield from kept(module.check(context), context.directives)
    if nb100_unused_suppression.RULE.code in enabled:
        # Last, for only now it is known what was kept back.
        yield from kept(nb100_unused_suppression.check(context), context.directives)
