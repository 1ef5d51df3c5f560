"""Which platform a notebook comes from: what its metadata and its code say.

Source of the keys: the metadata of notebooks in public use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nb2prod.location import Evidence, Location
from nb2prod.notebook.model import Cell, Origin

_COLAB_CODE = re.compile(
    r"\bgoogle\.colab\b|\bfrom google import colab\b|(?<![\w/])/content/|\bcd\s+/content\b"
)
_KAGGLE_CODE = re.compile(
    r"(?<![\w/])/kaggle/|\bkaggle_secrets\b|\bkaggle_datasets\b|['\"]\.\./input/"
)
_COLAB_CELL_KEYS = ("colab", "colab_type", "outputId", "executionInfo", "cellView")


def find_origin(metadata: Mapping[str, object], cells: Iterable[Cell]) -> Origin:
    """Colab, Kaggle or plain Jupyter, with the evidence.

    Code decides before metadata: files travel between platforms and keep the keys of all of them
    (some templates write both), but the paths and the API that the code uses are what has to work.
    """
    cells = tuple(cells)
    colab_code = _uses(cells, _COLAB_CODE, "uses Colab's API or paths")
    kaggle_code = _uses(cells, _KAGGLE_CODE, "uses Kaggle's API or paths")
    colab_metadata = _colab_metadata(metadata, cells)
    kaggle_metadata = _kaggle_metadata(metadata, cells)
    if colab_code and (not kaggle_code or len(colab_code) >= len(kaggle_code)):
        return Origin("colab", (*colab_code, *colab_metadata))
    if kaggle_code:
        return Origin("kaggle", (*kaggle_code, *kaggle_metadata))
    if colab_metadata:
        return Origin("colab", colab_metadata)
    if kaggle_metadata:
        return Origin("kaggle", kaggle_metadata)
    return Origin(
        "jupyter", (Evidence("default", "nothing in the notebook points to Colab or Kaggle"),)
    )


def _uses(cells: tuple[Cell, ...], pattern: re.Pattern[str], what: str) -> tuple[Evidence, ...]:
    return tuple(
        Evidence("table", what, Location(cell.number, number))
        for cell in cells
        if cell.kind == "code"
        for number, line in enumerate(cell.lines, start=1)
        if pattern.search(line)
    )


def _colab_metadata(
    metadata: Mapping[str, object], cells: tuple[Cell, ...]
) -> tuple[Evidence, ...]:
    if "colab" in metadata:
        return (Evidence("table", "metadata has Colab's key"),)
    for cell in cells:
        if any(key in cell.metadata for key in _COLAB_CELL_KEYS):
            return (Evidence("table", "cell metadata has Colab's keys", Location(cell.number)),)
    if "accelerator" in metadata:
        return (Evidence("table", "metadata names an accelerator as Colab does"),)
    return ()


def _kaggle_metadata(
    metadata: Mapping[str, object], cells: tuple[Cell, ...]
) -> tuple[Evidence, ...]:
    if "kaggle" in metadata:
        return (Evidence("table", "metadata has Kaggle's key"),)
    for cell in cells:
        if "_kg_hide-input" in cell.metadata or "_cell_guid" in cell.metadata:
            return (Evidence("table", "cell metadata has Kaggle's keys", Location(cell.number)),)
    return ()
