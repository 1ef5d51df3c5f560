"""Where a notebook's parts begin, and what they are called."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from nb2prod.notebook.model import Cell
from nb2prod.program.headings import (
    Heading,
    headings_of,
    notebook_title,
    opening_headings,
    plain_words,
)
from nb2prod.program.pieces import Piece
from nb2prod.program.section_names import words_of
from nb2prod.program.stages import STAGE_NAMES, cuts, stage_of

# More modules than this, and nobody finds their way: then deeper headings are comments.
_MOST = 12
_DEEPEST = 3
# A notebook without headings is split where it has so many parts, with so many statements in all.
_FEWEST_STAGES = {2: 20, 3: 10}
# `#@title Train the model { display-mode: "form" }`
_FORM_TITLE = re.compile(r"\s*#\s*@title\b[ \t]*(?P<title>[^{\n]*)")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pieces in a row, by their indexes, under `titles`; `name` is what a module can be called."""

    name: str
    titles: tuple[str, ...]
    pieces: tuple[int, ...]


def stretches_of(cells: Sequence[Cell], pieces: Sequence[Piece]) -> tuple[Stretch, ...]:
    """The parts of a notebook by its headings; where it has none, by what its code does."""
    for headings in (_openings(cells), _form_titles(cells)):
        found = _under(headings, pieces) if len(headings) > 1 else []
        if len(found) > 1:
            return _named(found, pieces, notebook_title(headings_of(cells)))
    return _by_stages(pieces)


def _under(headings: Mapping[int, Heading], pieces: Sequence[Piece]) -> list[Stretch]:
    """The stretches below headings, each with code, by what the headings say."""
    opened = [_first_piece(pieces, cell) for cell in headings]
    starts = {at: heading for at, heading in zip(opened, headings.values(), strict=True) if at >= 0}
    bounds = sorted({0, *starts, len(pieces)})
    found: list[Stretch] = []
    for start, end in pairwise(bounds):
        heading = starts.get(start)
        title = heading.text if heading else ""
        found.append(Stretch(title, (title,) if title else (), tuple(range(start, end))))
    full = [any(pieces[index].statement for index in one.pieces) for one in found]
    return list(joined(found, full)) if any(full) else []


def _form_titles(cells: Sequence[Cell]) -> dict[int, Heading]:
    """The titles of forms, which stand for headings where there are none."""
    found = {}
    for cell in cells:
        match = _FORM_TITLE.match(cell.source) if cell.kind == "code" else None
        if match is not None and (title := plain_words(match["title"])):
            found[cell.number] = Heading(cell.number, _DEEPEST, title)
    return found if len(found) <= _MOST else {}


def _openings(cells: Sequence[Cell]) -> dict[int, Heading]:
    """The headings that open a part, by cell; not so deep that there are too many."""
    found = {
        cell: heading
        for cell, heading in opening_headings(cells).items()
        if heading.level <= _DEEPEST
    }
    for deepest in range(_DEEPEST, 0, -1):
        some = {cell: one for cell, one in found.items() if one.level <= deepest}
        if len(some) <= _MOST:
            break
    # One alone is the notebook's title; then it is better to have too many.
    return some if len(some) > 1 else found


def _first_piece(pieces: Sequence[Piece], cell: int) -> int:
    return next((index for index, piece in enumerate(pieces) if piece.cell >= cell), -1)


def _named(
    found: Sequence[Stretch], pieces: Sequence[Piece], title: Heading | None
) -> tuple[Stretch, ...]:
    """The stretches with names for modules; the notebook's `title` is none for its first part."""
    named = []
    for index, stretch in enumerate(found):
        says = title is None or stretch.name != title.text
        name = words_of(stretch.name) if says else ""
        if not name:
            name = _by_what_it_does(stretch, pieces, "set_up" if index == 0 else "section")
        titles = stretch.titles if says else ()
        named.append(replace(stretch, name=name, titles=titles))
    return tuple(named)


def _by_what_it_does(stretch: Stretch, pieces: Sequence[Piece], otherwise: str) -> str:
    code = [pieces[index].tree for index in stretch.pieces if pieces[index].statement]
    stage = stage_of(ast.Module([one for tree in code for one in tree], []))
    return STAGE_NAMES[stage] if stage else otherwise


def _by_stages(pieces: Sequence[Piece]) -> tuple[Stretch, ...]:
    cells = list(dict.fromkeys(piece.cell for piece in pieces if piece.statement is not None))
    trees: dict[int, list[ast.stmt]] = {cell: [] for cell in cells}
    for piece in pieces:
        if piece.statement is not None:
            trees[piece.cell] += piece.tree
    stages = [stage_of(ast.Module(trees[cell], [])) for cell in cells]
    found = cuts(stages)
    fewest = _FEWEST_STAGES.get(min(len(found), max(_FEWEST_STAGES)))
    if fewest is None or sum(map(len, trees.values())) < fewest:
        return (Stretch("", (), tuple(range(len(pieces)))),)
    starts = [_first_piece(pieces, cells[at]) for at, _ in found]
    starts[0] = 0
    ends = [*starts[1:], len(pieces)]
    return tuple(
        Stretch(STAGE_NAMES[stage], (), tuple(range(start, end)))
        for start, end, (_, stage) in zip(starts, ends, found, strict=True)
    )


def cut_at(
    stretches: Sequence[Stretch], piece: int, staying: Set[int]
) -> tuple[tuple[Stretch, ...], int] | None:
    """The stretches so that one begins with a piece, and where that one begins: comments, and what
    is not `staying` in the flow, may stand above. What stays above it in the first stretch becomes
    one that prepares; None where that would tell another in two.
    """
    found: list[Stretch] = []
    start = piece
    for index, stretch in enumerate(stretches):
        before = tuple(one for one in stretch.pieces if one < piece)
        behind = tuple(one for one in stretch.pieces if one >= piece)
        if not before or not behind:
            found.append(stretch)
        elif not staying & set(before):
            found.append(stretch)
            start = before[0]
        elif index:
            return None
        else:
            found += [Stretch("prepare", (), before), replace(stretch, pieces=behind)]
    return tuple(found), start


def joined(stretches: Sequence[Stretch], keep: Sequence[bool]) -> tuple[Stretch, ...]:
    """The stretches to keep, each with the pieces of those before it that are not; the last one has
    those behind it as well.
    """
    found: list[Stretch] = []
    waiting: tuple[int, ...] = ()
    for stretch, kept in zip(stretches, keep, strict=True):
        waiting += stretch.pieces
        if kept:
            found.append(replace(stretch, pieces=waiting))
            waiting = ()
    if waiting and found:
        found[-1] = replace(found[-1], pieces=(*found[-1].pieces, *waiting))
    return tuple(found) or tuple(stretches)
