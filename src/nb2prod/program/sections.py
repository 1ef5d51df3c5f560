"""Where a notebook's parts begin, what they are called, and which of them can be functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from nb2prod.analysis.flow_names import NameFlow, name_flow
from nb2prod.analysis.name_scopes import scope_of
from nb2prod.analysis.names import called_name
from nb2prod.notebook.model import Cell
from nb2prod.program.dataflow import Clash, Passed, connect
from nb2prod.program.definitions import Definitions, declared_globals, definitions
from nb2prod.program.headings import (
    Heading,
    headings_of,
    notebook_title,
    opening_headings,
    plain_words,
)
from nb2prod.program.pieces import Piece, TopStatement
from nb2prod.program.section_names import words_of
from nb2prod.program.stages import STAGE_NAMES, cuts, stage_of

# More modules than this, and nobody finds their way: then deeper headings are comments.
_MOST = 12
_DEEPEST = 3
# A notebook without headings is split where it has so many parts, with so many statements in all.
_FEWEST_STAGES = {2: 20, 3: 10}
# What is made by these lives as long as the variable that holds it.
_ALIVE = frozenset(
    "Client LocalCluster NamedTemporaryFile TemporaryDirectory TemporaryFile open socket".split()
)
# `#@title Train the model { display-mode: "form" }`
_FORM_TITLE = re.compile(r"\s*#\s*@title\b[ \t]*(?P<title>[^{\n]*)")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pieces in a row, by their indexes, under `titles`; `name` is what a module can be called."""

    name: str
    titles: tuple[str, ...]
    pieces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """The stretches that can be functions, with what they pass on, the statements (of the flow)
    that stay in each, and what each of these does with names.

    `merged` says why some are one, in the order in which it was found.
    """

    stretches: tuple[Stretch, ...]
    passed: tuple[Passed, ...]
    statements: tuple[tuple[int, ...], ...]
    names: Mapping[int, NameFlow]
    definitions: Definitions
    merged: tuple[Clash, ...]


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


def split(
    stretches: Sequence[Stretch],
    flow: Sequence[TopStatement],
    imports: Set[int],
    given: Set[str],
) -> Split:
    """Merge stretches until each can be a function. `imports` are the indexes of those statements
    of the flow that stand at the top of modules, `given` the names that every function may have.
    """
    stretches = _with_something(stretches, flow, imports)
    unwanted: set[str] = set()
    while True:
        found = definitions(flow, imports, given, unwanted)
        names = flow_names(flow, imports | found.top, found)
        refused = _merged(stretches, flow, found, names, imports, given)
        if isinstance(refused, Split):
            return refused
        unwanted.add(refused)


def _with_something(
    stretches: Sequence[Stretch], flow: Sequence[TopStatement], imports: Set[int]
) -> tuple[Stretch, ...]:
    """Stretches of nothing but imports and comments go to the one behind them."""
    full = {one.piece for index, one in enumerate(flow) if index not in imports}
    return joined(stretches, [bool(full.intersection(one.pieces)) for one in stretches])


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


def flow_names(
    flow: Sequence[TopStatement], moved: Set[int], found: Definitions
) -> dict[int, NameFlow]:
    """What each statement does with names, that is not moved to the top of a module."""
    inside = {index: one for index, one in enumerate(flow) if index not in moved}
    swallowing: frozenset[str] = frozenset()
    if any(_swallows(statement.tree) for statement in flow):
        # Nobody knows into which variables such an object goes.
        swallowing = frozenset(name for one in flow for name in scope_of(one.code).binds)
        swallowing -= {
            name
            for one in flow
            if isinstance(one.tree, ast.Import | ast.ImportFrom)
            for name in scope_of(one.code).binds
        }
    return {
        index: name_flow(statement.tree, found.keywords, swallowing)
        for index, statement in inside.items()
    }


