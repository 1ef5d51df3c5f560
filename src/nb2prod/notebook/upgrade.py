"""From a notebook's JSON of any version to valid nbformat 4, repaired where the meaning is plain.

`nbformat` knows the versions and the schema; what it takes for granted (that a key is there and has
its type) is made so first. Nothing random comes in: identifiers of cells are derived from content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from nb2prod.errors import InvalidNotebook

_NEWEST_MINOR = 5
_IDENTIFIER = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_KINDS = frozenset({"code", "markdown", "raw", "heading", "html", "text"})
_OLD_KINDS = frozenset({"code", "markdown", "raw", "heading", "html"})

_SHOWN_KEYS = frozenset(
    "attachments cell_type cells data display_name evalue execution_count id kernelspec"
    " language_info metadata name nbformat nbformat_minor output_type outputs source text"
    " traceback".split()
)

Document = dict[str, Any]


def version_of(found: Mapping[str, Any]) -> str:
    """The nbformat that a file says it has, or that its shape shows: "3.0", "4.5"."""
    major = _whole(found.get("nbformat"))
    if major is None:
        major = 3 if "worksheets" in found and "cells" not in found else 4
    return f"{major}.{_whole(found.get('nbformat_minor')) or 0}"


def upgraded(found: Document) -> tuple[Document, Document]:
    """The notebook as valid nbformat 4, and its metadata as the file has them.

    Raises `InvalidNotebook` when it cannot be made valid.
    """
    major = int(version_of(found).partition(".")[0])
    if not 1 <= major <= 4:
        raise InvalidNotebook(f"The file says nbformat {major}, which does not exist (1 to 4 do).")
    if major < 4:
        found = _from_old(found, major)
    metadata = found.get("metadata")
    document = repaired_document(found)
    return _valid(document), metadata if isinstance(metadata, dict) else {}


def _from_old(found: Document, major: int) -> Document:
    old = completed(found, major)
    try:
        document = _converted(old)
    except InvalidNotebook:
        # Outputs are never needed to convert; one that breaks the format is not worth a refusal.
        for worksheet in old.get("worksheets", []):
            for cell in worksheet["cells"]:
                if "outputs" in cell:
                    cell["outputs"] = []
        document = _converted(old)
    for cell in document["cells"]:
        cell.pop("id", None)  # the upgrade invents random ones
    return document


def _converted(old: Document) -> Document:
    import nbformat
    import nbformat.reader

    try:
        notebook = nbformat.reader.reads(json.dumps(old))  # type: ignore[no-untyped-call]
        notebook = nbformat.convert(notebook, 4)  # type: ignore[no-untyped-call]
        document: Document = json.loads(json.dumps(notebook))
    except RecursionError:
        raise
    except Exception as error:  # noqa: BLE001 - on malformed input, whatever its code happens to hit
        raise InvalidNotebook(
            f"The nbformat {old['nbformat']} notebook cannot be upgraded"
            f" ({type(error).__name__} in nbformat)."
        ) from None
    return document


def completed(found: Document, major: int) -> Document:
    """A notebook older than nbformat 4 with all that nbformat's upgrade takes for granted."""
    completed: Document = {**found, "nbformat": major}
    completed["nbformat_minor"] = _whole(found.get("nbformat_minor")) or 0
    completed["metadata"] = _mapping(found.get("metadata"))
    if major == 1:
        cells = [_mapping(cell) for cell in _list(found.get("cells"))]
        completed["cells"] = [cell for cell in cells if cell.get("cell_type") in ("code", "text")]
        return completed
    worksheets = [_mapping(worksheet) for worksheet in _list(found.get("worksheets"))]
    if not worksheets and "cells" in found:
        worksheets = [{"cells": found["cells"]}]
    completed["worksheets"] = [
        {
            **worksheet,
            "metadata": _mapping(worksheet.get("metadata")),
            "cells": [_completed_cell(_mapping(cell)) for cell in _list(worksheet.get("cells"))],
        }
        for worksheet in worksheets
    ]
    return completed


def _completed_cell(cell: Document) -> Document:
    completed: Document = {**cell, "metadata": _mapping(cell.get("metadata"))}
    if str(completed.get("cell_type")) not in _OLD_KINDS:
        completed["cell_type"] = "raw"
    if completed["cell_type"] == "code":
        completed["input"] = _text(cell.get("input", cell.get("source")))
        completed.pop("source", None)
        completed.setdefault("language", "python")
        completed["outputs"] = [
            output for output in _list(cell.get("outputs")) if isinstance(output, dict)
        ]
        completed["collapsed"] = cell.get("collapsed") is True
    else:
        completed["source"] = _text(cell.get("source"))
        if completed["cell_type"] == "heading":
            completed["level"] = _level(cell)
    return completed


def unreadable_cells(found: Document) -> tuple[tuple[int, str], ...]:
    """The cells of a file, by number, whose text is lost or not run, each with the reason."""
    worksheets = [_mapping(one) for one in _list(found.get("worksheets"))]
    lists = [_list(one.get("cells")) for one in worksheets] or [_list(found.get("cells"))]
    cells = [_mapping(cell) for cells in lists for cell in cells]
    return tuple(
        (number, reason)
        for number, cell in enumerate(cells, start=1)
        if (reason := _why_unreadable(cell)) is not None
    )


