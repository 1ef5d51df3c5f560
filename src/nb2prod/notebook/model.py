"""The notebook as the later stages see it: cells in order, their origin, nothing executed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from nb2prod.location import Evidence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nb2prod.notebook.recorded import Recorded

CellKind = Literal["code", "markdown", "raw"]
Platform = Literal[
    "colab", "kaggle", "databricks", "sagemaker", "vertex", "paperspace", "vscode", "jupyter"
]

# No metadata, no files. Nobody changes it.
_NOTHING: Mapping[str, Any] = {}


class Cell(NamedTuple):
    """One cell. `number` counts all cells of the notebook from 1."""

    number: int
    kind: CellKind
    source: str
    metadata: Mapping[str, object] = _NOTHING

    @property
    def lines(self) -> tuple[str, ...]:
        """The source's lines as Python and people count them; a final line break ends the last.

        `str.splitlines` cuts at more places (form feeds, Unicode separators), some of them inside
        strings.
        """
        lines = re.split(r"\r\n|\r|\n", self.source)
        return tuple(lines[:-1] if lines[-1] == "" else lines)

    @property
    def tags(self) -> tuple[str, ...]:
        """The cell's tags."""
        tags = self.metadata.get("tags")
        return tuple(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else ()

    @property
    def may_fail(self) -> bool:
        """Whether the notebook goes on behind an error in this cell."""
        return "raises-exception" in self.tags


class Origin(NamedTuple):
    """The platform that the notebook was written on, with what says so."""

    platform: Platform
    evidence: tuple[Evidence, ...]


class Notebook(NamedTuple):
    """A notebook that was read: nbformat 4 in memory, whatever the file's own version was.

    `name` is the file's name without its ending; `sha256` is of the file's bytes; `nbformat` is the
    version found in the file ("3.0", "4.5"). `metadata` is the file's own, also where the format
    does not allow it; `document` is the whole notebook as valid nbformat 4 in plain JSON values,
    for the copy that a project carries, with its outputs; of outputs of over 20 million characters
    together the largest are gone (`nb2prod.notebook.outputs`). `unreadable` are the cells, by
    number, whose code or text cannot be told, each with the reason in words. `beside` are the texts
    of the files beside the notebook that it needs, by POSIX path relative to its directory;
    `not_copied` are the paths of those that no project may carry, each with the reason in words,
    some of them without a text (`nb2prod.notebook.beside`).
    """

    name: str
    sha256: str
    nbformat: str
    cells: tuple[Cell, ...]
    origin: Origin
    metadata: Mapping[str, object]
    document: Mapping[str, object]
    unreadable: tuple[tuple[int, str], ...] = ()
    beside: Mapping[str, str] = _NOTHING
    not_copied: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        # Neither metadata nor files: they may be long, and hold what nobody is to see.
        return f"Notebook({self.name!r}, nbformat={self.nbformat!r}, cells={len(self.cells)})"

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        """The code cells, in order."""
        return tuple(cell for cell in self.cells if cell.kind == "code")

    @property
    def accelerator(self) -> str | None:
        """What Colab or Kaggle recorded: "GPU", "TPU", or None for a CPU runtime."""
        from nb2prod.notebook.recorded import accelerator

        return accelerator(self.metadata)

    @property
    def gpu_type(self) -> str | None:
        """The GPU's short name where the metadata names one ("T4", "A100")."""
        from nb2prod.notebook.recorded import gpu_type

        return gpu_type(self.metadata)

    @property
    def recorded(self) -> Recorded:
        """When and on what the notebook ran, as far as its metadata record it."""
        from nb2prod.notebook.recorded import recorded

        return recorded(self.metadata, (cell.metadata for cell in self.cells))
