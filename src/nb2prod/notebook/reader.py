"""From a file's bytes to a `Notebook`: any nbformat, upgraded to 4 and validated, nothing executed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from nb2prod.errors import InvalidNotebook, UnreadableNotebook
from nb2prod.notebook.language import require_python
from nb2prod.notebook.model import Cell, CellKind, Notebook
from nb2prod.notebook.origin import find_origin

_KINDS: Mapping[str, CellKind] = {"code": "code", "markdown": "markdown", "heading": "markdown"}
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def read(path: str | Path) -> Notebook:
    """Read the notebook at `path`.

    Raises `UnreadableNotebook` when the file cannot be opened or is not text, `InvalidNotebook` when it
    is not a notebook, and `UnsupportedLanguage` when it is written in another language than Python.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except IsADirectoryError:
        raise UnreadableNotebook(f"{path} is a directory, not a notebook.") from None
    except OSError as error:
        raise UnreadableNotebook(f"{path} cannot be read: {error.strerror or error}.") from None
    return read_bytes(content, path.stem)


def read_bytes(content: bytes, name: str) -> Notebook:
    """Read a notebook from the bytes of its file; `name` is the file's name without its ending."""
    found = _load_json(content)
    version = _version_of(found)
    document = _upgraded(found)
    cells = tuple(
        Cell(
            number=number,
            kind=_KINDS.get(cell["cell_type"], "raw"),
            source=cell["source"],
            metadata=cell["metadata"],
        )
        for number, cell in enumerate(document["cells"], start=1)
    )
    metadata = cast("Mapping[str, object]", document["metadata"])
    require_python(metadata)
    return Notebook(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        nbformat=version,
        cells=cells,
        origin=find_origin(metadata, cells),
        metadata=metadata,
        document=document,
    )


