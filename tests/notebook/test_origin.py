"""Which platform a notebook comes from, and what says so."""

from __future__ import annotations

import json
from importlib import resources
from typing import get_args

import pytest

from nb2prod.location import Location
from nb2prod.notebook.model import Cell, Notebook, Platform
from nb2prod.notebook.origin import find_origin

COLAB = {"colab": {"provenance": []}, "accelerator": "GPU"}
KAGGLE = {"kaggle": {"accelerator": "gpu", "dataSources": []}}


@pytest.mark.parametrize(
    ("metadata", "code", "platform"),
    [
        ({}, "x = 1", "jupyter"),
        (COLAB, "x = 1", "colab"),
        (KAGGLE, "x = 1", "kaggle"),
        ({"accelerator": "TPU"}, "x = 1", "colab"),
        ({}, "from google.colab import drive", "colab"),
        ({}, "from google import colab", "colab"),
        ({}, "open('/content/data.csv')", "colab"),
        ({}, "%cd /content", "colab"),
        ({}, "from kaggle_secrets import UserSecretsClient", "kaggle"),
        ({}, "open('/kaggle/input/a/b.csv')", "kaggle"),
        ({}, "pd.read_csv('../input/a.csv')", "kaggle"),
        # Files travel: both keys at once, or those of one and the code of the other.
        ({**COLAB, **KAGGLE}, "open('/kaggle/input/a/b.csv')", "kaggle"),
        ({**COLAB, **KAGGLE}, "open('/content/data.csv')", "colab"),
        ({**COLAB, **KAGGLE}, "x = 1", "colab"),
        (COLAB, "open('/kaggle/input/a/b.csv')", "kaggle"),
        (KAGGLE, "from google.colab import drive", "colab"),
        # The more of the two, by lines.
        (KAGGLE, "a = '/content/a'\nb = '/kaggle/b'\nc = '/kaggle/c'", "kaggle"),
        (KAGGLE, "a = '/content/a'\nb = '/content/b'\nc = '/kaggle/c'", "colab"),
        # Parts of other things.
        ({}, "get('https://example.invalid/content/a')", "jupyter"),
        ({}, "open('assets/content/a')", "jupyter"),
        ({}, "get('https://example.invalid/kaggle/a')", "jupyter"),
        ({}, "url = 'site/../input/a'", "jupyter"),
        # Other platforms, by their API and directories.
        ({}, "dbutils.widgets.get('a')", "databricks"),
        ({}, "df.write.csv('dbfs:/a')", "databricks"),
        ({}, "open('/dbfs/a')", "databricks"),
        ({}, "# Databricks notebook source\nx = 1", "databricks"),
        ({}, "x = 1\n# COMMAND ----------\ny = 1", "databricks"),
        ({}, "role = sagemaker.get_execution_role()", "sagemaker"),
        ({}, "%cd /home/ec2-user/SageMaker/a", "sagemaker"),
        ({}, "open('/home/jupyter/a.csv')", "vertex"),
        ({}, "if os.environ.get('VERTEX_PRODUCT') == 'x': pass", "vertex"),
        ({}, "os.getenv('PAPERSPACE_NOTEBOOK_REPO_ID')", "paperspace"),
        (COLAB, "dbutils.fs.ls('/')", "databricks"),
        (KAGGLE, "dbutils.fs.ls('/')\nopen('/content/a')", "colab"),
        # Code that asks where it runs says less than metadata do.
        (COLAB, "os.environ.get('VERTEX_PRODUCT')", "colab"),
        (COLAB, "'PAPERSPACE_NOTEBOOK_ID' in os.environ", "colab"),
        # Parts of other things, here too.
        ({}, "my.dbutils.fs.ls('/')", "jupyter"),
        ({}, "spark.sql('select 1')", "jupyter"),
        ({}, "def get_execution_role():\n    pass", "jupyter"),
        ({}, "open('a/dbfs/b')", "jupyter"),
        ({}, "open('/storage/a')\nopen('/datasets/b')", "jupyter"),
    ],
)
def test_the_platform(metadata: dict[str, object], code: str, platform: Platform) -> None:
    assert find_origin(metadata, [Cell(1, "code", code)]).platform == platform


