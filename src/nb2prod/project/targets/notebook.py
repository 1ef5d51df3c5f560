"""The notebook itself, kept beside the program that was made from it, without its author's personal
data.
"""

from __future__ import annotations

from collections.abc import Mapping

from nb2prod.migration import Migration

# Who ran a cell and where: Colab writes these into every cell that it executes.
_PERSONAL = frozenset(
    {"user", "user_tz", "userId", "displayName", "photoUrl", "authorship_tag", "mount_file_id"}
)
# Where Colab took the notebook from: names and ids of files in somebody's Drive.
_COLAB = frozenset({"provenance"})


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
    cleaned = {**document, "metadata": _cleaned(document.get("metadata", {}))}
    cells = document.get("cells")
    if isinstance(cells, list):
        cleaned["cells"] = [_cleaned_cell(cell) for cell in cells]
    return cleaned


def _cleaned_cell(cell: Mapping[str, object]) -> dict[str, object]:
    cleaned = {**cell, "metadata": _cleaned(cell.get("metadata", {}))}
    outputs = cell.get("outputs")
    if isinstance(outputs, list):
        cleaned["outputs"] = [
            {**output, "metadata": _cleaned(output["metadata"])} if "metadata" in output else output
            for output in outputs
        ]
    return cleaned


def _cleaned(value: object, within: str = "") -> object:
    if isinstance(value, Mapping):
        dropped = _PERSONAL | _COLAB if within == "colab" else _PERSONAL
        return {key: _cleaned(item, key) for key, item in value.items() if key not in dropped}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value
