"""Which rules are on: codes, beginnings of codes, names, and ALL, the longest one deciding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nb2prod.errors import OptionError
from nb2prod.hygiene.model import Rule

EVERYTHING = "ALL"


def enabled(
    rules: Iterable[Rule],
    select: Sequence[str],
    ignore: Sequence[str],
    extend_select: Sequence[str] = (),
) -> frozenset[str]:
    """The codes of the rules that are on.

    Without `select` those are that are on by default; those that stay are in any case. Of a
    selection and an `ignore` that both mean a rule the more exact one decides; where they are as
    exact as each other, the rule is off.
    """
    chosen: set[str] = set()
    for rule in rules:
        wanted = [_exactness(rule, word) for word in (*select, *extend_select)]
        if rule.stays or (rule.default and not select):
            wanted.append(0)
        unwanted = [_exactness(rule, word) for word in ignore]
        if max(wanted, default=-1) > max(unwanted, default=-1):
            chosen.add(rule.code)
    return frozenset(chosen)


def require_known(rules: Sequence[Rule], words: Iterable[str], where: str) -> None:
    """Raise `OptionError`, with the nearest that there is, for a word that means no rule."""
    for word in words:
        if any(_exactness(rule, word) >= 0 for rule in rules):
            continue
        known = [EVERYTHING, *(name for rule in rules for name in (rule.code, rule.name))]
        near = nearest(word, known)
        raise OptionError(f"{where}: there is no rule {word!r}; the nearest is {near}.")


def nearest(word: str, names: Iterable[str]) -> str:
    """The name, of at least one, that a word is most like; capitals make no difference."""
    import difflib

    by_case = {name.upper(): name for name in names}
    return by_case[difflib.get_close_matches(word.upper(), by_case, n=1, cutoff=0)[0]]


def means(word: str, code: str) -> bool:
    """Whether a code, the beginning of one, or ALL means the rule of this code."""
    return word == EVERYTHING or (word.startswith("NB") and code.startswith(word))


def _exactness(rule: Rule, word: str) -> int:
    """How exactly a word means a rule: -1 not at all, 0 as one of all, up to the whole code."""
    if word == EVERYTHING:
        return 0
    if word in (rule.name, rule.code):
        return len(rule.code)
    return len(word) if means(word, rule.code) else -1
