"""Which platform a notebook comes from, and what says so."""

from __future__ import annotations

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
    ],
)
def test_keys_of_a_cell_tell_the_platform(metadata: dict[str, object], platform: Platform) -> None:
    cells = [Cell(1, "markdown", "text"), Cell(2, "code", "x", metadata)]
    assert find_origin({}, cells).platform == platform


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
