"""NB207: a name that is read in a cell above the one that defines it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2prod.analysis.running_order import running_order
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.namespace import beside_for, hidden_bindings, is_given, place_of
from nb2prod.location import Location

RULE = rule("NB207")


class _Early(NamedTuple):
    """A name with the place that reads it and the one below it that binds it."""

    name: str
    read: Location
    bound: Location


def check(context: Context) -> Iterator[Finding]:
    """The first use of each such name, with the cell in which it is defined."""
    found = list(_early(context))
    if not found:
        return
    hidden = min(hidden_bindings(context), default=None)
    by_function = _assigned_by_functions(context)
    for name, read, bound in found:
        cell = context.cells[read.cell - 1]
        if name in by_function or "raises-exception" in cell.tags:
            continue
        if hidden is not None and hidden <= read:
            continue
        if bound.cell == read.cell:
            said = f"`{name}` is used on line {read.line}, and defined only on line {bound.line}"
        else:
            said = f"`{name}` is defined in cell {bound.cell}, and used in cell {read.cell}"
        said += "; run from top to bottom, the notebook stops here"
        yield context.found(RULE, place_of(cell, read, name), said)


def _early(context: Context) -> Iterator[_Early]:
    """The names that are read at the top level before anything binds them, and bound later."""
    bound: set[str] = set()
    waiting: dict[str, Location] = {}
    complete = True  # whether all names that are bound so far can be seen
    for event in running_order(context.parsed, beside_for(context)):
        name = event.name
        if name is None:
            complete = False
        elif event.binds:
            if name in waiting and name not in bound:
                yield _Early(name, waiting[name], event.place)
            bound.add(name)
        elif complete and event.certain and not (name in bound or name in waiting):
            early = not is_given(name, context)
            waiting |= {name: event.place} if early else {}


def _assigned_by_functions(context: Context) -> frozenset[str]:
    """The names that functions assign in the notebook's namespace, whenever they are called."""
    return frozenset(
        name
        for cell in context.code_cells
        for node in cell.nodes
        if isinstance(node, ast.Global)
        for name in node.names
    )
