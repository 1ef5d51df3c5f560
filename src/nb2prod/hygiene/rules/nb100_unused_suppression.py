"""NB100: a comment, tag or metadata entry that keeps no finding back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2prod.hygiene.catalogue import RULES, rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Edit, Finding, Fix, RemoveValue, SetValue, SourceEdit
from nb2prod.hygiene.selection import means
from nb2prod.hygiene.suppression import Directive
from nb2prod.location import Location

RULE = rule("NB100")

_ALONE = re.compile(r"\s*(?:#\s*nb2prod:[^#]*|<!--\s*nb2prod:.*?-->)\s*")


def check(context: Context) -> Iterator[Finding]:
    """What the directives of the notebook name in vain. To be asked after all other rules."""
    looked_at = _looked_at(context)
    # A tag that is there several times is one finding, whose fix takes all of them away.
    found: dict[tuple[Location | None, str], list[tuple[Directive, tuple[str, ...]]]] = {}
    for directive, kept, said in _idle(context):
        if directive.cell in looked_at:
            found.setdefault((directive.place, said), []).append((directive, kept))
    for (place, said), several in found.items():
        edits = [_edit(context, directive, kept) for directive, kept in several]
        made = tuple(edit for edit in edits if edit is not None)
        yield context.found(
            RULE,
            place,
            f"unused suppression: {said}",
            part="source" if several[0][0].span else "metadata",
            fix=Fix("remove what keeps nothing back", made) if made else None,
        )


def _idle(context: Context) -> Iterator[tuple[Directive, tuple[str, ...], str]]:
    """The directives that name something in vain, with what else they name, and why."""
    enabled = context.profile.enabled - {RULE.code}
    codes = [one.code for one in RULES]
    for directive in context.directives:
        if directive.codes is None:
            # Other tools read a bare noqa too; and only with all rules on nothing means nothing.
            everything = all(one.code in enabled for one in RULES[1:] if one.default)
            if not (directive.is_noqa or directive.used) and everything:
                yield directive, (), "it keeps nothing back"
            continue
        if not directive.codes:
            yield directive, (), "it names no rule"
            continue
        # Other tools have codes of their own in a noqa.
        ours = "NB" if directive.is_noqa else ""
        unknown = [
            word
            for word in directive.codes
            if word.startswith(ours) and not any(means(word, code) for code in codes)
        ]
        idle = [
            word
            for word in directive.codes
            if word not in directive.used and any(means(word, code) for code in enabled)
        ]
        vain = {*unknown, *idle}
        said = []
        if unknown:
            said.append(f"there is no rule {', '.join(unknown)}")
        if idle:
            said.append(f"{', '.join(idle)} keeps nothing back")
        if said:
            yield directive, tuple(w for w in directive.codes if w not in vain), "; ".join(said)


def _looked_at(context: Context) -> frozenset[int]:
    """The cells in which there was something to find, 0 where that is so of the whole notebook:
    code that does not parse, or is no Python, may hold what nobody saw.
    """
    cells = {
        cell.number
        for cell in context.cells
        if cell.kind != "code" or (context.is_python and cell.parsed.unparsed is None)
    }
    whole = {0} if context.is_python and len(cells) == len(context.cells) else set()
    return frozenset(cells | whole)


def _edit(context: Context, directive: Directive, kept: tuple[str, ...]) -> Edit | None:
    if directive.path is not None:
        if kept:
            return SetValue(directive.path, f"nb2prod:ignore={'+'.join(kept)}")
        return RemoveValue(directive.path)
    if directive.place is None or directive.span is None:
        return None
    number = directive.place.cell
    if kept and directive.list_span:
        return SourceEdit(number, *directive.list_span, ", ".join(kept))
    return _removal(context.cells[number - 1], directive.span, is_noqa=directive.is_noqa)


def _removal(cell: CheckedCell, span: tuple[int, int], *, is_noqa: bool) -> Edit | None:
    start, end = span
    source = cell.source
    line_start = source.rfind("\n", 0, start) + 1
    line_end = source.find("\n", end)
    line_end = len(source) if line_end < 0 else line_end
    if not is_noqa and not _ALONE.fullmatch(source[line_start:line_end]):
        return None
    before, behind = source[line_start:start], source[end:line_end]
    if behind.strip() and not behind.lstrip().startswith("#"):
        return SourceEdit(cell.number, start, end, "#")  # what follows is still a comment
    if behind.strip():
        return SourceEdit(cell.number, start, line_end - len(behind.lstrip()), "")
    if before.strip():
        return SourceEdit(cell.number, line_start + len(before.rstrip()), line_end, "")
    if line_end < len(source):
        return SourceEdit(cell.number, line_start, line_end + 1, "")
    return SourceEdit(cell.number, max(line_start - 1, 0), line_end, "")