def _swallows(tree: ast.stmt) -> bool:
    """Whether a context manager of the notebook's is made here that may swallow exceptions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "__exit__":
            if any(
                isinstance(part, ast.Return)
                and not (isinstance(part.value, ast.Constant) and not part.value.value)
                and part.value is not None
                for part in ast.walk(node)
            ):
                return True
        elif isinstance(node, ast.FunctionDef):
            catches = any(isinstance(part, ast.Try) and part.handlers for part in ast.walk(node))
            decorators = " ".join(map(ast.unparse, node.decorator_list))
            if catches and "contextmanager" in decorators:
                return True
    return False


def _merged(
    stretches: Sequence[Stretch],
    flow: Sequence[TopStatement],
    found: Definitions,
    names: Mapping[int, NameFlow],
    imports: Set[int],
    given: Set[str],
) -> Split | str:
    """The split; or the name of a function that cannot be given its variables after all."""
    current = list(stretches)
    clashes: list[Clash] = []
    kept = frozenset(name for index in names for name in _kept(flow[index].tree))
    written = _written(flow)
    repeated = _repeated(flow, names, written.keys())
    while True:
        parts = [_statements(stretch, flow, names) for stretch in current]
        passed = connect(parts, names, given, repeated, written, kept)
        if not isinstance(passed, Clash):
            return Split(tuple(current), tuple(passed), tuple(parts), names, found, tuple(clashes))
        if passed.caller is not None:
            return passed.caller
        clashes.append(passed)
        joined = current[passed.first : passed.last + 1]
        current[passed.first : passed.last + 1] = [_joined(joined)]


def _statements(
    stretch: Stretch, flow: Sequence[TopStatement], names: Mapping[int, NameFlow]
) -> tuple[int, ...]:
    own = set(stretch.pieces)
    return tuple(index for index in names if flow[index].piece in own)


def _joined(stretches: Sequence[Stretch]) -> Stretch:
    """Several stretches as one, by the name of the first and the last."""
    names = [one for stretch in stretches for one in stretch.name.split("_to_")]
    first, last = names[0], names[-1]
    name = first if first == last else f"{first}_to_{last}"
    titles = [title for stretch in stretches for title in stretch.titles]
    return Stretch(name, tuple(titles), tuple(i for one in stretches for i in one.pieces))


def _repeated(
    flow: Sequence[TopStatement], names: Mapping[int, NameFlow], written: Set[str]
) -> dict[str, int]:
    """The names that a statement binds which may run more than once: an import that could not go to
    the top, or an option of the configuration under the notebook's name.
    """
    binders: dict[str, list[int]] = {}
    for index in names:
        for name in names[index].possible | names[index].deleted:
            binders.setdefault(name, []).append(index)
    found = {}
    for name, indexes in binders.items():
        if name in written:
            continue
        trees = [flow[index].tree for index in indexes]
        texts = {ast.unparse(tree) for tree in trees}
        if len(texts) == 1 and _may_repeat(trees[0], alone=len(trees) == 1):
            found[name] = indexes[0]
    # A statement runs again as a whole, and must bind nothing else.
    return {
        name: index
        for name, index in found.items()
        if all(found.get(other) == index for other in names[index].possible)
    }


def _kept(tree: ast.stmt) -> frozenset[str]:
    """The names whose values do something as long as they are there: a directory that goes with its
    object, a file that is not closed, a server.
    """
    if not isinstance(tree, ast.Assign) or not isinstance(tree.value, ast.Call):
        return frozenset()
    if called_name(tree.value) not in _ALIVE:
        return frozenset()
    return frozenset(target.id for target in tree.targets if isinstance(target, ast.Name))


def _may_repeat(tree: ast.stmt, *, alone: bool) -> bool:
    if isinstance(tree, ast.Import | ast.ImportFrom):
        return all(alias.name != "*" for alias in tree.names)
    return (
        alone
        and isinstance(tree, ast.Assign)
        and isinstance(tree.value, ast.Attribute)
        and isinstance(tree.value.value, ast.Name)
        and tree.value.value.id in ("config", "job_config")
    )


def _written(flow: Sequence[TopStatement]) -> dict[str, frozenset[str]]:
    """The variables that functions assign, with the names from which that may happen."""
    found: dict[str, frozenset[str]] = {}
    for statement in flow:
        for name in declared_globals(statement.tree):
            callers = set(found.get(name, ())) | scope_of(statement.code).binds
            changed = True
            while changed:
                more = {
                    bound
                    for other in flow
                    if scope_of(other.code).reads & callers
                    for bound in scope_of(other.code).binds
                } - callers
                changed = bool(more)
                callers |= more
            found[name] = frozenset(callers)
    return found
