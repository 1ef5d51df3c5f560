"""Notebooks that run, made up for hypothesis: sections with headings over a small pool of names.

What is bound is known at each place, so that most of them run to their end.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from nb2prod.notebook.model import Cell
from tests.differential.flow_blocks import code
from tests.differential.flow_maker import (
    CLASSES,
    FUNCTIONS,
    MORE_CLASSES,
    MORE_FUNCTIONS,
    MORE_VARIABLES,
    VARIABLES,
    Flow,
)
from tests.differential.flow_state import Value
from tests.differential.flow_statements import stopping

# Headings that become names of modules and functions: also such as are the notebook's own names,
# Python's, or those of the package's own modules.
_HEADINGS = (
    *("Load", "Clean the data", "Explore", "Model", "Train", "Evaluate", "Save", "Report"),
    *("Train", "F", "A", "X", "Sum", "Math", "Config", "Pipeline", "Main", "Class", "Print"),
)


@st.composite
def notebooks(draw: DrawFn, fewest: int, most: int) -> list[str | Cell]:
    """A notebook of this many sections: each a heading and one to three code cells."""
    flow = Flow(draw)
    if flow.chance(40):
        flow.variables = (*MORE_VARIABLES, *VARIABLES)
        flow.functions = (*MORE_FUNCTIONS, *FUNCTIONS)
        flow.classes = (*MORE_CLASSES, *CLASSES)
    cells: list[str | Cell] = ["a, n, x = 1, 2, [3]"] if flow.chance(50) else []
    if cells:
        flow.assign("a", Value("int"))
        flow.assign("n", Value("int"))
        flow.assign("x", Value("list"))
    if flow.chance(8):
        cells.append("import asyncio")
        flow.assign("asyncio", Value("module"))
    for _ in range(draw(st.integers(fewest, most))):
        cells.append(heading(flow.pick(_HEADINGS)))
        for _ in range(draw(st.integers(1, 3))):
            lines = code(flow, 4)
            if flow.chance(2):
                lines += stopping(flow)
            cells.append("\n".join(lines))
    missing = sorted(flow.named - flow.ever_bound)
    if missing:
        # A name that is bound nowhere needs a person; one that is bound too late does not.
        cells.append("\n".join(f"{name} = 0" for name in missing))
    return cells


def heading(text: str) -> Cell:
    """A markdown cell that opens a section; the harness numbers it."""
    return Cell(0, "markdown", f"## {text}")


def shown(cells: list[str | Cell]) -> str:
    """A notebook as text, to be read where a comparison fails."""
    return "\n# ---\n".join(cell if isinstance(cell, str) else cell.source for cell in cells)
