"""What a notebook is called in prose."""

from __future__ import annotations

from nb2prod.notebook.model import Notebook
from nb2prod.program.markdown import title_of
from nb2prod.project.quoting import one_line

_LONGEST = 120


def title(notebook: Notebook) -> str:
    """The text of the notebook's first heading, or its name, on one line; never empty."""
    text = one_line(title_of(notebook.cells) or "") or one_line(notebook.name) or "Notebook"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
