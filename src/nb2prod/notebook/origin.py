"""Which platform a notebook comes from: what its metadata and its code say.

Source of the keys, paths and names: the metadata and the code of notebooks in public use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nb2prod.location import Evidence, Location
from nb2prod.notebook.model import Cell, Origin, Platform

# What works on one platform alone: its API and the directories that it has. Of platforms that are
# used by as many lines, the first of this table is the answer.
_CODE: Mapping[Platform, tuple[re.Pattern[str], str]] = {
    "colab": (
        re.compile(
            r"\bgoogle\.colab\b|\bfrom google import colab\b|(?<![\w/])/content/|\bcd\s+/content\b"
        ),
        "uses Colab's API or paths",
    ),
    "kaggle": (
        re.compile(r"(?<![\w/])/kaggle/|\bkaggle_secrets\b|\bkaggle_datasets\b|['\"]\.\./input/"),
        "uses Kaggle's API or paths",
    ),
    "databricks": (
        re.compile(
            r"(?<![\w.])dbutils\.(?:data|fs|jobs|library|notebook|secrets|widgets)\b"
            r"|(?<![\w/])/dbfs/|(?<!\w)dbfs:/"
            r"|^# (?:Databricks notebook source|COMMAND -{10})"
        ),
        "uses Databricks' API or paths",
    ),
    "sagemaker": (
        re.compile(r"(?<!def )\bget_execution_role\(|(?<![\w/])/home/ec2-user/SageMaker\b"),
        "uses SageMaker's API or paths",
    ),
    "vertex": (re.compile(r"(?<![\w/])/home/jupyter/"), "uses Workbench's home directory"),
}

# What code asks for that tells platforms apart: it names a platform, but runs on the others too.
_HINTS: Mapping[Platform, tuple[re.Pattern[str], str]] = {
    "vertex": (re.compile(r"['\"]VERTEX_PRODUCT['\"]"), "asks for Vertex AI's environment"),
    "paperspace": (
        re.compile(r"['\"]PAPERSPACE_NOTEBOOK_(?:REPO_)?ID['\"]"),
        "asks for Paperspace's environment",
    ),
}

# One of them is in all code that a pattern matches. Most cells have none, which is soon seen.
_WORDS: Mapping[Platform, tuple[str, ...]] = {
    "colab": ("colab", "/content"),
    "kaggle": ("kaggle", "../input/"),
    "databricks": ("dbutils", "dbfs", "# Databricks", "# COMMAND"),
    "sagemaker": ("get_execution_role", "ec2-user"),
    "vertex": ("/home/jupyter/", "VERTEX_PRODUCT"),
    "paperspace": ("PAPERSPACE",),
}

_COLAB_CELL_KEYS = ("colab", "colab_type", "outputId", "executionInfo", "cellView")
_KAGGLE_CELL_KEYS = ("_kg_hide-input", "_kg_hide-output", "_cell_guid")
_KAGGLE_KEYS = ("kaggle", "_is_fork", "_change_revision")

# Cells' keys by platform, and how a sentence names the platform.
_CELL_KEYS: Mapping[Platform, tuple[str, tuple[str, ...]]] = {
    "colab": ("Colab's", _COLAB_CELL_KEYS),
    "kaggle": ("Kaggle's", _KAGGLE_CELL_KEYS),
    "databricks": ("Databricks'", ("application/vnd.databricks.v1+cell",)),
    "paperspace": ("Paperspace's", ("gradient",)),
    "vscode": ("VS Code's", ("vscode",)),
}

# Platforms by how much their metadata say. VS Code edits the files of all others, so it is last.
_METADATA_ORDER: tuple[Platform, ...] = (
    "colab", "kaggle", "databricks", "sagemaker", "vertex", "paperspace", "vscode",
)  # fmt: skip

# The kernels of SageMaker's notebook instances. AMIs with kernels of the same names show others.
_SAGEMAKER_KERNEL = re.compile(
    r"conda_(?:python[23]|(?:pytorch|tensorflow2?|mxnet|chainer|amazonei\w*)_(?:latest_)?p\d+)"
)


def find_origin(metadata: Mapping[str, object], cells: Iterable[Cell]) -> Origin:
    """The platform, with the evidence, strongest first.

    Code decides before metadata: files travel between platforms and keep the keys of all of them
    (some templates write both), but the paths and the API that the code uses are what has to work.
    What points to another platform than the answer stays, marked as a conflict.
    """
    cells = tuple(cells)
    code = _found_in_code(cells, _CODE)
    keys = {
        platform: found
        for platform in _METADATA_ORDER
        if (found := _found_in_metadata(platform, metadata, cells))
    }
    hints = _found_in_code(cells, _HINTS)
    if code:
        answer = max(code, key=lambda platform: len(code[platform]))
    elif keys or hints:
        answer = next(iter(keys or hints))
    else:
        return Origin(
            "jupyter", (Evidence("default", "nothing in the notebook points to a platform"),)
        )
    own = (*code.get(answer, ()), *keys.get(answer, ()), *hints.get(answer, ()))
    others = tuple(
        found[platform][0]._replace(conflict=True)
        for found in (code, keys)
        for platform in found
        if platform not in (answer, "vscode")
    )
    return Origin(answer, own + others)


def _found_in_code(
    cells: tuple[Cell, ...], table: Mapping[Platform, tuple[re.Pattern[str], str]]
) -> dict[Platform, tuple[Evidence, ...]]:
    """The lines of code that match, for the platforms that have any, in the table's order."""
    found: dict[Platform, tuple[Evidence, ...]] = {}
    for platform, (pattern, what) in table.items():
        lines = tuple(
            Evidence("table", what, Location(cell.number, number))
            for cell in cells
            if cell.kind == "code" and any(word in cell.source for word in _WORDS[platform])
            for number, line in enumerate(cell.lines, start=1)
            # Databricks marks its files with a comment; elsewhere a comment uses nothing.
            if pattern.search(line) and (platform == "databricks" or line.lstrip()[:1] != "#")
        )
        if lines:
            found[platform] = lines
    return found


