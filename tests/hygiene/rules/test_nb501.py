"""NB501: modules of the platform."""

from __future__ import annotations

import json

import pytest

from tests.hygiene.build import fixed, found, places, sources, written


@pytest.mark.parametrize(
    ("source", "place", "platform"),
    [
        ("from google.colab import drive\n", (1, 1, 1), "Colab"),
        ("import google.colab\n", (1, 1, 1), "Colab"),
        ("from google import colab\n", (1, 1, 1), "Colab"),
        ("from google.colab import *\n", (1, 1, 1), "Colab"),
        ("def f():\n    from google.colab.patches import cv2_imshow\n", (1, 2, 5), "Colab"),
        ("from kaggle_secrets import UserSecretsClient\n", (1, 1, 1), "Kaggle"),
        ("é = 1; import kaggle_datasets\n", (1, 1, 8), "Kaggle"),
        ("if x:\n    from google.colab import drive\n", (1, 2, 5), "Colab"),
        ("try:\n    import google.colab\nfinally:\n    x = 1\n", (1, 2, 5), "Colab"),
    ],
)
def test_a_platform_s_module(source: str, place: tuple[int, int, int], platform: str) -> None:
    assert places(written(source), "NB501") == [place]
    assert platform in found(written(source), "NB501")[0].message


@pytest.mark.parametrize(
    "source",
    [
        "import google.cloud\n",
        "from google.colabtools import x\n",
        "import kaggle\n",
        "from .google import colab\n",
        "# from google.colab import drive\n",
        "x = 'google.colab'\n",
        "try:\n    from google.colab import files\nexcept ImportError:\n    files = None\n",
        "try:\n    import kaggle_secrets\nexcept ImportError:\n    pass\nelse:\n    x = 1\n",
        "if IN_COLAB:\n    from google.colab import drive\n    drive.mount('/content/drive')\n",
        "import sys\nif 'google.colab' in sys.modules:\n    import google.colab\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB501") == []


@pytest.mark.parametrize(
    ("cells", "after"),
    [
        (
            ["from google.colab import drive\ndrive.mount('/content/drive')\n", "x = 1\n"],
            ["", "x = 1\n"],
        ),
        (
            ["from google.colab import drive\n", "x = 1\ndrive.mount('/d')  # mine\ny = 2\n"],
            ["", "x = 1\ny = 2\n"],
        ),
        (
            ["from google.colab import drive as d\ndef f():\n    d.flush_and_unmount()\n"],
            ["def f():\n    pass\n"],
        ),
        (
            ["from google.colab import userdata\nk = userdata.get('KEY')\n"],
            ["import os\nk = os.environ['KEY']\n"],
        ),
        (
            ["import os\n", 'from google.colab import userdata\nk = f(userdata.get("KEY"))\n'],
            ["import os\n", 'k = f(os.environ["KEY"])\n'],
        ),
        (
            ["import os\nfrom google.colab import userdata\nos.environ['K'] = userdata.get('K')\n"],
            ["import os\nassert 'K' in os.environ\n"],
        ),
        (
            ["def f():\n    from google.colab import userdata\n    return userdata.get('K')\n"],
            ["def f():\n    import os\n    return os.environ['K']\n"],
        ),
        (
            ["from google.colab import files, output\nfiles.download('a')\noutput.clear()\n"],
            ["from IPython.display import clear_output\nclear_output()\n"],
        ),
        (["from google.colab import output\noutput.clear(wait=True)\n"], None),
        (
            ["from google.colab import drive; x = 1\ndrive.mount('/d')\n"],
            ["pass; x = 1\n"],
        ),
        # Two imports of the same go one after the other.
        (
            ["from google.colab import drive\ndrive.mount('/d')\n"] * 2,
            ["", ""],
        ),
        (
            [
                "from kaggle_secrets import UserSecretsClient\n",
                "s = UserSecretsClient()\na = s.get_secret('A')\n",
                "b = UserSecretsClient().get_secret('B')\n",
            ],
            ["import os\n", "a = os.environ['A']\n", "b = os.environ['B']\n"],
        ),
    ],
)
def test_plain_python_instead(cells: list[str], after: list[str] | None) -> None:
    content = written(*cells)
    after = after or ["from IPython.display import clear_output\nclear_output(wait=True)\n"]
    assert sources(fixed(content, "NB501")) == cells
    done = fixed(content, "NB501", unsafe=True)
    assert sources(done) == after
    assert found(json.dumps(done).encode(), "NB501") == []


@pytest.mark.parametrize(
    "cells",
    [
        ["from google.colab import files\nfiles.upload()\n"],
        ["from google.colab import auth\nauth.authenticate_user()\n"],
        ["from google.colab import drive, auth\ndrive.mount('/d')\n"],
        ["from google.colab import *\ndrive.mount('/d')\n"],
        ["import google.colab\ngoogle.colab.drive.mount('/d')\n"],
        ["from google.colab import drive\nx = drive.mount('/d')\n"],
        ["from google.colab import drive\nf(drive)\n"],
        ["from google.colab import drive\n", "drive = 1\n"],
        ["from google.colab import drive\n", "%time drive.mount('/d')\n"],
        ["from google.colab import drive\n", "drive.mount('/d'\n"],
        ["from google.colab import userdata\nk = userdata.get(name)\n"],
        ["from google.colab import userdata\nk = userdata.get('my key')\n"],
        ["from google.colab import output\noutput.clear(output_tags='a')\n"],
        ["from kaggle_secrets import UserSecretsClient\ns = UserSecretsClient()\ns.set('A')\n"],
        [
            "from google.colab import drive\ndrive.mount('/d')\n",
            "if IN_COLAB:\n    from google.colab import drive\n",
        ],
    ],
)
def test_what_is_left_to_a_person(cells: list[str]) -> None:
    content = written(*cells)
    assert len(found(content, "NB501")) == 1
    assert sources(fixed(content, "NB501", unsafe=True)) == cells
