"""Checking one notebook: each rule that is on, what is suppressed, one order."""

from __future__ import annotations

from nb2prod.hygiene.catalogue import RULES, rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Profile, Rule
from nb2prod.hygiene.rules import module_of
from nb2prod.notebook.trees import forget_trees, without_warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

DEFAULT = Profile(frozenset(one.code for one in RULES if one.default))
INVALID = rule("NB101")
UNUSED = rule("NB100")
_WORDS = {one.code: frozenset(one.words.split()) for one in RULES}


def check_content(
    content: bytes,
    path: str,
    profile: Profile = DEFAULT,
    directory: str | os.PathLike[str] | None = None,
) -> list[Finding]:
    """The findings in a notebook's bytes, in order. Nothing is executed, nothing is raised for what
    the notebook is.

    `path` is what findings call it; what lies beside it is looked up in `directory`.
    """
    return findings_of(Context(path, content, profile, directory))


def findings_of(context: Context) -> list[Finding]:
    """The findings in a notebook that is at hand, in order."""
    try:
        with without_warnings():
            found = {finding.order: finding for finding in _found(context)}
    except RecursionError:
        # JSON that the decoder still reads, and that what goes through its values does not.
        said = "the file is nested too deeply to be checked"
        # Made here: what finds a secret in the message goes through the same values.
        return [Finding(context.path, INVALID.code, None, said, INVALID.severity, "metadata")]
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
            yield from _kept(module_of(asked).check(context), context)
    if UNUSED.code in enabled and context.directives:
        # Last, for only now it is known what was kept back.
        yield from _kept(module_of(UNUSED).check(context), context)


def may_find(asked: Rule, context: Context) -> bool:
    """Whether a rule may find anything, as far as that is known without it."""
    if asked.when and not getattr(context.signs, asked.when):
        return False
    if not asked.words and not asked.texts:
        return True
    return not context.words.isdisjoint(_WORDS[asked.code]) or any(
        text in context.code for text in asked.texts
    )


def _kept(findings: Iterable[Finding], context: Context) -> Iterable[Finding]:
    """The findings that no directive keeps back."""
    if not context.directives:
        return findings
    from nb2prod.hygiene.suppression import kept

    return kept(findings, context.directives)
