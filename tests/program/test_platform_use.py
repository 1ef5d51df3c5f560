from __future__ import annotations

from collections.abc import Callable

import pytest

from nb2prod.notebook.model import Platform

COLAB = (
    "try:\n    import google.colab\n    IN_COLAB = True\nexcept ImportError:\n    IN_COLAB = False"
)
KAGGLE = "try:\n    import kaggle_secrets\n    x = 1\nexcept ImportError:\n    x = 2"


@pytest.mark.parametrize(
    ("platform", "cell", "becomes"),
    [
        ("colab", COLAB, "try:\n    IN_COLAB = True\nexcept ImportError:\n    IN_COLAB = False"),
        (
            "jupyter",
            COLAB,
            'try:\n    raise ImportError("not on Colab")\n    IN_COLAB = True\n'
            "except ImportError:\n    IN_COLAB = False",
        ),
        (
            "kaggle",
            COLAB.replace("ImportError", "Exception"),
            'try:\n    raise ImportError("not on Colab")\n    IN_COLAB = True\n'
            "except Exception:\n    IN_COLAB = False",
        ),
        ("kaggle", KAGGLE, "try:\n    x = 1\nexcept ImportError:\n    x = 2"),
        (
            "colab",
            KAGGLE,
            'try:\n    raise ImportError("not on Kaggle")\n    x = 1\nexcept ImportError:\n    x = 2',
        ),
        (
            "colab",
            "try:\n    from google.colab import drive\nexcept ImportError:\n    pass",
            "try:\n    pass\nexcept ImportError:\n    pass",
        ),
        (
            "jupyter",
            "try:\n    x = 1\nexcept ImportError:\n    from google.colab import drive",
            "try:\n    x = 1\nexcept ImportError:\n    pass",
        ),
    ],
)
def test_an_import_that_asks_for_the_platform(
    body_of: Callable[..., str], platform: Platform, cell: str, becomes: str
) -> None:
    assert body_of(cell, platform=platform) == becomes


@pytest.mark.parametrize(
    ("platform", "expression", "becomes"),
    [
        ("colab", "'google.colab' in sys.modules", "True"),
        ("jupyter", "'google.colab' in sys.modules", "False"),
        ("kaggle", '"google.colab" in sys.modules', "False"),
        ("colab", "'google.colab' not in sys.modules", "False"),
        ("colab", "not 'google.colab' in sys.modules", "not True"),
        ("colab", "('google.colab' in sys.modules)", "True"),
        ("colab", "'google.colab' in str(get_ipython())", "True"),
        ("colab", "'google.colab' in sys.modules and x", "True and x"),
        ("colab", "'COLAB_GPU' in os.environ", "True"),
        ("kaggle", "'COLAB_GPU' in os.environ", "False"),
        ("kaggle", "'KAGGLE_KERNEL_RUN_TYPE' in os.environ", "True"),
        ("kaggle", "'KAGGLE_KERNEL_RUN_TYPE' in os.environ.keys()", "True"),
        ("jupyter", "'KAGGLE_URL_BASE' not in os.environ", "True"),
        ("colab", "'COLAB_GPU' in names", '"COLAB_GPU" in names'),
        ("colab", "'HOME' in os.environ", '"HOME" in os.environ'),
        ("colab", "'a' < 'google' < 'z'", '"a" < "google" < "z"'),
    ],
)
def test_a_comparison_that_asks_for_the_platform(
    body_of: Callable[..., str], platform: Platform, expression: str, becomes: str
) -> None:
    body = body_of("import os, sys\nx = names = []", f"y = {expression}", platform=platform)
    assert body == f"x = names = []\n\ny = {becomes}"


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("from google.colab import drive", []),
        ("from google.colab import drive, files", []),
        ("import os, google.colab", ["import os"]),
        ("import google.colab, os, sys", ["import os, sys"]),
        ("from google import colab, auth", ["from google import auth"]),
        ("from google.cloud import storage", ["from google.cloud import storage"]),
        ("import googlecolab", ["import googlecolab"]),
        ("from IPython import get_ipython", []),
        ("from IPython.core.getipython import get_ipython", []),
        ("from IPython import get_ipython, display", ["from IPython import display"]),
        ("from IPython.display import display", ["from job.display import display"]),
        (
            "from IPython.display import display, HTML",
            ["from IPython.display import HTML", "from job.outputs import display"],
        ),
        (
            "from IPython.display import display as show",
            ["from IPython.display import display as show"],
        ),
        ("from .colab import drive", ["from .colab import drive"]),
    ],
)
def test_imports(module_of: Callable[..., str], cell: str, lines: list[str]) -> None:
    head = module_of(f"{cell}\nx = 1", platform="colab").partition("def main")[0]
    found = [line for line in head.splitlines() if line.startswith(("import", "from"))]
    assert [line for line in found if line != "from job.config import Config"] == lines


def test_display_of_the_notebook_s_own_is_left_alone(body_of: Callable[..., str]) -> None:
    assert body_of("def display(x): print(x)", "display(1)", "x = 1\nx") == (
        "def display(x):\n    print(x)\n\ndisplay(1)\n\nx = 1\nshow_value(x)"
    )


@pytest.mark.parametrize(
    ("cell", "fate", "reason"),
    [
        ("from google.colab import drive", "dropped", "Colab's drive exists on the platform alone"),
        ("import google.colab", "dropped", "Colab's module exists on the platform alone"),
        ("import os, google.colab", "rewritten", "Colab's module exists on the platform alone"),
        ("from IPython import get_ipython", "dropped", "the package displays values itself"),
    ],
)
def test_says_what_became_of_an_import(
    ledger_of: Callable[..., list[tuple[int, int, int, str, str]]],
    cell: str,
    fate: str,
    reason: str,
) -> None:
    assert ledger_of(cell, platform="colab") == [(1, 1, 1, fate, reason)]
