"""The notebook itself, kept beside the program that was made from it, without its author's personal
data.
"""

from __future__ import annotations

from collections.abc import Mapping

from nb2prod.migration import Migration
from nb2prod.project.personal import (
    cell_metadata,
    notebook_metadata,
    output_metadata,
)


def files(migration: Migration) -> dict[str, str]:
    """`notebooks/original.ipynb`, in the form that Jupyter writes, with its outputs."""
    import nbformat

    document = _without_personal_data(migration.notebook.document)
    node = nbformat.from_dict(document)  # type: ignore[no-untyped-call]
    text: str = nbformat.v4.writes(node)  # type: ignore[no-untyped-call]
    return {"notebooks/original.ipynb": text if text.endswith("\n") else f"{text}\n"}


def _without_personal_data(document: Mapping[str, object]) -> dict[str, object]:
    """The document with the metadata of notebook, cells and outputs cleaned; nothing else is
    touched.
    """
    cleaned = {**document, "metadata": notebook_metadata(document.get("metadata"))}
    cells = document.get("cells")
    if isinstance(cells, list):
        cleaned["cells"] = [_cleaned_cell(cell) for cell in cells]
    return cleaned


def _cleaned_cell(cell: Mapping[str, object]) -> dict[str, object]:
    cleaned = {**cell, "metadata": cell_metadata(cell.get("metadata"))}
    outputs = cell.get("outputs")
    if isinstance(outputs, list):
        cleaned["outputs"] = [
            {**output, "metadata": output_metadata(output["metadata"])}
            if "metadata" in output
            else output
            for output in outputs
        ]
    return cleaned