def _why_unreadable(cell: Document) -> str | None:
    source = next((cell[key] for key in ("source", "input", "code", "text") if key in cell), None)
    if not isinstance(source, str | list | None):
        return "the cell's source is no text, so nothing of it is here"
    if _kind(cell) not in _KINDS and _text(source).strip():
        return "the cell is of no known kind, so its text is not run"
    return None


def _kind(cell: Document) -> str | None:
    """The kind that a cell says it is of, or that its other keys show."""
    kind = cell.get("cell_type")
    if isinstance(kind, str) and kind.lower() in _KINDS:
        return kind.lower()
    return "code" if "outputs" in cell or "execution_count" in cell else None


def repaired_document(found: Document) -> Document:
    """An nbformat 4 notebook with the meaning of each cell made plain. Raises `InvalidNotebook`."""
    if not isinstance(cells := found.get("cells"), list):
        raise InvalidNotebook("The file is JSON but not a notebook: it has no list of cells.")
    minor = _whole(found.get("nbformat_minor"))
    minor = min(4 if minor is None else minor, _NEWEST_MINOR)
    repaired = [_repaired_cell(cell, number) for number, cell in enumerate(cells, start=1)]
    if any("attachments" in cell for cell in repaired):
        minor = max(minor, 1)  # the first version that has them
    if minor >= 5:
        _give_ids(repaired)
    else:
        for cell in repaired:
            cell.pop("id", None)
    return {
        "cells": repaired,
        "metadata": _repaired_metadata(_mapping(found.get("metadata"))),
        "nbformat": 4,
        "nbformat_minor": minor,
    }


def _repaired_metadata(metadata: Document) -> Document:
    """The keys that the schema asks for where a kernel's or a language's description has others."""
    kernel, language = metadata.get("kernelspec"), metadata.get("language_info")
    if isinstance(kernel, dict) and isinstance(kernel.get("name"), str):
        metadata = {**metadata, "kernelspec": {"display_name": kernel["name"], **kernel}}
    if isinstance(language, dict):
        metadata = {**metadata, "language_info": {"name": "python", **language}}
    return metadata


def _repaired_cell(cell: Any, number: int) -> Document:
    if not isinstance(cell, dict):
        raise InvalidNotebook(f"Cell {number} of the file is not a cell.")
    kind, source = _kind(cell), _text(cell.get("source"))
    if kind == "code" and "source" not in cell:
        source = _text(cell.get("input"))  # as in older versions
    if kind == "heading":  # from a notebook that says nbformat 4 and is older
        kind, source = "markdown", f"{'#' * _level(cell)} {' '.join(source.split())}"
    elif kind not in ("code", "markdown", "raw"):
        kind = "raw"
    repaired: Document = {
        "cell_type": kind,
        "metadata": _mapping(cell.get("metadata")),
        "source": source,
    }
    if isinstance(cell.get("id"), str):
        repaired["id"] = cell["id"]
    if kind == "code":
        repaired["execution_count"] = _whole(cell.get("execution_count"))
        repaired["outputs"] = _list(cell.get("outputs"))
    elif _are_attachments(cell.get("attachments")):
        repaired["attachments"] = cell["attachments"]
    return repaired


def _give_ids(cells: list[Document]) -> None:
    """Keep the ids that are usable; derive the others from content, so that a run repeats."""
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        identifier = cell.get("id", "")
        if not _IDENTIFIER.fullmatch(identifier) or identifier in seen:
            import hashlib  # takes as long to load as all of this module

            seed = f"{number}\0{cell['cell_type']}\0{cell['source']}"
            identifier = hashlib.sha256(seed.encode()).hexdigest()[:12]
        seen.add(identifier)
        cell["id"] = identifier


def _valid(document: Document) -> Document:
    """The document as the schema wants it: what it does not allow in metadata and outputs goes."""
    if _error(document) is None:
        return document
    from nbformat.validator import normalize

    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [one for one in cell["outputs"] if _is_output(one, document)]
    _, document = normalize(document, 4, document["nbformat_minor"], strip_invalid_metadata=True)
    place = _error(document)
    if place is not None:
        raise InvalidNotebook(f"The file is not a valid notebook: {place} is malformed.")
    return document


def _error(document: Document) -> str | None:
    """Where the document breaks the schema, in words; None where it does not."""
    import nbformat
    from nbformat.validator import NotebookValidationError

    try:
        nbformat.validate(document)
    except NotebookValidationError as error:
        return place_of(error.absolute_path) or "the whole"
    return None


def place_of(steps: Iterable[object]) -> str:
    """A path within a notebook, without keys of the author's own (a file's name, a person's)."""
    return "/".join(
        str(step) if isinstance(step, int) or step in _SHOWN_KEYS else "..." for step in steps
    )


def _is_output(output: Any, document: Document) -> bool:
    import nbformat
    from nbformat.validator import NotebookValidationError

    if not isinstance(output, dict):
        return False
    try:
        nbformat.validate(output, "output", 4, document["nbformat_minor"])
    except NotebookValidationError:
        return False
    return True


def _text(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return re.sub(r"\r\n?", "\n", source) if isinstance(source, str) else ""


def _level(cell: Mapping[str, Any]) -> int:
    return min(max(_whole(cell.get("level")) or 1, 1), 6)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _mapping(value: Any) -> Document:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _are_attachments(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(bundle, dict) for bundle in value.values())