def _load_json(content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableNotebook("The file is not UTF-8 text, so it is not a notebook.") from None
    if not text.strip():
        raise InvalidNotebook("The file is empty, so it is not a notebook.")
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        if re.search(r"^(<{7} |={7}$|>{7} )", text, re.MULTILINE):
            raise InvalidNotebook(
                "The file holds merge conflict markers; resolve the conflict and try again."
            ) from None
        raise InvalidNotebook(f"The file is not valid JSON, so it is not a notebook: {error}.") from None
    if not isinstance(found, dict) or not ({"cells", "worksheets", "nbformat"} & found.keys()):
        raise InvalidNotebook("The file is JSON but not a notebook: it has no cells.")
    if _ESCAPED_SURROGATE.search(content):
        found = _without_lone_surrogates(found)
    return cast("dict[str, Any]", found)


def _without_lone_surrogates(value: Any) -> Any:
    """Half a surrogate pair is not a character: no file and no terminal can take it."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_lone_surrogates(key): _without_lone_surrogates(item) for key, item in value.items()}
    return value


def _version_of(found: Mapping[str, Any]) -> str:
    major = found.get("nbformat")
    if not isinstance(major, int):
        major = 3 if "worksheets" in found else 4
    minor = found.get("nbformat_minor")
    return f"{major}.{minor if isinstance(minor, int) else 0}"


def _upgraded(found: dict[str, Any]) -> dict[str, Any]:
    """The notebook as nbformat 4, repaired where the meaning is plain, and valid."""
    import nbformat
    import nbformat.reader
    from nbformat.validator import NotebookValidationError

    major = int(_version_of(found).split(".")[0])
    if not 1 <= major <= 4:
        raise InvalidNotebook(f"The file says nbformat {major}, which does not exist (1 to 4 do).")
    document = found
    if major < 4:
        try:
            old = nbformat.reader.reads(json.dumps(_complete_old(found, major)))  # type: ignore[no-untyped-call]
            upgraded = nbformat.convert(old, 4)  # type: ignore[no-untyped-call]
        except Exception as error:  # nbformat raises what its code happens to hit on malformed input
            raise InvalidNotebook(
                f"The nbformat {major} notebook cannot be upgraded: {error or type(error).__name__}."
            ) from None
        document = json.loads(json.dumps(upgraded))
    document = _repaired(document)
    try:
        nbformat.validate(document)  # type: ignore[no-untyped-call]
    except NotebookValidationError:
        # Outputs are never needed to convert; an output that breaks the schema is not worth a refusal.
        for cell in document["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = []
        try:
            nbformat.validate(document)  # type: ignore[no-untyped-call]
        except NotebookValidationError as error:
            reason = str(error).splitlines()[0]
            raise InvalidNotebook(f"The file is not a valid notebook: {reason}.") from None
    return document


def _complete_old(found: dict[str, Any], major: int) -> dict[str, Any]:
    """Fill in what nbformat's upgrade takes for granted."""
    completed = {"metadata": {}, **found, "nbformat": major}
    completed.setdefault("nbformat_minor", 0)
    if major == 1:
        completed.setdefault("cells", [])
        return completed
    completed.setdefault("worksheets", [])
    worksheets = []
    for worksheet in completed["worksheets"]:
        cells = worksheet.get("cells", []) if isinstance(worksheet, dict) else []
        worksheets.append({"metadata": {}, **worksheet, "cells": [_complete_old_cell(cell) for cell in cells]})
    completed["worksheets"] = worksheets
    return completed


def _complete_old_cell(cell: dict[str, Any]) -> dict[str, Any]:
    completed: dict[str, Any] = {"metadata": {}, **cell}
    if completed.get("cell_type") == "code":
        completed.setdefault("input", "")
        completed.setdefault("language", "python")
        completed.setdefault("outputs", [])
        completed.setdefault("collapsed", False)
    else:
        completed.setdefault("source", "")
    return completed


def _repaired(found: Mapping[str, Any]) -> dict[str, Any]:
    cells = found.get("cells")
    if not isinstance(cells, list):
        raise InvalidNotebook("The file is JSON but not a notebook: it has no list of cells.")
    minor = found.get("nbformat_minor")
    minor = minor if isinstance(minor, int) and minor >= 0 else 4
    metadata = found.get("metadata")
    repaired = [_repaired_cell(cell, number) for number, cell in enumerate(cells, start=1)]
    if minor >= 5:
        _give_ids(repaired)
    else:
        for cell in repaired:
            cell.pop("id", None)
    return {
        "cells": repaired,
        "metadata": metadata if isinstance(metadata, dict) else {},
        "nbformat": 4,
        "nbformat_minor": min(minor, 5),
    }


def _repaired_cell(cell: Any, number: int) -> dict[str, Any]:
    if not isinstance(cell, dict):
        raise InvalidNotebook(f"Cell {number} of the file is not a cell but {type(cell).__name__}.")
    kind = cell.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        kind = "markdown" if kind == "heading" else "raw"
    metadata = cell.get("metadata")
    repaired: dict[str, Any] = {
        "cell_type": kind,
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": _text(cell.get("source")),
    }
    if isinstance(cell.get("id"), str):
        repaired["id"] = cell["id"]
    if kind == "code":
        count = cell.get("execution_count")
        outputs = cell.get("outputs")
        repaired["execution_count"] = count if isinstance(count, int) else None
        repaired["outputs"] = outputs if isinstance(outputs, list) else []
    elif isinstance(cell.get("attachments"), dict):
        repaired["attachments"] = cell["attachments"]
    return repaired


def _text(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.replace("\r\n", "\n") if isinstance(source, str) else ""


def _give_ids(cells: list[dict[str, Any]]) -> None:
    """Keep the ids that are usable; derive the others from content, so that a run repeats exactly."""
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        identifier = cell.get("id", "")
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", identifier) or identifier in seen:
            seed = f"{number}\0{cell['cell_type']}\0{cell['source']}"
            identifier = hashlib.sha256(seed.encode()).hexdigest()[:12]
        seen.add(identifier)
        cell["id"] = identifier
