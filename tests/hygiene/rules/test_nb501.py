"""NB501: modules of the platform."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written


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