def _found_in_metadata(
    platform: Platform, metadata: Mapping[str, object], cells: tuple[Cell, ...]
) -> tuple[Evidence, ...]:
    stated = _notebook_says(platform, metadata)
    if stated:
        return (Evidence("table", stated),)
    if platform in _CELL_KEYS:
        whose, keys = _CELL_KEYS[platform]
        for cell in cells:
            if any(key in cell.metadata for key in keys):
                return (
                    Evidence("table", f"cell metadata has {whose} keys", Location(cell.number)),
                )
    if platform == "colab" and "accelerator" in metadata:
        return (Evidence("table", "metadata names an accelerator as Colab does"),)
    return ()


def _notebook_says(platform: Platform, metadata: Mapping[str, object]) -> str | None:
    """What the notebook's own metadata say of a platform, in words."""
    if platform == "colab" and "colab" in metadata:
        return "metadata has Colab's key"
    if platform == "kaggle" and (
        any(key in metadata for key in _KAGGLE_KEYS)
        or _mapping(metadata, "papermill").get("input_path") == "__notebook__.ipynb"
    ):
        return "metadata has Kaggle's key"
    if platform == "databricks" and "application/vnd.databricks.v1+notebook" in metadata:
        return "metadata has Databricks' key"
    if platform == "sagemaker":
        return _sagemaker(metadata)
    if platform == "vertex":
        environment = _mapping(metadata, "environment")
        from_google = "deeplearning-platform-release" in str(environment.get("uri", ""))
        if from_google or environment.get("type") == "gcloud":
            return "metadata names an environment of Google's Deep Learning images"
    if platform == "vscode":
        interpreter = _mapping(metadata, "interpreter")
        if "vscode" in metadata or isinstance(interpreter.get("hash"), str):
            return "metadata has VS Code's key"
    return None


def _sagemaker(metadata: Mapping[str, object]) -> str | None:
    kernel = _mapping(metadata, "kernelspec")
    name, shown = str(kernel.get("name", "")), kernel.get("display_name", kernel.get("name"))
    if "SAGEMAKER_INTERNAL" in name or re.search(r"\barn:aws[\w-]*:sagemaker:", name):
        return "the kernel's name is SageMaker Studio's"
    if _SAGEMAKER_KERNEL.fullmatch(name) and shown == name:
        return "the kernel's name is that of a SageMaker notebook instance"
    instance = metadata.get("instance_type")
    if isinstance(instance, str) and instance.startswith("ml."):
        return "metadata names a SageMaker instance type"
    return None


def _mapping(metadata: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = metadata.get(key)
    return value if isinstance(value, Mapping) else {}
