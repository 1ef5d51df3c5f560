"""The outputs that a notebook was saved with, as a run."""

from __future__ import annotations

import re
from dataclasses import replace

from nb2prod.notebook.model import Notebook
from nb2prod.verification.model import Run
from nb2prod.verification.observed import outputs_run
from nb2prod.verification.places import PLATFORM_PLACES

# A saved notebook may have run anywhere.
SAVED_PLACES = tuple(place for places in PLATFORM_PLACES.values() for place in places)

# What magics say of themselves when they are in a cell, which a job does not say.
_SAID = tuple(
    (re.compile(magic, re.MULTILINE), re.compile(said, re.MULTILINE))
    for magic, said in (
        (r"^\s*%?cd\b", r"^/.*\n"),
        (r"^%%(?:writefile|file)\b", r"^(?:Writing|Overwriting|Appending to) .*\n"),
        (r"^\s*%(?:set_)?env\b", r"^env: \w+=.*\n"),
    )
)


def saved_run(notebook: Notebook) -> Run:
    """What a notebook's cells showed when it was saved."""
    cells = {}
    documents = notebook.document.get("cells")
    for cell, document in zip(
        notebook.cells, documents if isinstance(documents, list) else [], strict=False
    ):
        outputs = document.get("outputs") or []
        if cell.kind == "code" and outputs:
            run = outputs_run(outputs)
            for magic, said in _SAID:
                if magic.search(cell.source):
                    run = replace(run, stdout=said.sub("", run.stdout))
            cells[cell.number] = run
    return Run(cells)


def within_saved(run: Run, saved: Run) -> Run:
    """The run without the cells that were saved without outputs, and without what a saved notebook
    does not tell.
    """
    cells = {number: cell for number, cell in run.cells.items() if number in saved.cells}
    return Run(cells, failure=run.failure)
