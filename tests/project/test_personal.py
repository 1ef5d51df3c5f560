"""Nothing that says who wrote or ran a notebook reaches a project, a report or a message."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod import NotebookError, plan
from nb2prod.inspection import inspection
from nb2prod.notebook.reader import read_bytes
from nb2prod.project.files import render
from nb2prod.project.personal import cell_metadata, notebook_metadata, output_metadata

Json = dict[str, Any]

# Whatever is put into a key carries this, so that one search finds what came through.
MARK = "q7XzExamplePerson"

NOTEBOOK_KEYS = (
    "authors", "author", "user", "microsoft", "deepnote_notebook_id", "lcc_arn", "signature",
    "provenance", "kubeflow_notebook", "learntools_metadata", "last_modified_by", "q7Xz",
    "colab.provenance", "colab.authorship_tag", "colab.mount_file_id", "colab.user",
    "kaggle.userName", "kaggle.owner", "papermill.input_path", "papermill.output_path",
    "papermill.parameters", "papermill.environment_variables", "papermill.default_parameters",
    "vscode.interpreter", "interpreter.hash", "kernelspec.argv", "kernelspec.env",
    "kernelspec.metadata", "environment.user", "jupytext.author", "jupytext.user_name",
    "language_info.userName", "toc.owner-email", "widgets.provenance",
    "application/vnd.databricks.v1+notebook.notebookName",
    "application/vnd.databricks.v1+notebook.notebookOrigID",
    "application/vnd.databricks.v1+notebook.widgets",
    "application/vnd.databricks.v1+notebook.environmentMetadata",
    "application/vnd.databricks.v1+notebook.computePreferences",
)  # fmt: skip
CELL_KEYS = (
    "executionInfo.user", "executionInfo.user_tz", "colab.base_uri", "colab.resources",
    "user", "author", "q7Xz", "gradient.id", "gradient.kernelId", "jupyter.user",
    "slideshow.e_mail", "application/vnd.databricks.v1+cell.nuid",
    "application/vnd.databricks.v1+cell.inputWidgets",
    "application/vnd.databricks.v1+cell.cellMetadata", "papermill.exception_user", "papermill.path",
    "execution.userId", "vscode.interpreter", "nbgrader", "deepnote_cell_owner",
)  # fmt: skip
OUTPUT_KEYS = (
    "user", "displayName", "photoUrl", "userId", "user_tz", "authorship_tag", "mount_file_id",
    "application/vnd.databricks.v1+output.arguments", "provenance", "image/png.author",
)  # fmt: skip

VALUES = st.recursive(
    st.text(max_size=8).map(lambda text: MARK + text) | st.just(MARK),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(st.sampled_from(["name", "id", MARK]), inner, min_size=1, max_size=2)
    ),
    max_leaves=4,
)


def nested(values: dict[str, Any]) -> Json:
    """`{"a.b": 1}` as `{"a": {"b": 1}}`; the names of media types hold dots of their own."""
    found: Json = {}
    for key, value in values.items():
        outer, dot, inner = key.rpartition(".")
        if dot and not inner.startswith("v1+"):
            found.setdefault(outer, {})[inner] = value
        else:
            found[key] = value
    return found


def placed(keys: tuple[str, ...]) -> st.SearchStrategy[Json]:
    return st.dictionaries(st.sampled_from(keys), VALUES, max_size=len(keys)).map(nested)


def notebook(metadata: Json, cell: Json, output: Json) -> bytes:
    shown = {
        "output_type": "display_data",
        "data": {"text/plain": "1"},
        "metadata": output,
    }
    code = {
        "cell_type": "code",
        "metadata": cell,
        "source": "import os\n!pip install example-package==1.0\nprint(os.sep)",
        "execution_count": 1,
        "outputs": [shown],
    }
    text = {"cell_type": "markdown", "metadata": cell, "source": "# Title"}
    document = {"cells": [text, code], "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(document).encode()


def everything_written(content: bytes) -> str:
    """All that leaves the program: names and bytes of files, the report, or the refusal."""
    try:
        migration = plan(read_bytes(content, "example"))
    except NotebookError as error:
        return str(error)
    files = render(migration)
    written = [f"{name}\n{text.decode()}" for name, text in files.items()]
    return "\n".join([*written, json.dumps(inspection(migration), ensure_ascii=False)])


@given(placed(NOTEBOOK_KEYS), placed(CELL_KEYS), placed(OUTPUT_KEYS))
def test_what_personal_keys_hold_appears_in_no_file_and_no_report(
    metadata: Json, cell: Json, output: Json
) -> None:
    content = notebook(metadata, cell, output)
    found = everything_written(content)
    assert MARK not in found


KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@pytest.mark.parametrize("key", NOTEBOOK_KEYS)
def test_each_key_of_a_notebook(key: str) -> None:
    assert MARK not in everything_written(notebook(nested({key: MARK}), {}, {}))


@pytest.mark.parametrize("key", CELL_KEYS)
def test_each_key_of_a_cell(key: str) -> None:
    assert MARK not in everything_written(notebook({}, nested({key: [MARK]}), {}))


def test_the_search_finds_what_does_come_through() -> None:
    """The other tests of this file would pass on a notebook that is not converted at all."""
    assert MARK in everything_written(notebook({"title": MARK}, {}, {}))
    assert MARK in everything_written(notebook({}, {"tags": [MARK]}, {}))
    assert MARK in everything_written(notebook({}, {}, {"image/png": {"needs": MARK}}))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ask some.body+x@mail.example.invalid now", "ask (address removed) now"),
        ("/home/somebody/a b/c", "/home/user/a b/c"),
        ("/Users/Some Body/venv", "/Users/user/venv"),
        ("C:\\Users\\Some Body\\venv", "C:\\Users\\user\\venv"),
        ("C:/Users/somebody", "C:/Users/user"),
        ("/Workspace/Users/somebody@example.invalid/a", "/Workspace/Users/user/a"),
        (
            "arn:aws:sagemaker:eu-west-1:123456789012:image/a",
            "arn:aws:sagemaker:eu-west-1:000000000000:image/a",
        ),
        ("Python 3 (ipykernel)", "Python 3 (ipykernel)"),
        ("@jupyter-widgets/base", "@jupyter-widgets/base"),
        ("a@b", "a@b"),
        ("/homes/a", "/homes/a"),
    ],
)
def test_texts_that_stay_name_nobody(written: str, kept: str) -> None:
    title = notebook_metadata({"title": written})["title"]
    assert title == kept
    assert cell_metadata({"tags": [written]}) == {"tags": [kept]}
    assert output_metadata({"text/plain": {"a": written}}) == {"text/plain": {"a": kept}}


def test_what_a_copy_needs_stays() -> None:
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python", "codemirror_mode": {"name": "ipython", "version": 3}},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"a": {"state": {"value": 1}}}},
        "colab": {"gpuType": "T4", "toc_visible": True},
        "accelerator": "GPU",
        "kaggle": {"dataSources": [{"sourceType": "competition", "sourceId": 1}]},
    }
    assert notebook_metadata(metadata) == metadata
    cell = {
        "tags": ["parameters"],
        "jupyter": {"outputs_hidden": False},
        "slideshow": {"slide_type": "slide"},
        "executionInfo": {"status": "ok", "timestamp": 1760894980311},
    }
    assert cell_metadata(cell) == cell
    output = {"image/png": {"width": 220}, "needs_background": "light"}
    assert output_metadata(output) == output


@pytest.mark.parametrize("metadata", [None, [], "x", 5, {"kernelspec": "x", "colab": [1]}])
def test_metadata_of_another_type_are_no_metadata(metadata: object) -> None:
    assert notebook_metadata(metadata) == {"kernelspec": KERNEL}


def test_a_kernel_s_own_name_does_not_travel() -> None:
    kernel = {"name": "conda-env-somebody-py", "display_name": "Python [conda env:somebody]"}
    assert notebook_metadata({"kernelspec": kernel}) == {"kernelspec": KERNEL}


@pytest.mark.parametrize(
    "change",
    [
        {"attachments": {MARK: {"a": 5}}},
        {"metadata": {"tags": {MARK: 1}, "name": {MARK: 2}}},
        {"outputs": [{"output_type": "stream", "name": {MARK: 1}, MARK: MARK}]},
        {"id": MARK + " " * 70},
    ],
)
def test_no_message_and_no_repair_repeats_what_is_malformed(change: Json) -> None:
    document = json.loads(notebook({}, {}, {}))
    document["cells"][1 if "outputs" in change else 0] |= change
    assert MARK not in everything_written(json.dumps(document).encode())
