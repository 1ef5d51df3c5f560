"""NB204: an error among the saved outputs of a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, RemoveValue
from nb2prod.location import Location

RULE = rule("NB204")

_NAME = re.compile(r"[A-Za-z_][\w.]{0,60}")


def check(context: Context) -> Iterator[Finding]:
    """The cells with errors, but for those that are tagged as raising them and for notebooks that
    nbsphinx is told to let go on.
    """
    sphinx = context.metadata.get("nbsphinx")
    if isinstance(sphinx, Mapping) and sphinx.get("allow_errors") is True:
        return
    for cell in context.cells:
        errors = dict(_errors(cell))
        if not errors or "raises-exception" in cell.tags:
            continue
        edits = tuple(RemoveValue((*cell.path, "outputs", index)) for index in errors)
        name = next(iter(errors.values()))
        yield context.found(
            RULE,
            Location(cell.number),
            f"the cell ended in {name}; mend it and run it again, or tag it `raises-exception`",
            part="output",
            fix=Fix("remove the error from the outputs", edits, "unsafe"),
        )


def _errors(cell: CheckedCell) -> Iterator[tuple[int, str]]:
    """The places of errors among the outputs with their names; `pyerr` is nbformat 3's word."""
    outputs = cell.found.get("outputs")
    for index, output in enumerate(outputs if isinstance(outputs, list) else []):
        if isinstance(output, Mapping) and output.get("output_type") in ("error", "pyerr"):
            name = output.get("ename")
            known = isinstance(name, str) and _NAME.fullmatch(name)
            yield index, f"`{name}`" if known else "an error"
