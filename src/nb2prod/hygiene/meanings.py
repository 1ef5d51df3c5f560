"""What the names in a notebook's code stand for, as far as rules about calls need it: modules by
their imports, and texts by the one assignment that gives them.

It costs a walk over the cells with imports, and for texts one over all cells; ask words first.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from nb2prod.analysis.dotted_imports import DottedImports
from nb2prod.analysis.known_values import Value, possible
from nb2prod.analysis.names import bound_names
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context


class Meanings:
    """The dotted names of what a notebook imports, whatever it calls them."""

    def __init__(self, context: Context) -> None:
        cells = [cell for cell in context.code_cells if "import" in cell.source]
        self._imports = DottedImports(cell.tree for cell in cells)

    def of(self, called: ast.expr) -> str:
        """The full dotted name of what is called: `numpy.random.rand` for `np.random.rand`.

        What no import explains stays as it is written, behind `?.`; so does what only an
        `import *` may have brought, without a `?.` in front of the module. "" for no such name.
        """
        return next(iter(self._imports.meanings(called)), "")

    def calls(self, cell: CheckedCell) -> Iterator[tuple[ast.Call, str]]:
        """The calls of a cell with what each of them calls."""
        for node in cell.nodes:
            if isinstance(node, ast.Call):
                yield node, self.of(node.func)


def cells_with(context: Context, words: frozenset[str]) -> list[CheckedCell]:
    """The code cells whose text holds one of these words."""
    here = words & context.words
    return [cell for cell in context.code_cells if any(word in cell.source for word in here)]


def once_given(cells: Iterable[CheckedCell]) -> Mapping[str, tuple[Value, ...]]:
    """The values of the names that the notebook binds once, by an assignment of what is written
    out.
    """
    cells = tuple(cells)
    times = Counter(name for cell in cells for name in bound_names(cell.tree))
    known: dict[str, tuple[Value, ...]] = {}
    for cell in cells:
        for node in cell.nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                target: ast.expr = node.targets[0]
            elif isinstance(node, ast.AnnAssign):
                target = node.target
            else:
                continue
            if isinstance(target, ast.Name) and node.value is not None and times[target.id] == 1:
                known[target.id] = possible(node.value, known)
    return known


def argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    """An argument of a call: by one of its keywords, or by its position (-1 for none)."""
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    before = call.args[: position + 1]
    if 0 <= position < len(call.args) and not any(isinstance(a, ast.Starred) for a in before):
        return call.args[position]
    return None


def has_keyword(call: ast.Call, *names: str) -> bool:
    """Whether a call is given one of these keywords, or `**` that may hold it."""
    return any(keyword.arg is None or keyword.arg in names for keyword in call.keywords)


def says(call: ast.Call, name: str, value: object) -> bool:
    """Whether a keyword of a call is written out to be this constant."""
    return any(
        keyword.arg == name
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is value
        for keyword in call.keywords
    )