@pytest.mark.parametrize(
    ("metadata", "platform"),
    [
        ({"id": "Ab3"}, "jupyter"),
        ({"colab": {"base_uri": "https://localhost:8080/"}}, "colab"),
        ({"colab_type": "code"}, "colab"),
        ({"outputId": "x"}, "colab"),
        ({"cellView": "form"}, "colab"),
        ({"_cell_guid": "x"}, "kaggle"),
        ({"_kg_hide-input": True}, "kaggle"),
        ({"_kg_hide-output": True}, "kaggle"),
        ({"application/vnd.databricks.v1+cell": {"nuid": "x"}}, "databricks"),
        ({"gradient": {"editing": False}}, "paperspace"),
        ({"vscode": {"languageId": "python"}}, "vscode"),
        ({"vscode": {}, "colab": {}}, "colab"),
        ({"ExecuteTime": {}}, "jupyter"),
    ],
)
def test_keys_of_a_cell_tell_the_platform(metadata: dict[str, object], platform: Platform) -> None:
    cells = [Cell(1, "markdown", "text"), Cell(2, "code", "x", metadata)]
    assert find_origin({}, cells).platform == platform


def kernel(name: str, shown: str | None = None) -> dict[str, object]:
    return {"kernelspec": {"name": name, "display_name": shown or name}}


STUDIO = "python3__SAGEMAKER_INTERNAL__arn:aws:sagemaker:eu-west-1:000000000000:image/a"


@pytest.mark.parametrize(
    ("metadata", "platform"),
    [
        ({"_is_fork": False}, "kaggle"),
        ({"_change_revision": 0}, "kaggle"),
        ({"papermill": {"input_path": "__notebook__.ipynb"}}, "kaggle"),
        ({"papermill": {"input_path": "a.ipynb"}}, "jupyter"),
        ({"application/vnd.databricks.v1+notebook": {"language": "python"}}, "databricks"),
        (kernel(STUDIO, "Python 3 (MXNet 1.6)"), "sagemaker"),
        (kernel("arn:aws-cn:sagemaker:cn-north-1:000000000000:image/a", "Own"), "sagemaker"),
        (kernel("conda_python3"), "sagemaker"),
        (kernel("conda_pytorch_p310"), "sagemaker"),
        (kernel("conda_pytorch_latest_p36"), "sagemaker"),
        (kernel("conda_tensorflow2_p38"), "sagemaker"),
        # Kernels of the same names on Amazon's machine images, and conda's own kernels.
        (kernel("conda_pytorch_p36", "Environment (conda_pytorch_p36)"), "jupyter"),
        (kernel("conda-env-python3-py"), "jupyter"),
        (kernel("conda_mine"), "jupyter"),
        ({"instance_type": "ml.g4dn.xlarge"}, "sagemaker"),
        ({"instance_type": "large"}, "jupyter"),
        ({"environment": {"type": "gcloud", "name": "common-cu110.m91"}}, "vertex"),
        ({"environment": {"uri": "gcr.io/deeplearning-platform-release/a:m1"}}, "vertex"),
        ({"environment": {"type": "conda"}}, "jupyter"),
        ({"environment": "gcloud"}, "jupyter"),
        ({"vscode": {"interpreter": {"hash": "0"}}}, "vscode"),
        ({"interpreter": {"hash": "0"}}, "vscode"),
        ({"interpreter": "python"}, "jupyter"),
        ({"orig_nbformat": 4}, "jupyter"),
        # VS Code edits the files of all others.
        ({"vscode": {}, **kernel("conda_python3")}, "sagemaker"),
        ({"vscode": {}, **KAGGLE}, "kaggle"),
        ({**COLAB, "environment": {"type": "gcloud"}}, "colab"),
    ],
)
def test_keys_of_the_notebook_tell_the_platform(
    metadata: dict[str, object], platform: Platform
) -> None:
    origin = find_origin(metadata, [Cell(1, "code", "x = 1")])
    assert origin.platform == platform
    assert origin.evidence[0].detail
    assert not origin.evidence[0].conflict


