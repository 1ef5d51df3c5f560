"""What a generated README says of the shape of the code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nb2prod.migration import Migration
from nb2prod.program.model import Module

# The code can be in a newer Python than the one that reads it here.
_DEFINITION = re.compile(r"^(?:async def|def|class) |^\w+ = ", re.MULTILINE)
_IMPORT = re.compile(r"^(?:import|from) ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A module with a part of the notebook: its file and title, the cells that it holds, and the
    variables that it takes of earlier modules and gives to later ones.
    """

    file: str
    title: str
    cells: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]


def section_rows(migration: Migration) -> Iterable[SectionRow]:
    """The program's modules in the notebook's order; none where it is not split into sections."""
    program = migration.program
    if not program.sections:
        return
    modules = {module.name: module for module in program.modules}
    for section in program.sections:
        title = f"{section.name}{_alone(modules[section.module])}"
        cells = ", ".join(map(str, section.cells))
        yield SectionRow(f"{section.module}.py", title, cells, section.reads, section.gives)
    if "common" in modules:
        title = f"What several parts use{_alone(modules['common'])}"
        yield SectionRow("common.py", title, "", (), ())


def _alone(module: Module) -> str:
    """What a module has that holds no part of the flow."""
    if module.function is not None:
        return ""
    if _DEFINITION.search(module.source):
        return " (definitions alone)"
    return " (imports alone)" if _IMPORT.search(module.source) else " (comments alone)"


def layout_sentence(migration: Migration) -> str:
    """Why the code is not split into sections; empty where nothing in it stood in the way."""
    layout = migration.program.layout
    where = f" ({layout.location})" if layout.location else ""
    if layout.rung == "script" and layout.reason:
        return f"The code runs as a script rather than inside a function: {layout.reason}{where}."
    # A reason without a place is none against sections: no parts, or one function was asked for.
    if layout.rung == "main" and migration.options.layout == "auto" and where:
        return (
            "The code is one function rather than a module for each section:"
            f" {layout.reason}{where}."
        )
    return ""
