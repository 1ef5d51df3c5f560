"""Checking one notebook: each rule that is on, what is suppressed, one order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nb2prod.hygiene.catalogue import RULES, rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Profile, Rule
from nb2prod.hygiene.rules import module_of
from nb2prod.hygiene.suppression import kept
from nb2prod.notebook.trees import forget_trees

DEFAULT = Profile(frozenset(one.code for one in RULES if one.default))
INVALID = rule("NB101")
UNUSED = rule("NB100")
_WORDS = {one.code: frozenset(one.words.split()) for one in RULES}


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
        return [context.found(INVALID, None, said, part="metadata")]
    finally:
        # Trees are remembered for the rules of one notebook; those of many would fill the memory.
        forget_trees()
    return [found[order] for order in sorted(found)]


def _found(context: Context) -> Iterator[Finding]:
    enabled = context.profile.enabled
    if context.problem is not None:
        if INVALID.code in enabled:
            yield from module_of(INVALID).check(context)
        return
    for asked in RULES:
        if asked.code in enabled and asked is not UNUSED and may_find(asked, context):
            yield from kept(module_of(asked).check(context), context.directives)
    if UNUSED.code in enabled:
        # Last, for only now it is known what was kept back.
        yield from kept(module_of(UNUSED).check(context), context.directives)


def may_find(asked: Rule, context: Context) -> bool:
    """Whether a rule may find anything, as far as the words of the notebook's code tell."""
    return not asked.words or not context.words.isdisjoint(_WORDS[asked.code])