def test_what_points_elsewhere_stays_as_a_conflict() -> None:
    cells = [Cell(1, "code", "open('/kaggle/input/a')\nopen('/content/a')\nopen('/content/b')")]
    evidence = find_origin({**COLAB, **KAGGLE, "vscode": {}}, cells).evidence
    assert [(found.detail, found.location, found.conflict) for found in evidence] == [
        ("uses Colab's API or paths", Location(1, 2), False),
        ("uses Colab's API or paths", Location(1, 3), False),
        ("metadata has Colab's key", None, False),
        ("uses Kaggle's API or paths", Location(1, 1), True),
        ("metadata has Kaggle's key", None, True),
    ]


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, {"name": 5, "uri": [], "hash": {}}])
def test_metadata_of_other_types_are_no_evidence_and_no_crash(value: object) -> None:
    keys = ("papermill", "environment", "interpreter", "kernelspec", "instance_type")
    assert find_origin(dict.fromkeys(keys, value), []).platform == "jupyter"


def test_the_manifest_s_schema_knows_every_platform_and_no_other() -> None:
    file = resources.files("nb2prod.project.schemas").joinpath("nb2prod.schema.json")
    allowed = json.loads(file.read_text())["properties"]["notebook"]["properties"]["origin"]
    assert sorted(allowed["enum"]) == sorted(get_args(Platform))


def test_what_says_so_comes_with_its_place() -> None:
    cells = [
        Cell(1, "markdown", "/content/ and google.colab in prose say nothing"),
        Cell(2, "code", "import os\nos.listdir('/content/drive')"),
    ]
    evidence = find_origin({"colab": {}}, cells).evidence
    assert [found.location for found in evidence] == [Location(2, 2), None]
    assert all(found.detail for found in evidence)


def test_prose_is_no_code() -> None:
    cells = [Cell(1, "markdown", "see /content/ and google.colab"), Cell(2, "raw", "/kaggle/x")]
    assert find_origin({}, cells).platform == "jupyter"


def notebook(metadata: dict[str, object]) -> Notebook:
    origin = find_origin(metadata, [])
    return Notebook("n", "0" * 64, "4.5", (), origin, metadata, {})


@pytest.mark.parametrize(
    ("metadata", "accelerator", "gpu"),
    [
        ({}, None, None),
        ({"accelerator": "GPU"}, "GPU", None),
        ({"accelerator": "GPU", "colab": {"gpuType": "A100"}}, "GPU", "A100"),
        ({"accelerator": "TPU"}, "TPU", None),
        ({"accelerator": "CPU"}, None, None),
        ({"accelerator": 5, "colab": "x"}, None, None),
        ({"kaggle": {"accelerator": "gpu"}}, "GPU", None),
        ({"kaggle": {"accelerator": "none"}}, None, None),
        ({"kaggle": {"accelerator": "none", "isGpuEnabled": True}}, "GPU", None),
        ({"kaggle": {"accelerator": "nvidiaTeslaT4"}}, "GPU", "T4"),
        ({"kaggle": {"accelerator": "nvidiaTeslaP100"}}, "GPU", "P100"),
        ({"kaggle": {"accelerator": "tpu1vmV38", "isGpuEnabled": False}}, "TPU", None),
        ({"kaggle": "x"}, None, None),
    ],
)
def test_the_accelerator_that_the_metadata_record(
    metadata: dict[str, object], accelerator: str | None, gpu: str | None
) -> None:
    found = notebook(metadata)
    assert (found.accelerator, found.gpu_type) == (accelerator, gpu)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", ()),
        ("a", ("a",)),
        ("a\n", ("a",)),
        ("a\n\n", ("a", "")),
        ("\na", ("", "a")),
        ("a\r\nb\rc", ("a", "b", "c")),
        ("a\fb\u2028c\x1cd", ("a\fb\u2028c\x1cd",)),
    ],
)
def test_lines_are_counted_as_python_counts_them(source: str, lines: tuple[str, ...]) -> None:
    assert Cell(1, "code", source).lines == lines
