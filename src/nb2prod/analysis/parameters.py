"""What of a notebook can be set from outside, one parameter a name: the fields of its forms, what
papermill takes for parameters, and its constants in capitals.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from nb2prod.analysis.beside import Beside
from nb2prod.analysis.constants import find_constants
from nb2prod.analysis.facts import Parameter
from nb2prod.analysis.forms import find_parameters
from nb2prod.analysis.literals import assigned_literal, plain_parameter
from nb2prod.analysis.pasted import is_marked
from nb2prod.analysis.paths import PathRoots
from nb2prod.location import Location
from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import shared_tree

# The tags of papermill's cells: what papermill injects stands below the defaults, and wins.
_TAGS = ("injected-parameters", "parameters")


def parameters_of(
    cells: Sequence[ParsedCell],
    trees: Sequence[ast.Module],
    beside: Beside,
    roots: PathRoots,
    asked: Collection[Location],
    secrets: Collection[str],
) -> tuple[Parameter, ...]:
    """The parameters, in the order of their places.

    Of one name the form's counts, then papermill's, then the constant; of several of one kind the
    first one: a form that sets the name again stays an assignment. `asked` are the places of what a
    person is to put in, `secrets` the names of secrets.
    """
    found: dict[str, Parameter] = {}
    forms = [
        parameter
        for parsed in cells
        for parameter in find_parameters(parsed)
        if not is_marked(parameter.default)
    ]
    # A form sets its names again where it stands below others of these names.
    for parameter in sorted(forms, key=lambda found: found.location):
        found.setdefault(parameter.name, parameter)
    for parameter in (
        *_of_papermill(cells, asked),
        *find_constants(cells, trees, beside, roots, asked, secrets),
    ):
        found.setdefault(parameter.name, parameter)
    return tuple(sorted(found.values(), key=lambda parameter: parameter.location))


def _of_papermill(cells: Sequence[ParsedCell], asked: Collection[Location]) -> Iterator[Parameter]:
    for tag in _TAGS:
        for parsed in cells:
            if tag not in parsed.cell.tags:
                continue
            for node in shared_tree(parsed.python).body:
                name, value = assigned_literal(node)
                if name is None or is_marked(value):
                    continue
                placed = getattr(node, "value", node)
                place = Location(parsed.cell.number, placed.lineno, placed.col_offset + 1)
                if place not in asked:
                    yield plain_parameter(parsed, node, "papermill")
