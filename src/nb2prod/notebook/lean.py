"""Reading without nbformat: cells and metadata as `reader` has them, each with its place in the
file's JSON.

nbformat takes a fifth of a second to load, which a check on every commit cannot wait for. What is
needed of it here, the cells of versions before 4, is in `_old_cells`; its schema is left out, so a
notebook that is read here may still be refused by `reader`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from nb2prod.errors import InvalidNotebook
from nb2prod.notebook.model import Cell
from nb2prod.notebook.text import load_json
from nb2prod.notebook.upgrade import completed, repaired_document, version_of

JsonPath = tuple[str | int, ...]


class LeanCell(NamedTuple):
    """A cell, the JSON object that it was read from, and where both it and its text lie.

    `text` is None where the file has no text for the cell.
    """

    cell: Cell
    found: Mapping[str, Any]
    path: JsonPath
    text: JsonPath | None


class LeanNotebook(NamedTuple):
    """A notebook's JSON as it stands, its version ("3.0", "4.5"), and its cells in order."""

    document: Mapping[str, Any]
    nbformat: str
    cells: tuple[LeanCell, ...]
    metadata: Mapping[str, Any]


def read_lean(content: bytes) -> LeanNotebook:
    """Read a notebook of any version and language from the bytes of its file.

    Raises `UnreadableNotebook` when they are not text, `InvalidNotebook` when they are no notebook.
    """
    try:
        found = load_json(content)
        version = version_of(found)
        major = int(version.partition(".")[0])
        if not 1 <= major <= 4:
            raise InvalidNotebook(
                f"The file says nbformat {major}, which does not exist (1 to 4 do)."
            )
        cells = tuple(_old_cells(found, major) if major < 4 else _cells(found))
    except RecursionError:
        raise InvalidNotebook("The file is nested too deeply to be a notebook.") from None
    metadata = found.get("metadata")
    return LeanNotebook(found, version, cells, metadata if isinstance(metadata, dict) else {})


def _cells(found: dict[str, Any]) -> Iterator[LeanCell]:
    document = repaired_document(found)
    for index, cell in enumerate(document["cells"]):
        kept = Cell(index + 1, cell["cell_type"], cell["source"], cell["metadata"])
        original = found["cells"][index]
        path: JsonPath = ("cells", index)
        yield LeanCell(kept, original, path, _text_path(original, path, kept.kind, 4))


def _old_cells(found: dict[str, Any], major: int) -> Iterator[LeanCell]:
    """The cells of all worksheets as nbformat's own upgrade makes them of versions 1 to 3."""
    document = completed(found, major)
    places = _old_places(found, major)
    if major == 1:
        cells = document["cells"]
    else:
        cells = [cell for worksheet in document["worksheets"] for cell in worksheet["cells"]]
    for number, (cell, (original, path)) in enumerate(zip(cells, places, strict=True), start=1):
        kind, source = cell["cell_type"], _old_text(cell, major)
        text = _text_path(original, path, kind, major)
        if kind == "heading":
            kind, source = "markdown", f"{'#' * cell['level']} {' '.join(source.splitlines())}"
        elif kind in ("html", "text"):
            kind = "markdown"
        metadata = cell.get("metadata")
        kept = Cell(number, kind, source, metadata if isinstance(metadata, dict) else {})
        yield LeanCell(kept, original, path, text)


def _old_text(cell: Mapping[str, Any], major: int) -> str:
    if major == 1:
        text = cell.get("code" if cell["cell_type"] == "code" else "text", "")
    else:
        text = cell["input"] if cell["cell_type"] == "code" else cell["source"]
    return text if isinstance(text, str) else ""


def _old_places(
    found: Mapping[str, Any], major: int
) -> Iterator[tuple[Mapping[str, Any], JsonPath]]:
    """The objects that `completed` makes cells of, with their places, in the same order."""
    worksheets = found.get("worksheets")
    if major == 1 or not (isinstance(worksheets, list) and worksheets):
        lists: list[tuple[Any, JsonPath]] = [(found.get("cells"), ("cells",))]
    else:
        lists = [
            (sheet.get("cells"), ("worksheets", number, "cells"))
            for number, sheet in enumerate(worksheets)
            if isinstance(sheet, dict)
        ]
    for cells, path in lists:
        for index, cell in enumerate(cells if isinstance(cells, list) else []):
            original = cell if isinstance(cell, dict) else {}
            if major > 1 or original.get("cell_type") in ("code", "text"):
                yield original, (*path, index)


def _text_path(found: Mapping[str, Any], path: JsonPath, kind: str, major: int) -> JsonPath | None:
    if major == 1:
        keys = ["code" if kind == "code" else "text"]
    elif kind == "code":
        keys = ["source", "input"] if major == 4 else ["input", "source"]
    else:
        keys = ["source"]
    key = next((key for key in keys if key in found), None)
    return None if key is None else (*path, key)
