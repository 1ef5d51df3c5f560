"""What the notebook format allows, checked with the standard library.

Source: the JSON schemas of nbformat 4.0 to 4.5. Identifiers of cells that are missing or the same
are left out: Jupyter mends them when it reads. Of versions before 4 only the shape is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Problem = tuple[int | None, str]

_NEWEST = 5
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_JSON_TYPE = re.compile(r"application/(.*\+)?json")
_TOP = frozenset({"metadata", "nbformat", "nbformat_minor", "cells"})
_CELL = frozenset({"cell_type", "metadata", "source"})
_OUTPUTS: Mapping[str, frozenset[str]] = {
    "execute_result": frozenset({"data", "metadata", "execution_count"}),
    "display_data": frozenset({"data", "metadata"}),
    "stream": frozenset({"name", "text"}),
    "error": frozenset({"ename", "evalue", "traceback"}),
}
_LANGUAGE_TEXTS = ("file_extension", "mimetype", "pygments_lexer")


def problems(document: Mapping[str, Any], version: str) -> Iterator[Problem]:
    """What breaks the format, each with the number of the cell that it is in, None for none."""
    major, minor = map(int, version.split("."))
    if major < 4:
        yield from _old_problems(document, major)
        return
    for key in sorted(_TOP - document.keys()):
        yield None, f"it has no {key}"
    if minor <= _NEWEST:
        for key in sorted(document.keys() - _TOP):
            yield None, f"it has a key that the format does not know: {_shown(key)}"
    for key in ("nbformat", "nbformat_minor"):
        if key in document and not _is_count(document[key]):
            yield None, f"{key} is no number"
    metadata = document.get("metadata", {})
    if isinstance(metadata, dict):
        yield from ((None, said) for said in _metadata_problems(metadata))
    else:
        yield None, "metadata is no object"
    cells = document.get("cells")
    for number, cell in enumerate(cells if isinstance(cells, list) else [], start=1):
        yield from ((number, said) for said in _cell_problems(cell, minor))


def _old_problems(document: Mapping[str, Any], major: int) -> Iterator[Problem]:
    if major > 1 and not isinstance(document.get("worksheets"), list) and "cells" not in document:
        yield None, "it has no list of worksheets"
    sheets = document.get("worksheets")
    for sheet in sheets if isinstance(sheets, list) else []:
        if not isinstance(sheet, dict) or not isinstance(sheet.get("cells"), list):
            yield None, "a worksheet has no list of cells"


def _metadata_problems(metadata: Mapping[str, Any]) -> Iterator[str]:
    kernel, language = metadata.get("kernelspec"), metadata.get("language_info")
    if "kernelspec" in metadata:
        yield from _texts("kernelspec", kernel, ("name", "display_name"))
    if "language_info" in metadata:
        yield from _texts("language_info", language, ("name",))
    if isinstance(language, dict):
        for key in _LANGUAGE_TEXTS:
            if key in language and not isinstance(language[key], str):
                yield f"language_info/{key} is no text"
        if not isinstance(language.get("codemirror_mode", ""), str | dict):
            yield "language_info/codemirror_mode is neither a text nor an object"
    if "orig_nbformat" in metadata and not (
        _is_count(metadata["orig_nbformat"]) and metadata["orig_nbformat"] >= 1
    ):
        yield "orig_nbformat is no number"


def _texts(name: str, found: Any, keys: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(found, dict):
        yield f"{name} is no object"
        return
    for key in keys:
        if not isinstance(found.get(key), str):
            yield f"{name} has no {key}"


def _cell_problems(cell: Mapping[str, Any], minor: int) -> Iterator[str]:
    kind = cell.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        if minor <= _NEWEST:
            yield "the cell is of no known kind"
        return
    yield from _key_problems(cell, kind, minor)
    if "id" in cell and minor >= 5:
        identifier = cell["id"]
        if not isinstance(identifier, str) or not _ID.fullmatch(identifier):
            yield "the cell's id is not made of 1 to 64 letters, digits, - and _"
    if not _is_text(cell.get("source", "")):
        yield "the cell's source is no text"
    yield from _cell_metadata_problems(cell.get("metadata", {}), kind)
    if kind == "code":
        yield from _run_problems(cell, minor)
    elif "attachments" in cell and not _are_attachments(cell["attachments"]):
        yield "the cell's attachments are malformed"


def _key_problems(cell: Mapping[str, Any], kind: str, minor: int) -> Iterator[str]:
    needed = _CELL | ({"outputs", "execution_count"} if kind == "code" else set())
    allowed = needed | ({"id"} if minor >= 5 else set())
    allowed |= set() if kind == "code" else {"attachments"}
    for key in sorted(needed - cell.keys()):
        yield f"the cell has no {key}"
    if minor <= _NEWEST:
        for key in sorted(cell.keys() - allowed):
            yield f"the cell has a key that nbformat 4.{minor} does not know: {_shown(key)}"


def _run_problems(cell: Mapping[str, Any], minor: int) -> Iterator[str]:
    if not _is_count(cell.get("execution_count", 0), null=True):
        yield "the cell's execution_count is no number"
    outputs = cell.get("outputs", [])
    if not isinstance(outputs, list):
        yield "the cell's outputs are no list"
        return
    for index, output in enumerate(outputs, start=1):
        said = output_problem(output, minor)
        if said is not None:
            yield f"output {index} {said}"


def _cell_metadata_problems(metadata: Any, kind: str) -> Iterator[str]:
    if not isinstance(metadata, dict):
        yield "the cell's metadata are no object"
        return
    tags = metadata.get("tags", [])
    if not isinstance(tags, list) or not all(
        isinstance(tag, str) and tag and "," not in tag for tag in tags
    ):
        yield "the cell's tags are no list of texts without commas"
    elif len(set(tags)) < len(tags):
        yield "the cell has a tag twice"
    name = metadata.get("name", "x")
    if not isinstance(name, str) or not re.match(r".+", name):
        yield "the cell's name is no text"
    if kind == "raw" and not isinstance(metadata.get("format", ""), str):
        yield "the cell's format is no text"
    if kind == "code":
        if not isinstance(metadata.get("collapsed", False), bool):
            yield "the cell's collapsed is neither true nor false"
        scrolled = metadata.get("scrolled", False)
        if not isinstance(scrolled, bool) and scrolled != "auto":
            yield "the cell's scrolled is neither true, false nor auto"


def output_problem(output: Any, minor: int) -> str | None:
    """What breaks the format in an output, in words; None where nothing does."""
    if not isinstance(output, dict):
        return "is no object"
    kind = output.get("output_type")
    needed = _OUTPUTS.get(kind) if isinstance(kind, str) else None
    if needed is None:
        return "is of no known kind" if minor <= _NEWEST else None
    if missing := sorted(needed - output.keys()):
        return f"({kind}) has no {missing[0]}"
    if minor <= _NEWEST and (more := sorted(output.keys() - needed - {"output_type"})):
        return f"({kind}) has a key that the format does not know: {_shown(more[0])}"
    if "data" in needed:
        if not _is_bundle(output["data"]):
            return f"({kind}) has malformed data"
        if not isinstance(output["metadata"], dict):
            return f"({kind}) has malformed metadata"
        if not _is_count(output.get("execution_count"), null=True):
            return f"({kind}) has an execution_count that is no number"
    elif kind == "stream":
        if not isinstance(output["name"], str) or not _is_text(output["text"]):
            return "(stream) has a name or a text that is none"
    elif not (
        isinstance(output["ename"], str)
        and isinstance(output["evalue"], str)
        and isinstance(output["traceback"], list)
        and _is_text(output["traceback"])
    ):
        return "(error) has malformed texts"
    return None


def _is_bundle(data: Any) -> bool:
    return isinstance(data, dict) and all(
        _JSON_TYPE.fullmatch(kind) is not None or _is_text(value) for kind, value in data.items()
    )


def _are_attachments(found: Any) -> bool:
    return isinstance(found, dict) and all(_is_bundle(bundle) for bundle in found.values())


def _is_text(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(part, str) for part in value)
    return isinstance(value, str)


def _is_count(value: Any, *, null: bool = False) -> bool:
    if value is None:
        return null
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _shown(key: object) -> str:
    """A key of the author's own in a message: short, on one line."""
    text = "".join(char if char.isprintable() else " " for char in str(key))
    return f"`{text[:40]}`"
