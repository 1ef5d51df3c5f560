"""Metadata without what says who wrote or ran a notebook, and where on their machine.

Tools write users' names, numbers, photographs, addresses, paths and files into metadata under keys
of their own, and new tools come. So keys of notebooks and cells stay only where they are known to
hold none; metadata of outputs, whose keys are open by design, lose the keys that name people. In
what stays, e-mail addresses, the owners of home directories and the numbers of accounts in Amazon's
resource names (SageMaker's kernels are named by them) are made unreadable.

Source of the keys: the nbformat specification and the metadata of notebooks in public use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# A key with all that is below it, or with the keys below it that stay.
_Kept = Mapping[str, "frozenset[str] | None"]

_NOTEBOOK: _Kept = {
    "accelerator": None,
    "application/vnd.databricks.v1+notebook": frozenset({"language", "notebookMetadata"}),
    "celltoolbar": None,
    "colab": frozenset(
        {
            "cell_execution_strategy",
            "collapsed_sections",
            "default_view",
            "gpuType",
            "include_colab_link",
            "machine_shape",
            "private_outputs",
            "runtime_attributes",
            "toc_visible",
            "version",
            "views",
        }
    ),
    "environment": frozenset({"name", "type"}),
    "gpuClass": None,
    "instance_type": None,
    "jupytext": None,
    "kaggle": frozenset(
        {
            "accelerator",
            "dataSources",
            "dockerImageVersionId",
            "isGpuEnabled",
            "isInternetEnabled",
            "language",
            "sourceType",
        }
    ),
    "language_info": None,
    "nteract": frozenset({"version"}),
    "orig_nbformat": None,
    "papermill": frozenset({"duration", "end_time", "exception", "start_time", "version"}),
    "rise": None,
    "title": None,
    "toc": None,
    "toc-autonumbering": None,
    "widgets": None,
}

# Kernels are named by the environments that people make (`conda-env-jane-py`); the name says
# nothing that the copy needs.
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

_CELL: _Kept = {
    "ExecuteTime": frozenset({"end_time", "start_time"}),
    "_cell_guid": None,
    "_kg_hide-input": None,
    "_kg_hide-output": None,
    "_uuid": None,
    "application/vnd.databricks.v1+cell": frozenset({"showTitle", "title"}),
    "cellView": None,
    "code_folding": None,
    "colab": frozenset({"autoexec", "background_save", "height", "referenced_widgets"}),
    "colab_type": None,
    "collapsed": None,
    "deletable": None,
    "editable": None,
    "execution": None,
    "executionInfo": frozenset({"elapsed", "status", "timestamp"}),
    "format": None,
    "gradient": frozenset({"editing", "execution_count", "source_hidden"}),
    "heading_collapsed": None,
    "hidden": None,
    "hide_input": None,
    "hide_output": None,
    "id": None,
    "init_cell": None,
    "jp-MarkdownHeadingCollapsed": None,
    "jupyter": None,
    "language": None,
    "lines_to_next_cell": None,
    "name": None,
    "nbsphinx": None,
    "outputId": None,
    "papermill": frozenset({"duration", "end_time", "exception", "start_time", "status"}),
    "raw_mimetype": None,
    "scrolled": None,
    "slideshow": None,
    "tags": None,
    "trusted": None,
    "vscode": frozenset({"languageId"}),
}

# Below a key that stays with everything, and in the metadata of outputs: keys that name a person,
# a person's file or account, compared without case, `_` and `-`.
_PERSONAL = re.compile(
    r"user|owner|author|creator|e?mail(?!bag)|photo|avatar|provenance|^displayname$|mountfileid"
    r"|modifiedby|^arguments$|inputpath|outputpath|environmentvariables"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
_ACCOUNT = re.compile(r"(\barn:aws[\w-]*:[\w-]*:[\w-]*:)\d{12}\b")
_HOME = re.compile(
    r"([/\\](?:home|users|documents and settings)[/\\]+)"
    r"(?:[^/\\\"'\n]+(?=[/\\])|[^/\\\"'\s]+)",
    re.IGNORECASE,
)


def notebook_metadata(metadata: object) -> dict[str, object]:
    """A notebook's metadata as they may travel on."""
    return {"kernelspec": _KERNEL, **_known(metadata, _NOTEBOOK)}


def cell_metadata(metadata: object) -> dict[str, object]:
    """A cell's metadata as they may travel on."""
    return _known(metadata, _CELL)


def output_metadata(metadata: object) -> object:
    """An output's metadata as they may travel on."""
    return _cleaned(metadata)


def _known(metadata: object, kept: _Kept) -> dict[str, object]:
    if not isinstance(metadata, Mapping):
        return {}
    found: dict[str, object] = {}
    for key, value in metadata.items():
        if key not in kept:
            continue
        inner = kept[key]
        if inner is None:
            found[key] = _cleaned(value)
        elif isinstance(value, Mapping):
            found[key] = {name: _cleaned(item) for name, item in value.items() if name in inner}
    return found


def _cleaned(value: object) -> object:
    if isinstance(value, Mapping):
        return {
            _without_names(key): _cleaned(item)
            for key, item in value.items()
            if not _PERSONAL.search(re.sub(r"[_\W]", "", key).lower())
        }
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return _without_names(value) if isinstance(value, str) else value


def _without_names(text: str) -> str:
    """The text without e-mail addresses, account numbers and whose home directory a path is in."""
    text = _ACCOUNT.sub(r"\g<1>000000000000", _EMAIL.sub("(address removed)", text))
    return _HOME.sub(r"\1user", text)
