"""What in a notebook calls a C or C++ compiler while the program runs."""

from __future__ import annotations

import re

from nb2prod.analysis.all_facts import Facts
from nb2prod.location import Evidence, Location
from nb2prod.notebook.model import Notebook

# torch.compile writes C++ for a CPU and starts Triton's kernels on a GPU by a small C program.
_IN_CODE = (
    (re.compile(r"^[^#\n]*\btorch\.compile\b", re.M), "calls torch.compile"),
    (re.compile(r"^\s*%%cython\b", re.M), "has a cell of Cython"),
    (re.compile(r"^[^#\n]*\bpyximport\.install\b", re.M), "imports modules of Cython as they are"),
    (re.compile(r"^[^#\n]*\bffi(builder)?\.(compile|verify)\(", re.M), "compiles C with cffi"),
)
_EXTENSION = "torch.utils.cpp_extension"


def compiles_when_run(notebook: Notebook, facts: Facts) -> tuple[Evidence, ...]:
    """What needs a compiler in the image, each by its first place."""
    found: dict[str, Evidence] = {}
    for cell in notebook.code_cells:
        for pattern, detail in _IN_CODE:
            match = pattern.search(cell.source)
            if match:
                start = match.start() + len(match[0]) - len(match[0].lstrip())
                place = Location(cell.number, cell.source.count("\n", 0, start) + 1)
                found.setdefault(detail, Evidence("pinned", f"the notebook {detail}", place))
    for one in facts.imports:
        if one.module == _EXTENSION or one.module.startswith(f"{_EXTENSION}."):
            detail = "builds an extension of torch"
            found.setdefault(detail, Evidence("pinned", f"the notebook {detail}", one.location))
    return tuple(found.values())
