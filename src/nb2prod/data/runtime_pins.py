"""Single versions out of the runtime tables, without reading the tables as a whole.

`nb2prod.data.runtimes` knows whole images; what asks for a few names in each of many notebooks
would wait for it. The facts are the same: see there.
"""

# pathlib takes longer to load than all of this to run.
# ruff: noqa: PTH118, PTH120
from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

_VARIANTS = ("main", "gpu")
_REMOVED = "-"


@lru_cache(maxsize=256)
def image_of(platform: str, name: str | None, *, gpu: bool) -> tuple[str, int, int, str]:
    """The image that a notebook's metadata name, or the newest of its platform ("colab",
    "kaggle"): in words, its column and its snapshot in the table, and its name where its contents
    differ from the snapshot's.
    """
    heads = _heads()
    variant = "gpu" if gpu else "main"
    if platform == "colab" and name in heads["named"]:
        entry = heads["named"][name]
        variant = variant if variant in entry else "main"
        number = entry[variant]["snapshot"]
        return f"Colab's runtime {name}", _VARIANTS.index(variant), number, str(name)
    lines = heads["variants"][variant]["snapshots"]
    if platform == "kaggle":
        newest = heads["kaggle"][-1]
        # Days order as text; an image has the packages of the last snapshot until its day.
        days = [line for line in lines if line[:10] <= newest[variant]]
        words = f"the newest image of Kaggle that is known, of {newest['date']}"
        return words, _VARIANTS.index(variant), len(days) - 1, ""
    words = f"the newest runtime of Colab that is known, of {lines[-1][:10]}"
    return words, _VARIANTS.index(variant), len(lines) - 1, ""


def version_in(image: tuple[str, int, int, str], distribution: str) -> str | None:
    """The version of a distribution, by its normalised name, in an image of `image_of`: as the
    default index has it. None where the image has none, or one that no index has.
    """
    _, column, number, name = image
    found = _history(distribution, column, number)
    if name:
        changes: Mapping[str, str] = _heads()["named"][name][_VARIANTS[column]]["changes"]
        found = changes.get(distribution, found)
    return None if found == _REMOVED or "#" in found else found.partition("+")[0]


def _history(distribution: str, column: int, number: int) -> str:
    rows = _rows()
    start = rows.find(f"\n{distribution}\t")
    if start < 0:
        return _REMOVED
    columns = rows[start + 1 : rows.find("\n", start + 1)].split("\t")[1:]
    found = _REMOVED
    for change in columns[column].split() if column < len(columns) else ():
        since, _, value = change.partition("=")
        if int(since) > number:
            break
        found = value
    return found


@cache
def _heads() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_read("runtimes.json"))
    return table


@cache
def _rows() -> str:
    return _read("runtime_packages.tsv") + "\n"


def _read(name: str) -> str:
    # As `_files` does, but without importlib.resources, which takes longer than all the rest.
    path = os.path.join(os.path.dirname(__file__), "tables", name)
    content: bytes = __spec__.loader.get_data(path)  # type: ignore[union-attr]
    return content.decode("utf-8")
