"""NB506: what Colab writes into the metadata for itself alone.

Sources: Colab's developers on `provenance` (jupyter/nbformat issue 148) and the documentation team
of TensorFlow on `private_outputs` (quantumlib/ReCirq pull request 65). What tells of a person or of
private files is NB408's: the `user` of `executionInfo`, files of Drive and gists in `provenance`.
What the conversion reads (`accelerator`, `gpuType`, the times in `executionInfo`) is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, RemoveValue
from nb2prod.notebook.lean import JsonPath

RULE = rule("NB506")

_OF_CELL = frozenset({"base_uri", "height"})


def check(context: Context) -> Iterator[Finding]:
    """The notebook as a whole: once for what is there for nothing, and once for each setting of
    Colab's that others do not know of.
    """
    colab = context.metadata.get("colab")
    left = dict(_left_over(colab)) if isinstance(colab, dict) else {}
    in_cells = [path for cell in context.cells for path in _in_cell(cell)]
    if left or in_cells:
        names = [f"`{key}`" for key in left]
        names += ["the cells' `outputId` and `colab`"] if in_cells else []
        said = (
            f"Colab's metadata ({', '.join(names)}) say nothing to anybody else and change when"
            " the notebook is copied or run; remove them"
        )
        edits = tuple(RemoveValue(path) for path in (*left.values(), *in_cells))
        fix = Fix("remove what only Colab reads", edits)
        yield context.found(RULE, None, said, part="metadata", fix=fix)
    if not isinstance(colab, dict):
        return
    path: JsonPath = ("metadata", "colab")
    if isinstance(colab.get("mount_file_id"), str):
        said = (
            "Colab mounts Drive for this notebook by itself (`mount_file_id`), which no line of it"
            " tells and nobody else's copy does; read the files from a path that is given"
        )
        fix = Fix("remove it", (RemoveValue((*path, "mount_file_id")),), "unsafe")
        yield context.found(RULE, None, said, part="metadata", fix=fix)
    if colab.get("private_outputs") is True:
        said = (
            "Colab saves no outputs with this notebook (`private_outputs`), so that nobody can"
            " tell what it printed, nor with which versions; switch it off unless that is meant"
        )
        yield context.found(RULE, None, said, part="metadata")


def _left_over(colab: dict[str, object]) -> Iterator[tuple[str, JsonPath]]:
    """The keys of the notebook's `colab` that can go, each with its place."""
    if isinstance(colab.get("authorship_tag"), str):
        yield "authorship_tag", ("metadata", "colab", "authorship_tag")
    if colab.get("private_outputs") is False:
        yield "private_outputs", ("metadata", "colab", "private_outputs")
    provenance = colab.get("provenance")
    if isinstance(provenance, list) and provenance and all(map(_is_public, provenance)):
        yield "provenance", ("metadata", "colab", "provenance")


def _is_public(entry: object) -> bool:
    """Whether an entry of the provenance names something that is no file of Drive and no gist."""
    found = entry.get("file_id") if isinstance(entry, dict) else None
    return isinstance(found, str) and "/" in found and "gist.github.com" not in found


def _in_cell(cell: CheckedCell) -> Iterator[JsonPath]:
    """The places in a cell's metadata that only say where and how high its output was shown."""
    metadata = cell.found.get("metadata")
    if not isinstance(metadata, dict) or not metadata:
        return
    path = (*cell.path, "metadata")
    if isinstance(metadata.get("outputId"), str):
        yield (*path, "outputId")
    colab = metadata.get("colab")
    if isinstance(colab, dict) and not colab.keys().isdisjoint(_OF_CELL):
        if colab.keys() <= _OF_CELL:
            yield (*path, "colab")
        else:
            yield from ((*path, "colab", key) for key in colab if key in _OF_CELL)
